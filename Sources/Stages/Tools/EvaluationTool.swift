private import Engine
internal import Evaluation
internal import Foundation
private import Records

/// How the verbs `evaluate` and `compare` judge.
package struct JudgingRequest: Sendable {
  /// One of ``EvaluationTool/aggregations``.
  package var aggregation = "mean"
  /// Draws of groups for intervals.
  package var draws = 1000
  package var seed: UInt64 = 0
  /// As ``EvaluationTool/isThreshold(_:)`` has it.
  package var threshold = "0.5"
  package var outOfFold = false
  package var isValidation = false
  package var chooses = false
  /// Of somebody else's shards: where the label is, what 1 means, whether pictures are whole frames.
  package var label = "cls"
  package var oneIsFake = true
  package var areFrames = false
  package init() {}

  func options() throws -> AssessmentOptions {
    guard case .fixed(let threshold)? = ThresholdRule(threshold) else {
      throw ToolError(
        .usage, "a table does not say whether its samples are held out, so no threshold is chosen on it; give a number")
    }
    return options(threshold: threshold)
  }

  func options(threshold: Double) -> AssessmentOptions {
    AssessmentOptions(
      aggregation: VideoAggregation(rawValue: aggregation) ?? .mean, threshold: threshold,
      bootstrap: BootstrapOptions(
        draws: draws, seed: seed, threads: ProcessInfo.processInfo.activeProcessorCount))
  }
}

/// Models judged on shards, or a table of scores: the verb `evaluate`.
package struct EvaluationTool {
  package static let aggregations = VideoAggregation.allCases.map(\.rawValue)
  package static func isThreshold(_ text: String) -> Bool { ThresholdRule(text) != nil }

  /// What `--json` prints.
  package let result: any Encodable
  package let notes: [String]
  package let sections: [TextSection]
  private let shards: ShardEvaluation?

  /// - Parameter paths: models, then shards; or one table.
  /// - Throws: ``ToolError`` with status 64 for what must not be asked: docs/evaluation.md, "What is refused".
  package init(_ paths: [String], settings: MachineSettings, request: JudgingRequest) throws {
    let models = paths.filter { $0.hasSuffix(".safetensors") }
    guard models.isEmpty else {
      let judged = try ShardEvaluation(
        models: models, shards: paths.filter { !$0.hasSuffix(".safetensors") }, settings: settings, request: request)
      (result, notes, shards) = (judged, judged.notes, judged)
      sections = judged.sets.flatMap(AssessmentText.sections)
      return
    }
    guard paths.count == 1, paths[0].hasSuffix(".csv") else {
      throw ToolError(.usage, "name models (.safetensors), then shards; or one table of scores (.csv)")
    }
    guard !request.outOfFold, !request.chooses, !request.isValidation else {
      throw ToolError(.usage, "--out-of-fold, --choose and --validation go with models")
    }
    let (table, options) = (try ScoreTable.read(paths[0]), try request.options())
    let sets = try table.sets.map { set in
      try EvaluationError.asUsage {
        try Assessment(name: "\(paths[0]), \(set.name)", set.judgements, options: options)
      }
    }
    (result, notes, shards) = (sets, table.notes, nil)
    sections = sets.flatMap(AssessmentText.sections)
  }

  /// Writes `predictions.csv`, as the stage does.
  ///
  /// - Throws: ``ToolError`` with status 64 for a table, which has no predictions of its own.
  package func write(to path: String) throws {
    guard let shards else { throw ToolError(.usage, "--output goes with models") }
    try shards.write(to: path)
  }
}

/// Two tables of scores beside each other: the verb `compare`.
package struct ComparisonTool {
  private let comparisons: [Comparison]
  /// What the terminal shows.
  package let sections: [TextSection]
  /// What `--json` prints.
  package var result: any Encodable { comparisons }

  /// One comparison for each set of rows that may be judged together: out-of-fold scores apart from others.
  ///
  /// - Throws: ``ToolError`` with status 64 where a table cannot be read, or the two have nothing in common.
  package init(_ first: String, _ second: String, request: JudgingRequest) throws {
    let (left, right, options) = (try ScoreTable.read(first), try ScoreTable.read(second), try request.options())
    let notes = left.notes + right.notes
    comparisons = try left.parts(beside: right).map { part in
      try EvaluationError.asUsage {
        try Comparison(part.first, part.second, notes: ["set: \(part.name)"] + notes, options: options)
      }
    }
    sections = comparisons.flatMap { ComparisonText.sections($0, first: first, second: second) }
  }
}

extension ScoreTable {
  /// - Throws: ``ToolError`` with status 64 where the file is no table of scores.
  fileprivate static func read(_ path: String) throws -> ScoreTable {
    let text: String
    do { text = try String(contentsOf: URL(filePath: path), encoding: .utf8) } catch {
      throw ToolError(.usage, "\(path) cannot be read as text; is it there?")
    }
    return try EvaluationError.asUsage { try ScoreTable(text, name: path) }
  }
}

extension EvaluationError {
  /// What is wrong with a table is the user's to mend.
  fileprivate static func asUsage<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as EvaluationError { throw ToolError(.usage, error.message) }
  }
}
