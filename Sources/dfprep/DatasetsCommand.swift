internal import ArgumentParser
private import Stages

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "Shows what datasets.toml points at: found, missing, unexpected, labels.")

  @Argument(help: ArgumentHelp("A dataset of datasets.toml; all of them unless given.", valueName: "name"))
  var name: String?

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let survey = try DatasetSurvey(name: name)
    if json {
      try Console.printJSON(survey.datasets)
    } else {
      for line in survey.lines { print(line) }
    }
    try survey.check()
  }
}
