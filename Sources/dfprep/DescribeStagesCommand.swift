internal import ArgumentParser
private import Stages

struct DescribeStagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe-stages", abstract: "Prints docs/stages.md.", shouldDisplay: false)

  func run() throws { print(try StageDocumentation.markdown(StandardStages.registry), terminator: "") }
}
