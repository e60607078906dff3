import Foundation
import Records
import Testing

@testable import Engine

@Suite("Fused source stages")
struct SourceChainTests {
  /// Sends `texts`, each the content of one source of one family, through `stages`; `ends` are the samples after each.
  private func send(
    _ texts: [String], through stages: [String] = ["lines", "hold", "cut"]
  ) throws -> (ledger: FamilyLedger, samples: [String], failures: [String], ends: [Int]) {
    var samples: [String] = []
    var failures: [String] = []
    var ends: [Int] = []
    var kept: FamilyLedger?
    try Workshop.with { workshop in
      let sources = texts.indices.map { index in
        Source(dataset: "text", path: "\(index).txt", label: .real, original: index == 0 ? nil : "0.txt")
      }
      for (source, text) in zip(sources, texts) { try workshop.write(source.path, text) }
      let ledger = FamilyLedger(family: Family.families(of: sources)[0])
      let made = try stages.map { name in
        let options = PipelineSpec.StageEntry(id: name, name: name, options: .object(try Self.defaults(name)))
        return (id: "the-\(name)", stage: try #require(Toys.registry.make(options) as? any SourceStage))
      }
      let chain = try SourceChain(made, ledger: ledger) { id, _ in
        StageContext(
          stageID: id, seed: 0, modelsFolder: workshop.root,
          roots: ["text": workshop.file("").path(percentEncoded: false)], resources: WorkerResources(),
          progress: { _, _, _ in })
      } collect: {
        samples.append(String(decoding: try $0.encoded(), as: UTF8.self))
      }
      for source in sources {
        do { try chain.process(source) } catch let failure as SourceFailure { failures.append("\(failure)") }
        ends.append(samples.count)
      }
      kept = ledger
    }
    return (try #require(kept), samples, failures, ends)
  }

  private static func defaults(_ name: String) throws -> [String: JSONValue] {
    func of<Body: Stage>(_ type: Body.Type) throws -> [String: JSONValue] {
      try StageOptionsCoding.defaults(of: Body.Options.self)
    }
    let type = try #require(Toys.registry[name])
    return try of(type)
  }

  @Test("What enters a stage leaves it, is dropped, or failed; drops have item and reason")
  func countsAddUp() throws {
    let (ledger, samples, failures, _) = try send(["a\n\nmuch too long\nb", "c\n\n\n!note\nd"])
    #expect(samples == ["a", "b", "c", "d"])
    #expect(failures.isEmpty)
    let lines = try #require(ledger.counts["the-lines"])
    #expect((lines.input, lines.output, lines.dropped) == (2, 5, ["empty": 3]))
    let cut = try #require(ledger.counts["the-cut"])
    #expect((cut.input, cut.output, cut.dropped) == (5, 4, ["too-long": 1]))
    #expect(cut.input == cut.output + cut.dropped.values.reduce(0, +))
    #expect(
      ledger.drops.contains(Drop(stage: "the-cut", item: "text/0.txt@2", reason: "too-long", detail: "much too long")))
    #expect(ledger.drops.count == 4)
    #expect(ledger.notes["1.txt"]?.map(\.code) == ["odd"])
  }

  @Test("The end of a source is passed on from stage to stage, before the next source begins")
  func endOfSourceFlushesInOrder() throws {
    let (_, samples, _, ends) = try send(["a\nb", "c", "d\ne"], through: ["lines", "hold", "cut"])
    #expect(samples == ["a", "b", "c", "d", "e"])
    #expect(ends == [2, 3, 5])
  }

  @Test("A source that fails is ended too: what it held back is its own")
  func failureLeavesNothingBehind() throws {
    let (_, samples, failures, ends) = try send(["a\nb\n!bad\nc", "d"])
    #expect(failures == ["bad-line: line 2"])
    #expect(samples == ["a", "b", "d"])
    #expect(ends == [2, 3])
  }

  @Test("Stages that do not fit are named with what they take and get")
  func mismatch() {
    #expect(SourceChain.mismatch([("a", LinesStage.self), ("b", HoldStage.self), ("c", CutStage.self)]) == nil)
    let wrong = SourceChain.mismatch([("a", LinesStage.self), ("b", CutStage.self), ("c", HoldStage.self)])
    #expect(wrong?.index == 2)
    #expect(wrong?.message == "stage 'c' takes Line, but stage 'b' gives TextSample")
    #expect(SourceChain.mismatch([("a", LinesStage.self)])?.index == 0)
    #expect(SourceChain.mismatch([])?.index == 0)
  }

  @Test("Counts are read as they were written, in full, without what is empty, and by earlier versions")
  func countsAreRead() throws {
    var counts = StageCounts()
    (counts.input, counts.output, counts.made) = (5, 4, 1)
    (counts.dropped, counts.droppedFakes, counts.quarantined) = (["a": 2], ["a": 1], ["x": 1])
    for counts in [StageCounts(), counts] {
      #expect(try CanonicalJSON.decode(StageCounts.self, from: CanonicalJSON.data(counts)) == counts)
      let sparse = SparseCounts(wrappedValue: ["crop": counts])
      #expect(try CanonicalJSON.decode(SparseCounts.self, from: CanonicalJSON.data(sparse)) == sparse)
    }
    let empty = SparseCounts(wrappedValue: ["crop": StageCounts()])
    #expect(try CanonicalJSON.string(empty) == #"{"crop":{"input":0,"made":0,"output":0}}"#)
    let earlier = #"{"dropped":{"a":1},"droppedFakes":{},"failed":{},"input":2,"output":1}"#
    let read = try CanonicalJSON.decode(StageCounts.self, from: Data(earlier.utf8))
    #expect((read.input, read.output, read.made) == (2, 1, 0) && read.dropped == ["a": 1] && read.failed == [:])
  }

  @Test("Counts are summed reason by reason")
  func countsSum() {
    var left = StageCounts()
    (left.input, left.output, left.dropped, left.failed) = (5, 2, ["a": 1, "b": 1], ["x": 1])
    var right = StageCounts()
    (right.input, right.output, right.dropped) = (4, 1, ["b": 2, "c": 1])
    let sum = left + right
    #expect((sum.input, sum.output) == (9, 3))
    #expect(sum.dropped == ["a": 1, "b": 3, "c": 1] && sum.failed == ["x": 1])
    #expect(sum.input == sum.output + (sum.dropped.values.reduce(0, +) + sum.failed.values.reduce(0, +)))
  }
}
