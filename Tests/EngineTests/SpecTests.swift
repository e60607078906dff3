import Foundation
import Records
import Testing

@testable import Engine

@Suite("Pipeline files that are in order")
struct SpecTests {
  @Test("Every default is filled in")
  func defaults() throws {
    let spec = try parse(Workshop.pipeline)
    #expect(spec.name == "pipe")
    #expect(spec.seed == 0)
    #expect(spec.datasets == [.init(name: "text", role: .train)])
    #expect(!spec.holdOut.officialTest)
    #expect(spec.failedSourcesTolerance == 0.05 && spec.lostFramesGate == 0.25)
    #expect(spec.output == "/home/runs/pipe")
    #expect(spec.stages.map(\.id) == ["lines", "cut", "lengths", "tally", "show"])
    #expect(
      spec.stages[0].options
        == .object(["count": .object(["real": .int(100), "fake": .int(100)]), "prefix": .string("")]))
    #expect(
      spec.stages[1].options
        == .object([
          "size": .int(8), "share": .double(0.5), "format": .string("png"), "strict": .bool(true),
          "marks": .array([.int(1)]),
        ]))
    #expect(spec.stages[4].options == .object([:]))
  }

  @Test("Everything written is kept")
  func everythingWritten() throws {
    let spec = try parse(
      """
      version: 1
      name: trial
      seed: 17
      datasets: [{name: text}, {name: more, role: test}]
      hold-out: {official-test: true}
      tolerance: {failed-sources: 12.5%}
      gates: {lost-frames: 40%}
      output: out/there
      stages:
        - lines: {id: first, prefix: ">", count: {real: 3, fake: 4}}
        - cut: {size: auto, share: 1, format: jpeg, strict: no, marks: [3, 4]}
        - lengths: {id: one}
        - lengths: {id: two, scale: 2.5}
      """)
    #expect(spec.name == "trial" && spec.seed == 17 && spec.holdOut.officialTest)
    #expect(spec.datasets.map(\.role) == [.train, .test])
    #expect(spec.failedSourcesTolerance == 0.125 && spec.lostFramesGate == 0.4)
    #expect(spec.output == "/home/pipelines/out/there")
    #expect(spec.stages.map(\.id) == ["first", "cut", "one", "two"])
    #expect(spec.stages.map(\.name) == ["lines", "cut", "lengths", "lengths"])
    #expect(spec.stages[0].options["count"] == .object(["real": .int(3), "fake": .int(4)]))
    #expect(
      spec.stages[1].options
        == .object([
          "size": .string("auto"), "share": .double(1), "format": .string("jpeg"), "strict": .bool(false),
          "marks": .array([.int(3), .int(4)]),
        ]))
  }

  @Test("A default that is written out changes no fingerprint")
  func writtenDefaults() throws {
    let short = try parse(Workshop.pipeline)
    let long = try parse(
      Workshop.pipeline
        .replacing("- lengths:", with: "- lengths: {scale: 1.0}")
        .replacing("- lines:", with: "- lines: {count: 100}"))
    #expect(try CanonicalJSON.string(short) == CanonicalJSON.string(long))
  }

  @Test("A value of `perLabel` is one for both labels or a mapping of both")
  func perLabel() throws {
    func count(_ value: String) throws -> PerLabel<Int> {
      let spec = try parse(Workshop.pipeline, overrides: ["lines.count=\(value)"])
      let stage = try #require(Toys.registry.make(spec.stages[0]) as? LinesStage)
      return stage.options.count
    }
    #expect(try count("7") == PerLabel(real: 7, fake: 7))
    #expect(try count("{fake: 2, real: 5}") == PerLabel(real: 5, fake: 2))
  }

  @Test("--set works by id, and by name where one stage alone has it")
  func overrides() throws {
    let twice = Workshop.pipeline.replacing("- lengths:", with: "- lengths: {id: a}\n  - lengths: {id: b, scale: 3}")
    let spec = try parse(
      twice, overrides: ["a.scale=2", "b.scale=4", "cut.size=auto", "cut.marks=[1, 2]", "lines.prefix=a=b"])
    #expect(spec.stages[0].options["prefix"] == .string("a=b"))
    #expect(spec.stages[1].options["size"] == .string("auto"))
    #expect(spec.stages[1].options["marks"] == .array([.int(1), .int(2)]))
    #expect(spec.stages[2].options["scale"] == .double(2))
    #expect(spec.stages[3].options["scale"] == .double(4))
    let named = try parse(
      Workshop.pipeline.replacing("- lengths:", with: "- lengths: {id: a}"), overrides: ["lengths.scale=9"])
    #expect(named.stages[2].options["scale"] == .double(9))
  }

  @Test("--set changes one member of an option, and leaves the others as the file has them")
  func overridesOfMembers() throws {
    let counted = Workshop.pipeline.replacing(/- lines:[^\n]*/, with: "- lines: {count: {real: 4, fake: 2}}")
    func count(_ overrides: [String], in text: String) throws -> JSONValue? {
      try parse(text, overrides: overrides).stages[0].options["count"]
    }
    let changed = try count(["lines.count.fake=3"], in: counted)
    #expect(changed == .object(["real": .int(4), "fake": .int(3)]))
    let built = try count(["lines.count.fake=3", "lines.count.real=5"], in: Workshop.pipeline)
    #expect(built == .object(["real": .int(5), "fake": .int(3)]))
  }

  @Test("A pipeline lives through JSON")
  func codable() throws {
    let spec = try parse(Workshop.pipeline)
    #expect(try CanonicalJSON.decode(PipelineSpec.self, from: CanonicalJSON.data(spec)) == spec)
  }
}
