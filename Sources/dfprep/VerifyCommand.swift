internal import ArgumentParser
private import Engine
private import Stages

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads a run, or shards, again: checksums, keys, counts, leakage between training and validation.")

  @Argument(
    help: ArgumentHelp("A run's folder or pipeline file, a folder of shards, or a shard.", valueName: "run-or-shard"))
  var paths: [String]

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let found = try Verification(paths: paths)
    if json {
      try Console.printJSON(found)
    } else {
      for problem in found.problems { print("\(problem.code): \(problem.path): \(problem.message)") }
      print(
        "\(found.files) files, \(found.bytes >> 20) MiB, \(found.samples) samples in \(found.shards) shards, \(found.folds) folds: "
          + (found.problems.isEmpty ? "as they were written" : "\(found.problems.count) problems"))
    }
    try found.check()
  }
}
