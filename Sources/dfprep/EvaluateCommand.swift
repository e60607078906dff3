internal import ArgumentParser
private import Engine
internal import Stages

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Judges models on shards, or a table of anybody's scores.",
    discussion: """
      Models are .safetensors files that `train` wrote; several are a mixture, whose score is their mean. Shards are \
      dfprep's own, folders of them, runs, or anybody's WebDataset tars, which go through the crop recipe of the model. \
      A table is a .csv file with the columns key, label, score (docs/evaluation.md has the others). The headline is the \
      mean, over domains, of the AUC of videos within each.
      """)

  @Argument(help: ArgumentHelp("Models, then shards; or one table.", valueName: "path"))
  var paths: [String]

  @OptionGroup var judging: JudgingOptions

  @Option(
    help: ArgumentHelp(
      "Called fake above it: a number, or balanced-accuracy, f1, fpr=0.001, chosen on validation shards.",
      valueName: "threshold"))
  var threshold = "0.5"

  @Flag(help: "Has each shard judged by the models whose fold validates on it, held-out ones by all.")
  var outOfFold = false

  @Flag(help: "Judges each model by itself, and says which has the best headline; on validation shards.")
  var choose = false

  @Flag(help: "Says of somebody else's shards that they are for validation.")
  var validation = false

  @Option(help: ArgumentHelp("Where somebody else's shards have the label: cls, or json:KEY.", valueName: "place"))
  var label = "cls"

  @Option(help: ArgumentHelp("What the digit 1 means in them: fake or real.", valueName: "label"))
  var one = "fake"

  @Flag(help: "Looks for faces in somebody else's pictures, which are otherwise taken for crops.")
  var wholeFrames = false

  @Option(
    help: ArgumentHelp(
      "Folder of model weights. Default: DFPREP_MODELS, or `models` beside datasets.toml.", valueName: "folder"))
  var models: String?

  @Option(help: ArgumentHelp("Writes predictions.csv there.", valueName: "file"))
  var output: String?

  func validate() throws {
    guard ["fake", "real"].contains(one) else { throw ValidationError("--one is fake or real") }
    guard EvaluationTool.isThreshold(threshold) else {
      throw ValidationError("--threshold is a number of 0 to 1, balanced-accuracy, f1, or fpr= and a share")
    }
  }

  func run() throws {
    NumericsProfile.standard.adopt()
    var request = judging.request
    (request.threshold, request.outOfFold, request.isValidation) = (threshold, outOfFold, validation)
    (request.chooses, request.label, request.oneIsFake) = (choose, label, one == "fake")
    request.areFrames = wholeFrames
    let tool = try EvaluationTool(
      paths, settings: try MachineSettings(MachineFlags([.models: models])), request: request)
    if let output {
      try tool.write(to: output)
      Console.remark("predictions written to \(output)")
    }
    if judging.json { return try Console.printJSON(tool.result) }
    for note in tool.notes { Console.remark("note: \(note)") }
    Console.printSections(tool.sections)
  }
}

/// How scores are judged, for the verbs that do.
struct JudgingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How a video's frames become its score: \(EvaluationTool.aggregations.joined(separator: ", ")).",
      valueName: "way"))
  var aggregate = "mean"

  @Option(help: ArgumentHelp("Draws of groups for intervals.", valueName: "n"))
  var draws = 1000

  @Option(help: ArgumentHelp("Seed of the draws.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(help: "Prints JSON.")
  var json = false

  var request: JudgingRequest {
    var request = JudgingRequest()
    (request.aggregation, request.draws, request.seed) = (aggregate, draws, seed)
    return request
  }

  func validate() throws {
    guard EvaluationTool.aggregations.contains(aggregate) else {
      throw ValidationError("--aggregate is one of \(EvaluationTool.aggregations.joined(separator: ", "))")
    }
    guard (100...100_000).contains(draws) else { throw ValidationError("--draws is 100 to 100000") }
  }
}
