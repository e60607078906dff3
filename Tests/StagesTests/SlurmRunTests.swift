import Engine
import Foundation
import TestSupport
import Testing

/// The command over a queue that is only played: what is submitted, what goes on, what a lost machine does.
@Suite(.serialized)
struct SlurmRunTests {
  private static let stages = """
      - decode: {frames: 1}
      - detect: {model: haar}
      - track: {}
      - crop: {margin: 1, size: 48, format: png}
      - extend: {self-blend: 1}
      - filter: {}
      - dedupe: {max-distance: 0}
      - shard: {}
    """
  private static let slurm = [
    "run", "Pipelines/cards.yaml", "--engine", "slurm", "--detach", "--jobs", "4", "--store", "store-slurm", "--output",
    "runs/slurm",
  ]

  private static func withCards(_ body: (Workspace, FakeSlurm) throws -> Void) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      try workspace.pipeline("cards", datasets: "[{name: cards}]", stages: stages)
      try body(workspace, FakeSlurm(folder.appending(path: "slurm"), maxArraySize: 3))
    }
  }

  @Test func `jobs carry a run to its end, and a lost task is begun again; the shards are the local run's`() throws {
    try Self.withCards { workspace, slurm in
      let local = try workspace.dfprep(
        "run", "Pipelines/cards.yaml", "--store", "store-local", "--output", "runs/local")
      try #require(local.status == 0, "\(local.errors)")

      let submitted = try workspace.dfprep(Self.slurm, environment: slurm.environment)
      #expect(submitted.status == 75, "\(submitted.errors)")
      #expect(submitted.errors.contains("4 tasks with Slurm"))
      let ran = try slurm.runAll { job, index in job.identifier == "101" && index == 1 }
      let scripts = ran.map { URL(filePath: $0.script).pathComponents.suffix(2).joined(separator: "/") }
      #expect(
        scripts == [
          "0001-decode/work.sh", "0001-decode/work.sh", "0001-decode/collect.sh", "0002-decode/work.sh",
          "0002-decode/collect.sh", "0003-shortcuts/tables.sh", "0003-shortcuts/collect.sh",
        ], "\(workspace.slurmFiles("runs/slurm"))")
      #expect(
        try workspace.text("runs/slurm/shards/SHA256SUMS") == workspace.text("runs/local/shards/SHA256SUMS"))
      let status = try workspace.dfprep("status", "Pipelines/cards.yaml", "--json")
      #expect(status.status != 0, "the run is elsewhere")
      #expect(try workspace.dfprep("status", "runs/slurm").output.contains("slurm: finished: shortcuts"))
      let again = try workspace.dfprep(Self.slurm, environment: slurm.environment)
      #expect(again.status == 0 && again.output.contains("nothing to do"))
    }
  }

  @Test(.enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights; until then this waits"))
  func `one task, three and seven give the same features and centroids`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder, ofEachLabel: 9)
      try workspace.pipeline(
        "cards", datasets: "[{name: cards}]",
        stages: """
            - decode: {frames: 1}
            - detect: {model: haar}
            - track: {}
            - crop: {margin: 1, size: 48, format: png}
            - embed: {size: 32}
            - cluster: {k: 3, starts: 2, classes: joint}
          """)
      var results: [[Data]] = []
      for tasks in [1, 3, 7] {
        let slurm = try FakeSlurm(folder.appending(path: "slurm-\(tasks)"), maxArraySize: 3)
        let arguments = [
          "run", "Pipelines/cards.yaml", "--engine", "slurm", "--detach", "--jobs", "\(tasks)", "--store",
          "store-\(tasks)", "--output", "runs/\(tasks)",
        ]
        let submitted = try workspace.dfprep(arguments, environment: slurm.environment)
        try #require(submitted.status == 75, "\(submitted.errors)")
        _ = try slurm.runAll()
        #expect(
          try workspace.dfprep("status", "runs/\(tasks)").output.contains("slurm: finished"),
          "\(workspace.slurmFiles("runs/\(tasks)"))")
        // As many tasks decoded, and as many computed features.
        #expect(try workspace.count("pack.tar", in: "store-\(tasks)/units") == tasks)
        #expect(try workspace.count("features.npy", in: "store-\(tasks)/samples") == tasks)
        results.append(
          try ["centroids.npy", "clusters.csv", "choice.json", "map.json"].map {
            try workspace.data("runs/\(tasks)/clusters/\($0)")
          })
      }
      #expect(results[0] == results[1] && results[0] == results[2])
      #expect(results[0][0].count > 128)
    }
  }

  @Test func `a run whose jobs are gone is taken up where it was`() throws {
    try Self.withCards { workspace, slurm in
      _ = try workspace.dfprep(Self.slurm, environment: slurm.environment)
      // Somebody cancels everything after the first array.
      try slurm.clear()
      let again = try workspace.dfprep(Self.slurm, environment: slurm.environment)
      #expect(again.status == 75)
      #expect(try slurm.waiting().first?.script.contains("/0002-decode/") == true)
      _ = try slurm.runAll()
      #expect(try workspace.text("runs/slurm/shards/SHA256SUMS").contains("train-000000.tar"))
    }
  }

  @Test func `jobs do not go on with a pipeline that was changed under them, and say so`() throws {
    try Self.withCards { workspace, slurm in
      _ = try workspace.dfprep(Self.slurm, environment: slurm.environment)
      try workspace.pipeline("cards", datasets: "[{name: cards}]", stages: Self.stages.replacing("48", with: "40"))
      _ = try slurm.runAll()
      let status = try workspace.dfprep("status", "runs/slurm")
      #expect(status.output.contains("slurm: stopped"))
      #expect(status.output.contains("the pipeline was changed while its jobs ran"))
      #expect(try workspace.dfprep(Self.slurm, environment: slurm.environment).errors.contains("with Slurm"))
      _ = try slurm.runAll()
      #expect(try workspace.dfprep("status", "runs/slurm").output.contains("slurm: finished"))
    }
  }

  @Test func `scripts can be had without Slurm, and flags for it are refused without it`() throws {
    try Self.withCards { workspace, _ in
      let printed = try workspace.dfprep(Self.slurm + ["--print-only"], environment: ["PATH": "/usr/bin:/bin"])
      #expect(printed.status == 0, "\(printed.errors)")
      #expect(printed.errors.contains("bash \(workspace.root.path(percentEncoded: false))"))
      let script = try workspace.text("runs/slurm/plan/slurm/0001-decode/collect.sh")
      #expect(script.contains("--output runs/slurm --continue 1"), "\(script)")
      #expect(try workspace.dfprep("run", "Pipelines/cards.yaml", "--print-only").status == 64)
    }
  }

  @Test func `a profile beside the pipeline sets the engine, and flags go before it`() throws {
    try Self.withCards { workspace, slurm in
      try Data("[default]\nengine = \"slurm\"\npartition = \"cpu\"\ntime = \"30\"\n".utf8)
        .write(to: workspace.root.appending(path: "machines.toml"))
      let result = try workspace.dfprep(
        "run", "Pipelines/cards.yaml", "--detach", "--time", "1:00:00", environment: slurm.environment)
      #expect(result.status == 75, "\(result.errors)")
      let script = try workspace.text("runs/cards/plan/slurm/0001-decode/work.sh")
      #expect(script.contains("#SBATCH --partition=cpu\n") && script.contains("#SBATCH --time=1:00:00\n"))
    }
  }

  @Test func `a run made under another numerics profile is not gone on with, nor a worker under other caps`() throws {
    try Self.withCards { workspace, _ in
      try #require(try workspace.dfprep("run", "Pipelines/cards.yaml").status == 0)
      let record = workspace.root.appending(path: "runs/cards/run.json")
      let text = try String(contentsOf: record, encoding: .utf8)
      try Data(text.replacing("\"avx2-1\"", with: "\"sse2-1\"").utf8).write(to: record)
      let refused = try workspace.dfprep("run", "Pipelines/cards.yaml")
      #expect(refused.status == 78)
      #expect(refused.errors.contains("was made under the numerics profile sse2-1, this dfprep works under avx2-1"))
      #expect(try workspace.dfprep("run", "Pipelines/cards.yaml", "--output", "runs/other").status == 0)

      let caps = NumericsProfile.standard.environment.merging(["OPENBLAS_CORETYPE": "SkylakeX"]) { $1 }
      let worker = try workspace.dfprep("worker", "--alone", "runs/cards/plan/unit-0.json", environment: caps)
      #expect(worker.status == 78)
      #expect(worker.errors.contains("OPENBLAS_CORETYPE=SkylakeX, but the numerics profile avx2-1"))
    }
  }
}
