package import Foundation

/// A real Slurm of two nodes on this machine, for as long as this object lives: `Scripts/slurm-cluster.sh`.
package final class SlurmCluster {
  /// Why there can be none here; `nil` where there can.
  package static let obstacle: String? = {
    for program in ["munged", "slurmctld", "slurmd", "sbatch"] {
      let places = ["/usr/sbin", "/usr/bin"].map { "\($0)/\(program)" }
      if !places.contains(where: FileManager.default.isExecutableFile(atPath:)) {
        return "\(program) is not installed; `make test-slurm` does that"
      }
    }
    let namespace = try? runProcess("unshare", ["--pid", "--fork", "--mount-proc", "true"])
    return namespace?.status == 0 ? nil : "two slurmd on one host need root and a process namespace"
  }()

  /// What makes Slurm's commands talk to this cluster.
  package let environment: [String: String]
  private let process = Process()
  private let lifeline = Pipe()

  /// Starts it in `folder`, and waits until both nodes are idle.
  package init(_ folder: URL, maxArraySize: Int = 1001) throws {
    environment = ["SLURM_CONF": folder.appending(path: "slurm.conf").path(percentEncoded: false)]
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let errors = folder.appending(path: "errors")
    try Data().write(to: errors)
    process.executableURL = TestFiles.repository.appending(path: "Scripts/slurm-cluster.sh")
    process.arguments = [folder.path(percentEncoded: false), "\(maxArraySize)"]
    process.standardInput = lifeline
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    for _ in 0..<600 {
      if FileManager.default.fileExists(atPath: folder.appending(path: "ready").path(percentEncoded: false)) { return }
      guard process.isRunning else { break }
      usleep(100_000)
    }
    stop()
    throw SlurmClusterError(description: try String(contentsOf: errors, encoding: .utf8))
  }

  deinit { stop() }

  /// Ends all daemons and jobs; the kernel does it where the script cannot.
  package func stop() {
    try? lifeline.fileHandleForWriting.close()  // Closed already: as wanted.
    for _ in 0..<50 where process.isRunning { usleep(100_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// Ends a node as if its power had failed: its daemon and every process of its jobs, at once.
  package func killNode(_ name: String) throws {
    for process in try processes(ofNode: name) { kill(process.identifier, SIGKILL) }
  }

  /// Whether a process whose command has this word runs in a job on the node.
  package func runs(_ word: String, onNode name: String) throws -> Bool {
    try processes(ofNode: name).contains { $0.command.contains(word) }
  }

  /// The daemon of a node, and the processes of its jobs.
  package func processes(ofNode name: String) throws -> [(identifier: Int32, command: [String])] {
    var found: [Int32: [String]] = [:]
    for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      guard let identifier = Int32(entry), let environment = Self.words("/proc/\(entry)/environ"),
        environment.contains("SLURM_CONF=\(self.environment["SLURM_CONF"] ?? "")")
      else { continue }  // Of others, or gone meanwhile.
      let command = Self.words("/proc/\(entry)/cmdline") ?? []
      let isDaemon = command.first?.hasSuffix("slurmd") == true && command.suffix(2) == ["-N", name]
      if isDaemon || environment.contains("SLURMD_NODENAME=\(name)") { found[identifier] = command }
    }
    for identifier in found.keys {
      // The process that looks after a job is the parent of its first one.
      let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
      let parent = status?.firstMatch(of: /PPid:\s*(\d+)/).flatMap { Int32($0.1) } ?? 0
      if let command = Self.words("/proc/\(parent)/cmdline"), command.first?.hasPrefix("slurmstepd") == true {
        found[parent] = command
      }
    }
    return found.map { (identifier: $0.key, command: $0.value) }
  }

  private static func words(_ path: String) -> [String]? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}

package struct SlurmClusterError: Error, CustomStringConvertible {
  package let description: String
}
