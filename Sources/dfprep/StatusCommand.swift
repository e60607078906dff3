internal import ArgumentParser
internal import Engine
private import Foundation
internal import Stages

/// A run, by its folder or its pipeline file.
struct RunArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("A run's folder, or the pipeline file.", valueName: "run"))
  var run: String

  func folder() throws -> RunFolder { try Project.runFolder(run) }
}

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows how every source and every stage of a run ended.")

  private static let problemsShown = 10

  @OptionGroup var argument: RunArgument

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let status = try RunStatus(of: argument.folder())
    if json { return try Console.printJSON(status) }
    print("\(status.name): \(status.isFinished ? "finished" : "not finished")")
    if let holder = status.holder {
      print("being worked on by \(holder.holder) since \(holder.since.formatted(.iso8601))")
      if let at = status.progress {
        print("  \(at.stage): \(at.done)\(at.total > 0 ? " of \(at.total)" : "") done, \(at.failed) failed \(at.note)")
      }
    }
    let ended = status.sources.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print("\(status.sourceCount) sources: \(ended); \(status.samples) samples")
    for count in status.roles where count.isHeldOut { print(count.text) }
    StageTable.print(status.stages)
    let (real, fake) = (status.frames.real, status.frames.fake)
    print("frames with a face: \(real.kept) of \(real.asked) real, \(fake.kept) of \(fake.asked) fake")
    for source in status.badSources { print("\(source.status): \(source.name): \(source.code): \(source.message)") }
    for problem in status.problems.prefix(Self.problemsShown) { print("dataset: \(problem)") }
    let more = status.problems.count - Self.problemsShown
    if more > 0 { print("dataset: and \(more) more; --json lists them, `dfprep datasets` sums them up") }
    if let slurm = status.slurm {
      print(
        "slurm: \(slurm.state): \(slurm.step): \(slurm.ended) of \(slurm.tasks) tasks ended; "
          + "jobs \(slurm.jobs.joined(separator: ", ")); logs in \(slurm.folder)")
      if let message = slurm.message { print("slurm: \(message)") }
    }
  }
}
