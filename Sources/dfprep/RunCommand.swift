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

  @Flag(help: "Slurm: writes the scripts of the next step into the run's folder, and submits nothing.")
  var printOnly = false

  @Flag(help: "Slurm: ends once the jobs are submitted, with status 75, instead of watching them.")
  var detach = false

  @Option(name: .customLong("continue"), help: .hidden)
  var submission: Int?

  @Flag(help: .hidden)
  var wholeNode = false

  @Flag(help: "Does everything again, but what other runs in the store have a share in.")
  var fresh = false

  func run() throws {
    let project = try options.project(machine)
    var request = try project.request(isQuiet: quiet, phase: phase, command: Self.command)
    request.isFresh = fresh
    if case .local = request.engine {
      guard !printOnly, !detach, submission == nil else {
        throw ValidationError("--print-only and --detach are for --engine slurm")
      }
    } else if fresh {
      // Every job says the same words again, and would take away what the one before it did.
      throw ValidationError("--fresh is for the local engine; with Slurm give a new --output and --store")
    }
    guard let record = try Work.run(consume request, isWatched: !detach && !printOnly && submission == nil) else {
      if detach, !printOnly, submission == nil { throw ExitCode(ExitStatus.notFinished.rawValue) }
      return
    }
    RunResult.print(record)
  }

  private var phase: SlurmRequest.Phase {
    switch submission {
    case let submission?: wholeNode ? .tables(submission: submission) : .collect(submission: submission)
    case nil: printOnly ? .print : .submit
    }
  }

  /// What the user wrote, without what is for the first process alone: jobs go on with the same words.
  private static var command: [String] {
    var words: [String] = []
    var rest = CommandLine.arguments.dropFirst()[...]
    while let word = rest.popFirst() {
      if word == "--continue" { _ = rest.popFirst() }
      if !["--print-only", "--detach", "--whole-node", "--continue"].contains(word) { words.append(word) }
    }
    return words
  }
}

/// The work of `run` and `retry`, by whichever engine.
enum Work {
  /// - Parameter isWatched: whether to wait for the jobs of a cluster.
  /// - Returns: the finished run; `nil` where others go on and nobody watches.
  static func run(_ request: consuming RunRequest, isWatched: Bool = true) throws -> RunSummary? {
    // Handed on, not copied: the list of sources is held once, and given up where it is no longer needed.
    guard case .slurm(let slurm) = request.engine else {
      return try Coordinator(request, interruption: Interruption()).work()
    }
    let run = SlurmRun(request, slurm: slurm, interruption: Interruption())
    switch try run.work() {
    case .finished(let record): return record
    case .handedOn(let words):
      Console.remark(words)
      return isWatched ? try run.follow() : nil
    }
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

  @Flag(help: "Without a coordinator at the other end of standard input.")
  var alone = false

  func run() throws { try Worker.run(file: URL(filePath: task), registry: StandardStages.registry, isAlone: alone) }
}
