import Foundation
import TestSupport
import Testing

/// Runs on a real Slurm of two nodes, started here and taken down again, whatever happens.
@Suite(
  .serialized,
  .enabled(if: SlurmCluster.obstacle == nil, "no Slurm: \(SlurmCluster.obstacle ?? "")"),
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct SlurmClusterTests {
  /// The long forms wait for time-outs of Slurm: `make test-slurm`.
  static let isLong = ProcessInfo.processInfo.environment["DFPREP_TEST_SLURM"] != nil

  /// A workspace with a finished local run, by one worker, to compare with.
  private static func withReference(
    in folder: URL, maxArraySize: Int, _ body: (Workspace, SlurmCluster) throws -> Void
  ) throws {
    let workspace = try Workspace(folder)
    try workspace.pipeline("clips")
    let local = try workspace.dfprep(
      "run", "Pipelines/clips.yaml", "--jobs", "1", "--store", "store-local", "--output", "runs/local")
    try #require(local.status == 0, "\(local.errors)")
    let cluster = try SlurmCluster(folder.appending(path: "cluster"), maxArraySize: maxArraySize)
    defer { cluster.stop() }
    try body(workspace, cluster)
  }

  private static let arguments = [
    "run", "Pipelines/clips.yaml", "--engine", "slurm", "--jobs", "6", "--store", "store-slurm", "--output",
    "runs/slurm",
  ]

  /// Shards and centroids are the local run's.
  private static func expectSameBytes(_ workspace: Workspace) throws {
    let sums = try workspace.text("runs/local/shards/SHA256SUMS")
    #expect(sums.contains(".tar"))
    #expect(try workspace.text("runs/slurm/shards/SHA256SUMS") == sums)
    #expect(try workspace.text("runs/slurm/folds/folds.csv") == workspace.text("runs/local/folds/folds.csv"))
    #expect(try workspace.centroids("store-slurm") == workspace.centroids("store-local"))
  }

  @Test func `a run on two nodes, in arrays of two, gives the local run's shards and centroids`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try Self.withReference(in: folder, maxArraySize: 2) { workspace, cluster in
        let result = try workspace.dfprep(Self.arguments, environment: cluster.environment)
        #expect(result.status == 0, "\(result.errors)\n\(workspace.slurmFiles("runs/slurm"))")
        try Self.expectSameBytes(workspace)
        #expect(try workspace.text("runs/slurm/plan/slurm/0001-decode/jobs.txt").split(separator: "\n").count == 4)
        let status = try workspace.dfprep("status", "runs/slurm")
        #expect(status.output.contains("slurm: finished"))
        let again = try workspace.dfprep(Self.arguments, environment: cluster.environment)
        #expect(again.output.contains("nothing to do"))
      }
    }
  }

  @Test(.enabled(if: isLong, "waits for Slurm to give a node up: `make test-slurm`"))
  func `a node that is lost in the middle changes no byte`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try Self.withReference(in: folder, maxArraySize: 1001) { workspace, cluster in
        let run = try workspace.start(Self.arguments, environment: cluster.environment)
        defer { run.terminate() }
        try Self.wait("a worker on d2, another task done") {
          try workspace.count(".end", in: "runs/slurm/plan/slurm") > 0 && cluster.runs("worker", onNode: "d2")
        }
        try cluster.killNode("d2")
        run.waitUntilExit()
        #expect(run.terminationStatus == 0, "\(workspace.slurmFiles("runs/slurm"))")
        try Self.expectSameBytes(workspace)
        let started = workspace.slurmFiles("runs/slurm").matches(of: /job (\S+) on \S+, start 2/)
        #expect(started.count == 1, "the task of the lost node was begun again, no other was")
      }
    }
  }

  @Test(.enabled(if: isLong, "waits for Slurm to take a node away: `make test-slurm`"))
  func `a preempted worker keeps the families it has done, and the rest is submitted anew`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try Self.withReference(in: folder, maxArraySize: 1001) { workspace, cluster in
        let arguments = Self.arguments.map { $0 == "6" ? "2" : $0 }
        let run = try workspace.start(arguments, environment: cluster.environment)
        defer { run.terminate() }
        // The worker on d2 is held in its first family, until Slurm lets it go on to tell it.
        var worker: (identifier: Int32, command: [String])?
        try Self.wait("a worker at its first family on d2") {
          worker = try cluster.processes(ofNode: "d2").first {
            $0.command.first?.hasSuffix("/dfprep") == true && $0.command.contains("worker")
          }
          guard let task = worker?.command.last else { return false }
          let events = try? String(contentsOfFile: task.replacing(".json", with: ".events.jsonl"), encoding: .utf8)
          return events?.contains("familyStarted") == true
        }
        kill(try #require(worker).identifier, SIGSTOP)
        let urgent = try runProcess(
          "sbatch", ["--partition=urgent", "--nodelist=d2", "--output=/dev/null", "--wrap=sleep 1"],
          environment: cluster.environment)
        try #require(urgent.status == 0, "\(urgent.errors)")
        run.waitUntilExit()
        #expect(run.terminationStatus == 0, "\(workspace.slurmFiles("runs/slurm"))")
        try Self.expectSameBytes(workspace)
        let rest = try workspace.text("runs/slurm/plan/slurm/0002-decode/tasks.txt")
        #expect(rest == "unit-again-0\n", "\(rest)")
      }
    }
  }

  @Test(.enabled(if: isLong, "the second half of what the short form shows: `make test-slurm`"))
  func `Ctrl-C only stops watching, and the next command watches the same jobs`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try Self.withReference(in: folder, maxArraySize: 1001) { workspace, cluster in
        let first = try workspace.start(Self.arguments, environment: cluster.environment)
        try Self.wait("a worker") { try cluster.runs("worker", onNode: "d1") }
        first.interrupt()
        first.waitUntilExit()
        #expect(first.terminationStatus == 75)
        let status = try workspace.dfprep("status", "runs/slurm")
        #expect(status.output.contains("slurm: submitted: decode"), "\(status.output)\(status.errors)")
        let changed = try workspace.dfprep(Self.arguments + ["--until", "embed"], environment: cluster.environment)
        #expect(changed.status == 75 && changed.errors.contains("scancel"), "\(changed.errors)")

        let second = try workspace.dfprep(Self.arguments, environment: cluster.environment)
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.errors.contains("of this run are in the queue"))
        try Self.expectSameBytes(workspace)
        #expect(try workspace.count("submission.json", in: "runs/slurm/plan/slurm") <= 5, "nothing was submitted twice")
      }
    }
  }

  /// Looks ten times a second, for a minute.
  private static func wait(_ what: String, until isThere: () throws -> Bool) throws {
    for _ in 0..<600 {
      if try isThere() { return }
      usleep(100_000)
    }
    Issue.record("waited in vain for \(what)")
  }
}
