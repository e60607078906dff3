import Foundation
import Records
import Splitting
import TestSupport
import Testing

/// Why links by donor are soft: they chain.
@Suite struct ChainTests {
  @Test(.enabled(if: TestFiles.sharedMedia != nil))
  func `the fakes of Celeb-DF's test list alone tie nearly all of its people together`() throws {
    let list = try #require(TestFiles.sharedMedia).appending(path: "celeb-df-v2/List_of_testing_videos.txt")
    let paths = try String(contentsOf: list, encoding: .utf8).split(whereSeparator: \.isNewline).map { line in
      String(line.split(separator: " ")[1])
    }
    let fakes = paths.filter { $0.hasPrefix("Celeb-synthesis/") }
    #expect(fakes.count == 340)
    let items = try fakes.map { path in
      let name = try #require(VideoName(path))
      return LinkedItem(
        key: path, dataset: "celeb-df-v2", video: path, family: name.original, identity: name.identity,
        donor: name.donor)
    }
    let people = Set(items.flatMap { [$0.identity, $0.donor].compactMap(\.self) })
    let soft = try GroupLinks.groups(of: items)
    let hard = try GroupLinks.groups(of: items, hard: LinkKind.hardByDefault.union([.donor]))
    // Figures of docs/splits.md.
    #expect(people.count == 55)
    #expect(soft.groupCount == 52 && Percent.text(soft.largestShare) == "5.3 %", "\(soft.largestShare)")
    #expect(hard.groupCount == 4 && Percent.text(hard.largestShare) == "81 %", "\(hard.largestShare)")
  }
}
