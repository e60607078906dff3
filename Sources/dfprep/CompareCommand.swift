internal import ArgumentParser
private import Stages

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Holds two detectors' scores of the same samples against each other.",
    discussion: """
      Tables are CSV with the columns key (or path), label, score, and, where known, video, group, dataset, method, \
      domain: dfprep's predictions.csv, or any other tool's. Samples are matched by key; those that only one table has are \
      listed and left out. Differences are second less first, with intervals over groups drawn alike for both.
      """)

  @Argument(help: ArgumentHelp("Scores of the first detector.", valueName: "first.csv"))
  var first: String

  @Argument(help: ArgumentHelp("Scores of the second.", valueName: "second.csv"))
  var second: String

  @Option(help: ArgumentHelp("Called fake above it.", valueName: "threshold"))
  var threshold = 0.5

  @OptionGroup var judging: JudgingOptions

  func run() throws {
    var request = judging.request
    request.threshold = "\(threshold)"
    let tool = try ComparisonTool(first, second, request: request)
    if judging.json { return try Console.printJSON(tool.result) }
    Console.printSections(tool.sections)
  }
}
