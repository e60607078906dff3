internal import ArgumentParser
private import Stages

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "Shows what datasets.toml points at: found, missing, unexpected, labels.",
    discussion: "Of a folder, the layout is told from what it holds, or what the folders in it hold.")

  @Argument(
    help: ArgumentHelp(
      "A dataset of datasets.toml, or a folder; all of datasets.toml unless given.", valueName: "name or folder"))
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
