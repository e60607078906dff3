internal import ArgumentParser
private import Engine
private import Foundation
private import Stages

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Does what a pipeline asks for and is not yet done; goes on where it was stopped.")

  @OptionGroup var options: PipelineOptions
  @OptionGroup var machine: MachineOptions

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  func run() throws {
    let project = try options.project(machine)
    let record = try Coordinator(project.request(isQuiet: quiet), interruption: Interruption()).work()
    StageTable.print(record.stages)
    for line in record.stages.last?.summary ?? [] { print(line) }
    let worked = record.stages.contains { $0.state == .new }
    print(worked ? "done" : "nothing to do: everything asked for is there")
    print("run folder: \(record.pipeline.output)")
    let report = "\(record.pipeline.output)/report/index.html"
    if FileManager.default.fileExists(atPath: report) { print("report: \(report)") }
  }
}

struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Does one task of a plan; what the engines start.", shouldDisplay: false)

  @Argument var task: String

  func run() throws { try Worker.run(file: URL(filePath: task), registry: StandardStages.registry) }
}
