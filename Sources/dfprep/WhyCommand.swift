internal import ArgumentParser
private import Engine
private import Stages

struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Shows how one sample came to be what it is, and what is stale about it.",
    discussion: "KEY is a sample's key, or the name of a source: dataset/path.")

  @OptionGroup var argument: RunArgument

  @Argument(help: ArgumentHelp("Key of a sample, or name of a source.", valueName: "key"))
  var key: String

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let folder = try argument.folder()
    // Without its datasets a run can still be looked into; only what is stale about it cannot be told.
    let request = try? Project.current(run: argument.run, machine: machine.flags).request(isQuiet: true)
    let account = try SampleAccount(of: key, in: folder, now: request)
    if json { return try Console.printJSON(account) }
    for line in account.lines { print(line) }
  }
}
