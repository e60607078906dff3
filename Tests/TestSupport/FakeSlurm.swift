package import Foundation

/// Commands by Slurm's names that put jobs into a folder, and a way to run those one after the other: for the logic of the
/// scripts, where there is no Slurm.
package struct FakeSlurm {
  /// One call of `sbatch`.
  package struct Job: Sendable {
    package let identifier: String
    /// Indices of its array; `nil` for a job that is none.
    package let array: Range<Int>?
    package let options: [String]
    package let script: String
    package let arguments: [String]
  }

  private let root: URL
  private var queue: URL { root.appending(path: "queue") }

  /// What makes a program find these commands, and nothing of another Slurm.
  package var environment: [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return ["PATH": "\(root.appending(path: "bin").path(percentEncoded: false)):\(path)"]
  }

  package init(_ root: URL, maxArraySize: Int = 1001) throws {
    self.root = root
    for folder in ["bin", "queue"] {
      try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
    }
    let place = root.path(percentEncoded: false)
    let commands = [
      "sbatch": """
      id=$(($(cat '\(place)/last' 2>/dev/null || echo 100) + 1))
      if [ "$id" -gt "$(cat '\(place)/limit' 2>/dev/null || echo 99999)" ]; then
        echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2
        exit 1
      fi
      echo "$id" >'\(place)/last'
      printf '%s\\n' "$@" >"\(place)/queue/$id"
      echo "$id"
      """,
      "srun": "while [[ $1 == --* ]]; do shift; done; exec \"$@\"",
      "squeue": "ls '\(place)/queue'",
      "scancel": "cd '\(place)/queue' && rm -f \"$@\"",
      "scontrol": "echo 'MaxArraySize            = \(maxArraySize)'",
    ]
    for (name, body) in commands {
      try TestFiles.writeProgram("#!/bin/bash\n\(body)\n", to: root.appending(path: "bin/\(name)"))
    }
  }

  /// From now on no job beyond so many is taken; `nil` takes any.
  package func takeAtMost(_ jobs: Int?) throws {
    let file = root.appending(path: "limit")
    if let jobs { try Data("\(100 + jobs)".utf8).write(to: file) } else { try FileManager.default.removeItem(at: file) }
  }

  /// The jobs that wait, the first submitted first.
  package func waiting() throws -> [Job] {
    try FileManager.default.contentsOfDirectory(atPath: queue.path(percentEncoded: false)).sorted().map { name in
      let text = try String(contentsOf: queue.appending(path: name), encoding: .utf8)
      let words = text.split(separator: "\n").map(String.init)
      let options = words.prefix { $0.hasPrefix("--") }
      let rest = words.dropFirst(options.count)
      let array = options.compactMap { $0.firstMatch(of: /^--array=(\d+)-(\d+)/) }.first
      return Job(
        identifier: name, array: array.map { (Int($0.1) ?? 0)..<(Int($0.2) ?? 0) + 1 }, options: Array(options),
        script: rest.first ?? "", arguments: Array(rest.dropFirst()))
    }
  }

  /// Takes all jobs out of the queue.
  package func clear() throws {
    for job in try waiting() { try FileManager.default.removeItem(at: queue.appending(path: job.identifier)) }
  }

  /// Runs the jobs in the order of submission, those that they submit themselves after them: every dependency is met so.
  ///
  /// - Parameter loses: whether the machine of an array's task is lost before it does anything.
  /// - Returns: the jobs that ran.
  package func runAll(losing loses: (Job, Int) -> Bool = { _, _ in false }) throws -> [Job] {
    var ran: [Job] = []
    while let job = try waiting().first {
      for index in job.array ?? 0..<1 where !loses(job, index) {
        let text = try String(contentsOfFile: job.script, encoding: .utf8)
        let folder = text.firstMatch(of: /#SBATCH --chdir=(.*)/).map { String($0.1) }
        try runProcess(
          "bash", [job.script] + job.arguments,
          environment: environment.merging(
            ["SLURM_ARRAY_JOB_ID": job.identifier, "SLURM_ARRAY_TASK_ID": "\(index)", "SLURM_JOB_ID": job.identifier]
          ) { $1 }, directory: folder.map { URL(filePath: $0) })
      }
      try FileManager.default.removeItem(at: queue.appending(path: job.identifier))
      ran.append(job)
    }
    return ran
  }
}
