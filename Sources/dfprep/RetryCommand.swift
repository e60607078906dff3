internal import ArgumentParser
private import Engine
private import Stages

struct RetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Does again what failed or was quarantined in a run, and what depends on it.",
    discussion: """
      Asks for what the run was last asked for, with all its options. A family whose sources end well this time takes the \
      place of the failed one; the result is that of a run in which it had not failed.
      """)

  @OptionGroup var argument: RunArgument
  @OptionGroup var machine: MachineOptions

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let before = try argument.folder().readSummary()
    let project = try Project(run: argument.run, machine: machine.flags)
    // Jobs of a cluster go on as those of the run: what is to be tried again is with them by then.
    var request = try project.request(isQuiet: quiet, command: project.runArguments + machine.arguments)
    request.retriesFailures = true
    guard let record = try Work.run(request) else { return }
    let retried = Retried(before: before.badSources, after: record.badSources)
    if json { return try Console.printJSON(retried) }
    for name in retried.healed { print("healed: \(name)") }
    for source in retried.stillBad { print("\(source.status): \(source.name): \(source.code): \(source.message)") }
    RunResult.print(record)
  }

  /// What became of the sources that had not ended well.
  private struct Retried: Encodable {
    let healed: [String]
    let stillBad: [RunSummary.BadSource]

    init(before: [RunSummary.BadSource], after: [RunSummary.BadSource]) {
      let bad = Set(after.map(\.name))
      healed = before.map(\.name).filter { !bad.contains($0) }
      stillBad = after
    }
  }
}
