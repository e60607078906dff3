import Foundation
import Testing

@testable import Engine

/// A stage that no pipeline lists.
private struct SurveyStage: TableStage {
  struct Options: StageOptions {
    var limit = 1.0
    static let fields = [OptionField("limit", .number(0.5...1), "Stops the run.")]
  }

  static let name = "survey"
  static let version = 1
  static let summary = "Looks around."
  static let reads: [ProductRequirement] = []
  static let writes: ProductKind? = nil
  static let gate: StageGate? = StageGate(option: "limit")
  init(options: Options) {}

  func run(_ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext) throws -> TableOutcome {
    TableOutcome()
  }
}

@Suite("Stages that are gates")
struct GateTests {
  private func parse(_ text: String) throws -> PipelineSpec {
    try SpecParser.parse(
      text, file: "pipe.yaml", url: URL(filePath: "/home/pipelines/pipe.yaml"),
      registry: StageRegistry(Toys.registry.stages + [SurveyStage.self]), datasetNames: nil)
  }

  @Test("A gate stands behind the stages on videos, whether or not its limit is given")
  func place() throws {
    let silent = try parse(Workshop.pipeline)
    #expect(silent.stages.map(\.id) == ["lines", "cut", "survey", "lengths", "tally", "show"])
    #expect(silent.stages[2].options == .object(["limit": .int(1)]))
    let limited = try parse(Workshop.pipeline + "\ngates: {survey: 0.9, lost-frames: 30%}\n")
    #expect(limited.stages[2].options == .object(["limit": .double(0.9)]))
    #expect(limited.lostFramesGate == 0.3)
  }

  @Test(
    "Gates that cannot be are told",
    arguments: [
      ("gates: {survey: 0.3}", "`survey` of `gates` is a number in 0.5...1.0"),
      ("gates: {survey: 90%}", "`survey` of `gates` is a number in 0.5...1.0"),
      ("gates: {sorvey: 0.9}", "unknown key 'sorvey' in `gates`; did you mean 'survey'?"),
    ])
  func mistakes(gates: String, message: String) {
    let error = #expect(throws: ToolError.self) { try parse(Workshop.pipeline + "\n\(gates)\n") }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test("A gate is no item of `stages`, nor is its name an id")
  func listed() {
    let listed = #expect(throws: ToolError.self) {
      try parse(Workshop.pipeline.replacing("- lengths:", with: "- survey:\n  - lengths:"))
    }
    #expect(listed?.message.contains("`gates: {survey: ...}` sets its limit") == true, "\(listed?.message ?? "")")
    let taken = #expect(throws: ToolError.self) {
      try parse(Workshop.pipeline.replacing("- lengths:", with: "- lengths: {id: survey}"))
    }
    #expect(taken?.message.contains("choose another `id`") == true, "\(taken?.message ?? "")")
  }
}
