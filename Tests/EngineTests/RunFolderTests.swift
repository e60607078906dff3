import Foundation
import Records
import TestSupport
import Testing

@testable import Engine

@Suite("Requests and run folders")
struct RunFolderTests {
  private static let sources = (0..<4).flatMap { index in
    [
      Source(
        dataset: "text", path: "real\(index).txt", label: .real, officialSplit: index == 2 ? "test" : "train"),
      Source(
        dataset: "text", path: "fake\(index).txt", label: .fake, original: "real\(index).txt", officialSplit: "train"),
    ]
  }

  private func roles(_ change: (inout RunRequest) -> Void) throws -> [String: Set<Role>] {
    var request = RunRequest(
      pipeline: try parse(Workshop.pipeline), listing: SourceListing(sources: Self.sources, roots: [:], problems: []),
      registry: Toys.registry, store: URL(filePath: "/none"), modelsFolder: URL(filePath: "/none"), executable: "",
      jobs: 1)
    change(&request)
    return Dictionary(
      uniqueKeysWithValues: request.families.map { ($0.name, Set($0.sources.map(\.role))) })
  }

  @Test("Sources have the role of their dataset")
  func datasetRoles() throws {
    #expect(try roles { _ in }.values.allSatisfy { $0 == [.train] })
    #expect(try roles { $0.pipeline.datasets[0].role = .unlabelled }.values.allSatisfy { $0 == [.unlabelled] })
  }

  @Test("The official test is held out on request, and takes whole families along")
  func officialTest() throws {
    let held = try roles { $0.pipeline.holdOut.officialTest = true }
    #expect(held["text/real2.txt"] == [.test])
    #expect(held.filter { $0.key != "text/real2.txt" }.values.allSatisfy { $0 == [.train] })
  }

  @Test("A limit takes the first families of each dataset and label", arguments: [0, 1, 3, 9])
  func limit(count: Int) throws {
    let names = try roles { $0.limit = count }.keys.sorted()
    #expect(names == (0..<min(4, count)).map { "text/real\($0).txt" })
  }

  @Test("What a stage publishes is what it has now: new files come, others stay, old ones go")
  func publishing() throws {
    try TestFiles.withTemporaryDirectory { root in
      let run = RunFolder(root: root.appending(path: "run"))
      try FileSystem.makeFolder(run.plan)
      func publish(_ stage: String, _ product: String, _ files: [String: String]) throws {
        let folder = root.appending(path: product)
        for (name, text) in files {
          let url = folder.appending(path: name)
          try FileSystem.makeFolder(url.deletingLastPathComponent())
          try Data(text.utf8).write(to: url)
        }
        try run.publish(stage: stage, files: FileSystem.records(in: folder), from: folder, to: "out")
      }
      func published() throws -> [String: String] {
        let out = run.root.appending(path: "out")
        return Dictionary(
          uniqueKeysWithValues: try FileSystem.records(in: out).map {
            ($0.name, try String(contentsOf: out.appending(path: $0.name), encoding: .utf8))
          })
      }
      try publish("one", "first", ["a": "1", "sub/b": "2", "manifest.json": "{}"])
      #expect(try published() == ["a": "1", "sub/b": "2"])
      try publish("two", "other", ["c": "3"])
      try publish("one", "second", ["a": "new", "d": "4"])
      #expect(try published() == ["a": "new", "c": "3", "d": "4"])
      try publish("one", "second", [:])
      #expect(try published() == ["a": "new", "c": "3", "d": "4"])
      #expect(try String(contentsOf: root.appending(path: "first/a"), encoding: .utf8) == "1")
      try Data("by hand".utf8).write(to: run.root.appending(path: "out/e"))
      try run.withdraw(except: ["two"])
      #expect(try published() == ["c": "3", "e": "by hand"])
    }
  }

  @Test("--until names a stage after the ones on videos, or the last of those")
  func until() throws {
    try Workshop.with { workshop in
      var request = try workshop.request(workshop.writeDataset())
      func wanted(_ until: String?) throws -> [String] {
        request.until = until
        return try RunState(request).laterEntriesWanted().map(\.id)
      }
      #expect(try wanted(nil) == ["lengths", "tally", "show"])
      #expect(try wanted("tally") == ["lengths", "tally"])
      #expect(try wanted("cut") == [])
      let inside = #expect(throws: ToolError.self) { try wanted("lines") }
      #expect(inside?.status == .usage && inside?.message.contains("stop at 'cut' or later") == true)
      let unknown = #expect(throws: ToolError.self) { try wanted("tali") }
      #expect(unknown?.message.contains("did you mean 'tally'?") == true)
    }
  }
}
