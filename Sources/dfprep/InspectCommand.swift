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
