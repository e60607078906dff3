import Foundation
import Sharding
import TestSupport
import Testing

/// The command from videos to shards, as a user runs it.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct RunTests {
  @Test func `one worker and two give the same shards, and a second run does nothing`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder)
      try workspace.pipeline("clips")
      for jobs in ["1", "2"] {
        let result = try workspace.dfprep(
          "run", "pipelines/clips.yaml", "--jobs", jobs, "--store", "store-\(jobs)", "--output", "runs/jobs-\(jobs)")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("taking Pipelines/clips.yaml for pipelines/clips.yaml"))
      }
      let sums = try workspace.text("runs/jobs-1/shards/SHA256SUMS")
      #expect(sums == (try workspace.text("runs/jobs-2/shards/SHA256SUMS")))
      #expect(sums.contains("cell-00-000000.tar"))
      let report = try ShardSet.verify(folder: folder.appending(path: "runs/jobs-2/shards"))
      #expect(report.isSound && report.reals > 0 && report.fakes > report.reals)
      let log = try workspace.text("runs/jobs-1/plan/unit-0.log")
      #expect(!log.contains("unknown CPU feature"), "a cap of the numerics profile is no name that OpenCV knows")

      let again = try workspace.dfprep("run", "Pipelines/clips.yaml", "--store", "store-2", "--output", "runs/jobs-2")
      #expect(again.output.contains("nothing to do"))
      #expect(!again.output.contains(" new "))
    }
  }

  @Test func `a changed option redoes its stage and what depends on it; other clusters decode nothing`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder)
      try workspace.pipeline("first")
      #expect(try workspace.dfprep("run", "Pipelines/first.yaml").status == 0)

      #expect(try workspace.dfprep("run", "Pipelines/first.yaml", "--set", "shard.samples=7").status == 0)
      let states = try workspace.states("first")
      #expect(states.filter { $0.value == "new" }.map(\.key) == ["shard"])

      try workspace.pipeline("second", stages: Workspace.stagesToShards.replacing("k: 2", with: "k: 3"))
      #expect(try workspace.dfprep("run", "Pipelines/second.yaml").status == 0)
      let second = try workspace.states("second")
      #expect(Set(second.filter { $0.value == "new" }.map(\.key)) == ["cluster", "resplit", "shard"])
      #expect(second["decode"] == "cached" && second["embed"] == "cached")

      let plan = try workspace.dfprep("plan", "Pipelines/first.yaml", "--set", "cluster.starts=3")
      #expect(plan.output.contains("unknown until cluster"))
      #expect(try workspace.states("first")["shard"] == "new", "plan changed the run")
    }
  }

  @Test func `taking a held-out dataset away changes no centroid`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 6, heldOut: 4)
      try workspace.pipeline("with", datasets: "[{name: clips}, {name: other, role: test}]")
      try workspace.pipeline("without")
      var centroids: [Data] = []
      for name in ["with", "without"] {
        let result = try workspace.dfprep("run", "Pipelines/\(name).yaml", "--store", "store-\(name)")
        #expect(result.status == 0, "\(result.errors)")
        let tables = folder.appending(path: "store-\(name)/tables")
        let cluster = try #require(
          try FileManager.default.contentsOfDirectory(atPath: tables.path(percentEncoded: false)).first {
            $0.hasPrefix("cluster-")
          })
        centroids.append(try Data(contentsOf: tables.appending(path: "\(cluster)/centroids.npy")))
      }
      #expect(centroids[0] == centroids[1])
      let shards = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "runs/with/shards").path(percentEncoded: false))
      #expect(shards.contains("test-000000.tar"))
      #expect(!shards.contains { $0.hasPrefix("test-extended") }, "a made sample entered the test set")
      let folds = try workspace.text("runs/with/folds/folds.csv")
      #expect(!folds.contains("other/"), "a held-out sample is in a fold")
    }
  }

  @Test func `a run that is interrupted goes on where it was and ends the same`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder)
      try workspace.pipeline("clips")
      let process = Process()
      process.executableURL = TestFiles.dfprep
      process.arguments = ["run", "Pipelines/clips.yaml", "--jobs", "1"]
      process.currentDirectoryURL = folder
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["DFPREP_MODELS": TestFiles.models.path(percentEncoded: false)]) { $1 }
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      let units = folder.appending(path: "runs/store/units")
      // Stop it as soon as the first unit is finished.
      for _ in 0..<600 {
        let chains = (try? FileManager.default.contentsOfDirectory(at: units, includingPropertiesForKeys: nil)) ?? []
        let done = chains.flatMap {
          (try? FileManager.default.contentsOfDirectory(atPath: $0.path(percentEncoded: false))) ?? []
        }.filter { !$0.hasPrefix(".") }
        if !done.isEmpty || !process.isRunning { break }
        usleep(50_000)
      }
      process.interrupt()
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
      #expect(
        !FileManager.default.fileExists(atPath: folder.appending(path: "runs/clips/shards").path(percentEncoded: false))
      )

      #expect(try workspace.dfprep("run", "Pipelines/clips.yaml").status == 0)
      #expect(
        try workspace.dfprep("run", "Pipelines/clips.yaml", "--store", "fresh", "--output", "runs/fresh").status == 0)
      #expect(try workspace.text("runs/clips/shards/SHA256SUMS") == workspace.text("runs/fresh/shards/SHA256SUMS"))
    }
  }
}
