internal import ArgumentParser
private import Engine
private import Foundation
internal import Stages

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Fits one detector to shards, without a pipeline.",
    discussion: """
      Shards are dfprep's own, folders of them, or anybody's WebDataset tars (jpg or png beside cls or json). The options \
      are those of the stage (docs/stages.md): `--set learning-rate=0.0001 --set losses='{ce: 1, nce: 1}'`. What is held out, \
      and what shares a group with training, is refused for validation. A run that was cut goes on when the command is \
      given again.
      """)

  @Argument(help: ArgumentHelp("Shards to learn from.", valueName: "shards"))
  var shards: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Shards to measure on, and to choose an epoch by.", valueName: "shards"))
  var validation: [String]

  @Option(help: ArgumentHelp("Where the model and its card go.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("An option of the stage; may be given many times.", valueName: "option=value"))
  var set: [String] = []

  @Option(help: ArgumentHelp("Seed of every draw.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Where somebody else's shards have the label: cls, or json:KEY.", valueName: "place"))
  var label = "cls"

  @Option(help: ArgumentHelp("What the digit 1 means in them: fake or real.", valueName: "label"))
  var one = "fake"

  @Option(
    help: ArgumentHelp(
      "Folder of model weights. Default: DFPREP_MODELS, or `models` beside datasets.toml.", valueName: "folder"))
  var models: String?

  @Flag(help: "Says nothing on the way.")
  var quiet = false

  func validate() throws {
    guard ["fake", "real"].contains(one) else { throw ValidationError("--one is fake or real") }
  }

  func run() throws {
    NumericsProfile.standard.adopt()
    let tool = try TrainingTool(
      shards: shards, validation: validation, set: set, label: label, oneIsFake: one == "fake", seed: seed,
      settings: try MachineSettings(MachineFlags([.models: models])))
    let isQuiet = quiet
    print(
      try tool.run(output: output) { done, total, note in
        if !isQuiet { Console.remark("\(done)/\(total)  \(note)") }
      })
  }
}
