internal import ArgumentParser
private import Engine
private import Stages

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Shows what differs between two runs: options, sources, samples, versions.")

  @Argument(help: ArgumentHelp("A run's folder, or the pipeline file.", valueName: "run"))
  var first: String

  @Argument(help: ArgumentHelp("Another.", valueName: "run"))
  var second: String

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let difference = try RunDifference(Project.runFolder(first), Project.runFolder(second))
    if json { return try Console.printJSON(difference) }
    for line in difference.lines { print(line) }
  }
}
