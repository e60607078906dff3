internal import ArgumentParser
private import Engine
private import Stages

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Shows what `run` would do and why, without doing it.")

  @OptionGroup var options: PipelineOptions
  @OptionGroup var machine: MachineOptions

  @Flag(help: "Prints JSON, with every option filled in.")
  var json = false

  func run() throws {
    let plan = try RunPlan(options.project(machine).request(isQuiet: true))
    if json { return try Console.printJSON(plan) }
    print("\(plan.sources) sources in \(plan.families) families")
    Console.printTable(
      ["dataset", "role", "families", "real", "fake"],
      plan.roles.map { [$0.dataset, $0.roleName, "\($0.families)", "\($0.reals)", "\($0.fakes)"] })
    print()
    Console.printTable(
      ["stage", "state", "done", "to do", "why"],
      plan.lines.map { [$0.stage, $0.state, "\($0.done)", "\($0.pending)", $0.reason] })
    guard plan.lines.contains(where: { $0.state != "cached" }) else { return }
    if let estimate = plan.estimate {
      print("\nestimate: \(Progress.duration(estimate.seconds)), \(ByteCount.text(estimate.bytes)) of the store")
    } else {
      print("\nestimate: none, for a stage that is left was never done before")
    }
  }
}

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Checks pipeline files and datasets.toml without looking at any data.")

  @Argument(help: ArgumentHelp("Pipeline files.", valueName: "pipeline"))
  var pipelines: [String]

  func run() throws {
    var problems: [ToolError] = []
    for pipeline in pipelines {
      do {
        let spec = try Project.validate(pipeline: pipeline)
        print("\(pipeline): good, \(spec.stages.count) stages")
      } catch let error as ToolError { problems.append(error) }
    }
    guard problems.isEmpty else {
      let isConfiguration = problems.contains { $0.status == .badConfiguration }
      throw ToolError(
        isConfiguration ? .badConfiguration : problems[0].status, problems.map(\.message).joined(separator: "\n"))
    }
  }
}
