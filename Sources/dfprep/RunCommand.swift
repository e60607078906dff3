internal import ArgumentParser
internal import Engine
private import Foundation
private import Stages

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Does what a pipeline asks for and is not yet done; goes on where it was stopped.")

  @OptionGroup var options: PipelineOptions
  @OptionGroup var machine: MachineOptions

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  @Flag(help: "Does everything again, but what other runs in the store have a share in.")
  var fresh = false

  func run() throws {
    let project = try options.project(machine)
    var request = try project.request(isQuiet: quiet)
    request.isFresh = fresh
    let record = try Coordinator(request, interruption: Interruption()).work()
    RunResult.print(record)
  }
}

/// What a run says at its end.
enum RunResult {
  static func print(_ record: RunSummary) {
    StageTable.print(record.stages)
    for line in record.stages.last?.summary ?? [] { Swift.print(line) }
    let worked = record.stages.contains { $0.state == .new }
    Swift.print(worked ? "done" : "nothing to do: everything asked for is there")
    Swift.print("run folder: \(record.pipeline.output)")
    let report = "\(record.pipeline.output)/report/index.html"
    if FileManager.default.fileExists(atPath: report) { Swift.print("report: \(report)") }
  }
}

struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Does one task of a plan; what the engines start.", shouldDisplay: false)

  @Argument var task: String

  func run() throws { try Worker.run(file: URL(filePath: task), registry: StandardStages.registry) }
}
