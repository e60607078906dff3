internal import ArgumentParser
private import Engine
private import Stages

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Shows what is in a video, an image, a shard, a model or a run.")

  @Argument(help: ArgumentHelp("A file or a run's folder.", valueName: "path"))
  var path: String

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let inspection = try Inspection(path: path)
    if json { return try Console.printJSON(inspection) }
    print("\(path): \(inspection.kind)")
    Console.printTable(["property", "value"], inspection.properties.map { [$0.name, $0.value] })
  }
}

struct InferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "Scores images and videos with a model, cropping as the model's training did.")

  @Argument(help: ArgumentHelp("A .safetensors file written by `train`.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("Images and videos.", valueName: "path"))
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "Folder of model weights. Default: DFPREP_MODELS, or `models` beside datasets.toml.", valueName: "folder"))
  var models: String?

  @Option(help: ArgumentHelp("Frames looked at of each video.", valueName: "n"))
  var frames = 32

  @Flag(help: "Prints a JSON object a line.")
  var json = false

  func run() throws {
    NumericsProfile.standard.adopt()
    let settings = try MachineSettings(MachineFlags([.models: models]))
    let inference = try Inference(model: model, settings: settings, frames: frames)
    var failures: [String] = []
    for path in paths {
      do {
        let result = try inference.score(path)
        if json { try Console.printJSONLine(result) } else { print(result.line) }
      } catch { failures.append("\(error)".hasPrefix(path) ? "\(error)" : "\(path): \(error)") }
    }
    if !failures.isEmpty { throw Inference.failure(failures, of: paths.count) }
  }
}

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Shows what this machine has and lacks, and how to get it.")

  @Option(help: ArgumentHelp("Folder of model weights.", valueName: "folder"))
  var models: String?

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let doctor = Doctor(settings: try MachineSettings(MachineFlags([.models: models])))
    if json {
      try Console.printJSON(doctor.findings)
    } else {
      Console.printTable(
        ["", "what", "found", "what to do"],
        doctor.findings.map { [$0.isGood ? "ok" : "MISSING", $0.what, $0.found, $0.remedy ?? ""] })
    }
    try doctor.check()
  }
}
