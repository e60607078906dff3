import Foundation
import Records
import Splitting
import TestSupport
import Testing

@Suite struct SplitAuditTests {
  private func row(
    _ video: String, _ side: String?, label: Label = .real, family: String? = nil, identity: String? = nil,
    donor: String? = nil, sourceVideo: String? = nil, scene: String? = nil, parents: [String] = [], key: String? = nil
  ) -> SplitRow {
    SplitRow(
      item: LinkedItem(
        key: key ?? "\(video) \(side ?? "")", dataset: "d", video: video, family: family ?? video, identity: identity,
        donor: donor, sourceVideo: sourceVideo, scene: scene, parents: parents),
      label: label, method: nil, sides: [side])
  }

  private func audit(_ rows: [SplitRow], extra: [ExtraLink] = []) throws -> SplitAudit {
    var table = SplitTable(format: "test", divisions: ["split"], rows: rows)
    table.extraLinks = extra
    return try SplitAudit(table)
  }

  /// Both classes on both sides and nothing in common.
  private var clean: [SplitRow] {
    ["train", "test"].flatMap { (side: String) in
      [
        row("\(side)-real", side, identity: "\(side)-0"),
        row("\(side)-fake", side, label: .fake, family: "\(side)-real", identity: "\(side)-0", donor: "\(side)-9"),
      ]
    }
  }

  @Test func `a clean split has nothing to say`() throws {
    let audit = try audit(clean)
    #expect(audit.totals.isEmpty && audit.crossings.isEmpty && audit.findings.isEmpty)
    #expect(audit.sides.map(\.name) == ["train", "test"] && audit.sides.map(\.videos) == [2, 2])
    #expect(audit.failures(of: SplitAudit.gateNames).isEmpty)
  }

  @Test(arguments: LinkKind.allCases) func `a leak of each kind is found, named, and stopped by its gate`(
    kind: LinkKind
  )
    throws
  {
    let planted: [SplitRow]
    var extra: [ExtraLink] = []
    switch kind {
    case .video: planted = [row("v", "train", family: "f"), row("v", "test", family: "g")]
    case .family: planted = [row("a", "train", family: "x"), row("b", "test", family: "x")]
    case .identity: planted = [row("a", "train", identity: "p"), row("b", "test", identity: "p")]
    case .sourceVideo: planted = [row("a", "train", sourceVideo: "y"), row("b", "test", sourceVideo: "y")]
    case .parent: planted = [row("a", "train", key: "a"), row("b", "test", parents: ["a"])]
    case .donor: planted = [row("a", "train", donor: "q"), row("b", "test", identity: "q")]
    case .scene: planted = [row("a", "train", scene: "kitchen"), row("b", "test", scene: "kitchen")]
    case .nearDuplicate, .face:
      planted = [row("a", "train", key: "a"), row("b", "test", key: "b")]
      extra = [ExtraLink("a", "b", kind)]
    }
    let audit = try audit(clean + planted, extra: extra)
    #expect(audit.totals.map(\.kind) == [kind] && audit.totals[0].links == 1)
    let crossing = try #require(audit.crossings.first)
    #expect(crossing.kind == kind && crossing.parts.map(\.side) == ["train", "test"])
    #expect(crossing.parts.allSatisfy { $0.videoCount == 1 && $0.examples.count == 1 })
    #expect(audit.failures(of: [kind.rawValue]).count == 1)
    #expect(audit.failures(of: ["hard"]).count == (LinkKind.hardByDefault.contains(kind) ? 1 : 0))
    #expect(
      try SplitAudit(SplitTable(format: "", divisions: ["split"], rows: clean)).failures(of: [kind.rawValue]).isEmpty)
  }

  @Test func `pairs of frames of the same two videos are one crossing, with all that was measured`() throws {
    func frames(_ video: String, _ side: String) -> [SplitRow] {
      (0..<6).map { row(video, side, key: "\(video)/\($0)") }
    }
    var table = SplitTable(
      format: "test", divisions: ["split"], rows: frames("b", "test") + frames("a", "train") + frames("c", "train"))
    let pairs = (0..<6).map { ("b/\($0)", "a/\(5 - $0)") } + [("c/0", "b/0"), ("a/0", "c/0")]
    table.extraLinks = pairs.map { ExtraLink($0.0, $0.1, .nearDuplicate) }
    for (place, pair) in pairs.enumerated() {
      table.evidence[SplitTable.evidenceKey(.nearDuplicate, pair.0, pair.1)] = LinkEvidence(
        measure: "correlation", similarity: 0.99 - Double(place) / 100, bits: 2 * (place % 3), isMirrored: place == 0)
    }
    let audit = try SplitAudit(table)
    // A pair on one side does not cross.
    #expect(audit.totals.map(\.links) == [7] && audit.totals[0].videos == 3 && audit.totals[0].frames == 13)
    #expect(audit.crossings.map(\.name) == ["d/a and d/b", "d/b and d/c"])
    let crossing = audit.crossings[0]
    #expect(crossing.pairs == 6 && crossing.parts.map(\.side) == ["train", "test"])
    #expect(crossing.evidence == "0 to 4 bits apart, correlation 0.94 to 0.99, 1 in a mirror")
    #expect(crossing.parts.map(\.frames) == [6, 6] && crossing.parts.map(\.videos) == [["d/a"], ["d/b"]])
    #expect(crossing.parts[0].examples.map(\.key) == ["a/0", "a/1", "a/2", "a/3"])
    #expect(crossing.parts[1].examples.map(\.key) == ["b/5", "b/4", "b/3", "b/2"], "each beside its partner")
    #expect(audit.crossings[1].evidence == "0 bits apart, correlation 0.93")
    table.rows.reverse()
    table.extraLinks.reverse()
    #expect(try SplitAudit(table) == audit)
  }

  @Test func `examples show one frame of every video before a second of any`() throws {
    let rows = (0..<3).flatMap { video in
      (0..<3).map { row("v\(video)", "train", identity: "p", key: "v\(video)/\($0)") }
    }
    let audit = try audit(rows + [row("w", "test", identity: "p")])
    let identity = try #require(audit.crossings.first { $0.kind == .identity })
    #expect(identity.parts[0].examples.map(\.key) == ["v0/0", "v0/1", "v1/0", "v2/0"])
    #expect(identity.pairs == nil && identity.evidence == nil)
  }

  @Test func `equal sides, single classes and lonely fakes are findings`() throws {
    let twice =
      clean
      + clean.filter { $0.sides == ["test"] }.map { row in
        var row = row
        row.sides = ["val"]
        row.item.key += " again"
        return row
      }
    let equal = try audit(twice)
    #expect(equal.findings.map(\.code) == [.equalSides] && equal.findings[0].message.hasPrefix("val and test"))
    #expect(equal.failures(of: ["equal-sides"]).count == 1)
    let oneClass = try audit([row("a", "train"), row("b", "test", label: .fake)])
    #expect(oneClass.findings.map(\.code) == [.oneClass, .oneClass])
    let lonely = try audit(clean + [row("z", "train", label: .fake, family: "nowhere")])
    #expect(lonely.findings.map(\.code) == [.unpaired] && lonely.findings[0].examples == ["d/z"])
  }

  @Test(arguments: 0..<12) func `crossings are those of brute force, whatever the order`(seed: UInt64) throws {
    var random = KeyedRandom(seed: seed, key: "audit", stage: "test")
    var rows = (0..<60).map { index in
      row(
        "v\(random.integer(below: 50))", random.chance(0.9) ? "s\(random.integer(below: 3))" : nil,
        identity: random.chance(0.5) ? "p\(random.integer(below: 30))" : nil,
        sourceVideo: random.chance(0.5) ? "y\(random.integer(below: 30))" : nil, key: "k\(index)")
    }
    func crossing(_ name: (LinkedItem) -> String?) -> Set<String> {
      var found = Set<String>()
      for left in rows {
        for right in rows {
          guard let one = name(left.item), one == name(right.item), let a = left.sides[0], let b = right.sides[0],
            a != b
          else { continue }
          found.insert(one)
        }
      }
      return found
    }
    let audit = try audit(rows)
    func found(_ kind: LinkKind) -> Set<String> { Set(audit.crossings.filter { $0.kind == kind }.map(\.name)) }
    #expect(found(.video) == crossing { $0.video })
    #expect(found(.identity) == crossing(\.identity))
    #expect(found(.sourceVideo) == crossing(\.sourceVideo))
    random.shuffle(&rows)
    #expect(try self.audit(rows) == audit)
  }

  /// field.md's facts, from the dataset's own files.
  @Test(.enabled(if: TestFiles.sharedMedia != nil))
  func `seven source videos of FaceForensics++ lie in two official splits`() throws {
    let folder = try #require(TestFiles.sharedMedia).appending(path: "ffpp")
    let table = try SplitTable.faceForensics(
      splits: ["train", "val", "test"].map { side in
        (side: side, json: try Data(contentsOf: folder.appending(path: "splits/\(side).json")))
      }, conversion: try Data(contentsOf: folder.appending(path: "conversion_dict.json")))
    #expect(table.rows.count == 2000 && table.findings.isEmpty)
    #expect(
      table.notes.contains { $0.contains("1000 sequences of this split come from 977 YouTube videos; 22 videos") })
    let audit = try SplitAudit(table)
    #expect(audit.totals.map(\.kind) == [.sourceVideo] && audit.totals[0].links == 7 && audit.totals[0].isHard)
    let sequences = audit.crossings.map { crossing in
      crossing.parts.map { part in "\(part.side) \(part.videos.filter { $0.count == 3 }.joined())" }.joined(
        separator: ", ")
    }
    #expect(
      Set(sequences) == [
        "train 605, val 606", "train 639, val 640", "train 756, test 755", "train 838, val 837", "train 876, val 875",
        "train 954, test 955", "train 983, val 982",
      ])
    #expect(audit.crossings.allSatisfy { $0.name.wholeMatch(of: /YouTube [\w-]{11}/) != nil })
    #expect(audit.touchedPairs.map { [$0.touched, $0.pairs] } == [[7, 360], [5, 70], [2, 70]])
    #expect(audit.touchedPairs.map(\.side) == ["train", "val", "test"])
    #expect(audit.failures(of: ["hard"]).count == 1)
  }
}
