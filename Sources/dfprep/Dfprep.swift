internal import ArgumentParser
private import Engine
private import Foundation
private import Stages

@main
struct Dfprep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dfprep",
    abstract: "Prepares deepfake-detection datasets and fits the detector.",
    discussion: """
      A pipeline is a YAML list of stages: videos are decoded, faces cropped, fakes and reals clustered and re-split so \
      that every fold is tested on a kind of fake it never saw, shards written, experts trained and evaluated.
      """,
    version: ProductVersion.number,
    subcommands: [
      RunCommand.self,
      PlanCommand.self,
      ValidateCommand.self,
      StatusCommand.self,
      WhyCommand.self,
      DiffCommand.self,
      RetryCommand.self,
      CleanCommand.self,
      VerifyCommand.self,
      AuditCommand.self,
      SplitCommand.self,
      ExportCommand.self,
      InspectCommand.self,
      DuplicatesCommand.self,
      ClusterCommand.self,
      MapCommand.self,
      DatasetsCommand.self,
      TrainCommand.self,
      InferCommand.self,
      EvaluateCommand.self,
      CompareCommand.self,
      ReportCommand.self,
      DoctorCommand.self,
      WorkerCommand.self,
      DescribeStagesCommand.self,
    ])

  /// Parses and runs; a ``ToolError`` ends the process with its own status, a mistake in the arguments with 64.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as ToolError {
      Console.complain("\(error)")
      Foundation.exit(error.status.rawValue)
    } catch {
      if exitCode(for: error) == .failure {
        Console.complain("\(error)")
        Foundation.exit(ToolError.status(of: error).rawValue)
      }
      exit(withError: error)
    }
  }
}
