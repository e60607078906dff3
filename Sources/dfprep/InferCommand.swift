internal import ArgumentParser
private import Engine
private import Foundation
private import Stages

struct InferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "Scores images and videos with a model, cropping as the model's training did.",
    discussion: """
      Models are .safetensors files that `train` wrote; several are a mixture, whose score is their mean. A folder stands \
      for the images and videos below it, a .txt file for the paths in it, one a line. A file without a score, because it \
      cannot be decoded or shows no face, is an error line, and the exit status is 1; the others are scored. docs/inference.md.
      """)

  @Argument(help: ArgumentHelp("Models; images, videos, folders, lists.", valueName: "path"))
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "Folder of model weights. Default: DFPREP_MODELS, or `models` beside datasets.toml.", valueName: "folder"))
  var models: String?

  @Option(help: ArgumentHelp("Frames looked at of each video.", valueName: "n"))
  var frames = 32

  @Option(
    help: ArgumentHelp(
      "Where networks are computed: cpu, cuda, or auto, a GPU where libtorch sees one.", valueName: "device"))
  var device = "cpu"

  @Flag(help: "Looks at the mirror image of each crop, too; the score is the mean.")
  var flips = false

  @Flag(help: "Looks at each crop turned by one, two and three quarters, too; the score is the mean.")
  var rotations = false

  @Flag(help: "Prints a JSON object a line.")
  var json = false

  @Flag(help: "Prints a table.")
  var csv = false

  func validate() throws {
    guard !(json && csv) else { throw ValidationError("--json and --csv are two ways to print; take one") }
  }

  func run() throws {
    NumericsProfile.standard.adopt()
    let settings = try MachineSettings(MachineFlags([.models: models]))
    let input = try InferenceInput(paths)
    let inference = try Inference(
      models: input.models, settings: settings,
      options: .init(frames: frames, views: TestTimeViews(flips: flips, rotations: rotations), device: device))
    if csv { print(Inference.columns, terminator: "") }
    var failures = 0
    try inference.score(input.files) { outcome in
      if case .failed = outcome { failures += 1 }
      if json {
        try Console.printJSONLine(outcome)
      } else if csv {
        print(outcome.record, terminator: "")
      } else {
        switch outcome {
        case .scored(let result): print(result.line)
        case .failed(let path, let message): Console.complain("\(path): \(message)")
        }
      }
    }
    if failures > 0 { throw Inference.failure(failures, of: input.files.count) }
  }
}
