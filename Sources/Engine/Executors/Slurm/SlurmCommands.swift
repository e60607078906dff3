internal import Foundation

/// Slurm's own commands.
struct SlurmCommands {
  let environment: [String: String]

  /// Indices of an array that the site allows: `0 ..< MaxArraySize`.
  func maxArraySize() throws -> Int {
    let output = try run("scontrol", ["show", "config"]).output
    return output.firstMatch(of: /MaxArraySize\s*=\s*(\d+)/).flatMap { Int($0.1) } ?? 1001
  }

  /// Which of these jobs wait or run.
  func queued(_ jobs: [String]) throws -> [String] {
    guard !jobs.isEmpty else { return [] }
    let result = try run("squeue", ["--noheader", "--format=%F", "--jobs=\(jobs.joined(separator: ","))"])
    // Slurm forgets a job some minutes after its end, and says so where it is asked for no other.
    guard result.status == 0 || result.errors.contains("Invalid job id") else {
      throw ToolError(.notFinished, "squeue does not answer: \(result.errors.trimmingCharacters(in: .newlines))")
    }
    let there = Set(result.output.split(whereSeparator: \.isWhitespace).map(String.init))
    return jobs.filter(there.contains)
  }

  /// Runs the script that submits.
  ///
  /// - Throws: ``ToolError`` with what Slurm said.
  func submit(_ script: URL) throws {
    let result = try run("bash", [script.path(percentEncoded: false)])
    guard result.status == 0 else {
      throw ToolError(
        .failed,
        "Slurm did not take the jobs:\n\(result.errors)\(script.path(percentEncoded: false)) is what was tried")
    }
  }

  private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
    let places = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(program)" }
    guard let executable = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw ToolError(
        .missing, "\(program) is not in PATH: `--engine slurm` needs a machine from which jobs can be submitted")
    }
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // Errors are few and fit into a pipe; output may be long.
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: complaint, as: UTF8.self)
    )
  }
}
