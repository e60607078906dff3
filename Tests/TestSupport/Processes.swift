package import Foundation

/// What a child process left behind.
package struct ProcessResult: Sendable {
  package let status: Int32
  package let output: String
  package let errors: String
}

/// Runs an executable found on PATH (or by absolute path) to its end.
///
/// - Parameter input: bytes for its standard input.
/// - Throws: when the executable cannot be started.
@discardableResult
package func runProcess(
  _ executable: String, _ arguments: [String], input: Data? = nil, environment: [String: String] = [:],
  directory: URL? = nil
) throws -> ProcessResult {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [executable] + arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  process.currentDirectoryURL = directory
  // Files rather than pipes: no reader thread, no full pipe that stops the child.
  let folder = FileManager.default.temporaryDirectory.appending(path: "dfprep-run-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  func handle(_ name: String, _ data: Data = Data()) throws -> (URL, FileHandle) {
    let url = folder.appending(path: name)
    try data.write(to: url)
    return (url, try FileHandle(forUpdating: url))
  }
  let (_, standardInput) = try handle("in", input ?? Data())
  let (outputURL, standardOutput) = try handle("out")
  let (errorURL, standardError) = try handle("err")
  process.standardInput = standardInput
  process.standardOutput = standardOutput
  process.standardError = standardError
  try process.run()
  process.waitUntilExit()
  return ProcessResult(
    status: process.terminationStatus,
    output: String(decoding: try Data(contentsOf: outputURL), as: UTF8.self),
    errors: String(decoding: try Data(contentsOf: errorURL), as: UTF8.self))
}
