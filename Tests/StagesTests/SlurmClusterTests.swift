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
}
