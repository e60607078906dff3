package import Engine
package import Foundation

/// `shortcuts`: how well properties that have nothing to do with a forgery tell fakes from reals.
package struct ShortcutsStage: TableStage {
  package struct Options: StageOptions {
    package var limit = 1.0
    package init() {}

    package static let fields = [
      OptionField(
        "limit", .number(0.5...1),
        "Set by `gates: {shortcuts: ...}`: the run stops where the interval of an AUC lies above it; 1 never stops.")
    ]
  }

  package static let name = "shortcuts"
  package static let version = 2
  package static let summary =
    "Audits files and crops for what tells the classes apart besides the forgery. No item of `stages:`; runs in every "
    + "pipeline as soon as crops exist. See docs/shortcuts.md."
  package static let reads: [ProductRequirement] = [.optional(.outcomes)]
  package static let writes: ProductKind? = .shortcuts
  package static let publishesTo: String? = "audit"
  package static let gate: StageGate? = StageGate(option: "limit")
  private let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    let survey = try ShortcutSurvey(inputs)
    try FileSystem.writeJSON(survey, to: output.appending(path: "shortcuts.json"))
    return TableOutcome(summary: survey.summary, failedGate: survey.failedGate(limit: options.limit))
  }
}
