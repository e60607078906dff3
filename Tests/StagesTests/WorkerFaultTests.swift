import Foundation
import TestSupport
import Testing

/// What ends a worker, and what becomes of the run.
@Suite(.serialized) struct WorkerFaultTests {
  private static let paths = (0..<3).map { "real/good\($0).mp4" } + ["fake/good3.mp4"]

  /// A run over good clips and one with a fault, and the environment in which it has it.
  private func withFault(
    _ name: String, tolerance: String = "30%", _ body: (Workspace, [String: String]) throws -> Void
  ) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(clipsIn: folder, Self.paths + ["fake/\(name).mp4"])
      try workspace.pipeline("run", tolerance: tolerance, stages: Workspace.stagesOfClips)
      guard let environment = try FaultLibrary.environment(in: folder) else { return }
      try body(workspace, environment)
    }
  }

  @Test func `a file that crashes the decoder every time is quarantined after the second; retry heals`() throws {
    try withFault("crash") { workspace, environment in
      let result = try workspace.dfprep("run", "Pipelines/run.yaml", "--jobs", "1", environment: environment)
      #expect(result.status == 0, "\(result.errors)")
      let status = try workspace.status("runs/run")
      #expect(status.sources == ["done": 4, "quarantined": 1])
      #expect(status.badSources.map(\.code) == ["crashed"] && status.badSources.map(\.status) == ["quarantined"])
      let decode = try #require(status.stages.first)
      #expect(decode.counts.quarantined == ["crashed": 1] && decode.counts.failed.isEmpty)
      let events = try workspace.text("runs/run/events.jsonl")
      #expect(events.split(separator: "\n").count { $0.contains("worker-crashed") } == 2)
      // Nothing is done again for it.
      #expect(
        try workspace.dfprep("run", "Pipelines/run.yaml", environment: environment).output.contains("nothing to do"))

      // Without the fault, `retry` makes the run equal to one that never had it.
      let retry = try workspace.dfprep("retry", "runs/run", "--json")
      #expect(retry.status == 0, "\(retry.errors)")
      #expect(retry.output.contains("\"healed\"") && retry.output.contains("clips/fake/crash.mp4"))
      #expect(try workspace.status("runs/run").sources == ["done": 5])
      let fresh = try workspace.dfprep("run", "Pipelines/run.yaml", "--store", "fresh", "--output", "runs/fresh")
      #expect(fresh.status == 0)
      #expect(try workspace.text("runs/run/shards/SHA256SUMS") == workspace.text("runs/fresh/shards/SHA256SUMS"))
    }
  }

  @Test func `workers that take unit after unit lose the one in hand alone, and come to the same`() throws {
    try withFault("crash") { workspace, environment in
      for path in Self.paths + ["fake/crash.mp4"] { try workspace.enlarge(path) }
      let result = try workspace.dfprep("run", "Pipelines/run.yaml", "--jobs", "2", environment: environment)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try workspace.status("runs/run").sources == ["done": 4, "quarantined": 1])
      #expect(try workspace.count(".log", in: "runs/run/plan") >= 6, "a unit per clip, and the second try")
      #expect(try workspace.dfprep("retry", "runs/run").status == 0)
      let alone = try workspace.dfprep(
        "run", "Pipelines/run.yaml", "--store", "alone", "--output", "runs/alone", "--jobs", "1")
      #expect(alone.status == 0)
      #expect(try workspace.text("runs/run/shards/SHA256SUMS") == workspace.text("runs/alone/shards/SHA256SUMS"))
    }
  }

  @Test func `a worker that was stopped is ended when its time is over`() throws {
    try withFault("hang") { workspace, environment in
      let process = try workspace.start(
        "run", "Pipelines/run.yaml", "--jobs", "1", "--time-out", "2", environment: environment)
      try workspace.wait(for: "runs/run/plan/unit-0.events.jsonl") { $0.contains("fake/hang.mp4") }
      #expect(try runProcess("pkill", ["-STOP", "-P", "\(process.processIdentifier)"]).status == 0)
      process.waitUntilExit()
      #expect(process.terminationStatus == 75)
      #expect(try workspace.status("runs/run").sources == ["done": 4, "pending": 1])
    }
  }

  @Test func `a file that hangs is left unfinished when its time is over, and the others are done`() throws {
    try withFault("hang") { workspace, environment in
      let result = try workspace.dfprep(
        "run", "Pipelines/run.yaml", "--jobs", "2", "--time-out", "1", environment: environment)
      #expect(result.status == 75)
      #expect(result.errors.contains("clips/fake/hang.mp4: it took longer than the 1.0 s that --time-out allows"))
      let status = try workspace.status("runs/run")
      #expect(status.sources == ["done": 4, "pending": 1] && !status.isFinished)
      #expect(
        try workspace.dfprep("run", "Pipelines/run.yaml").status == 0, "the fault has gone, the run has not ended")
    }
  }

  @Test func `a file that takes too much memory is left unfinished, never quarantined`() throws {
    try withFault("eat") { workspace, environment in
      let result = try workspace.dfprep(
        "run", "Pipelines/run.yaml", "--jobs", "1", "--memory", "450M", environment: environment)
      #expect(result.status == 75)
      #expect(result.errors.contains("that --memory allows"))
      #expect(try workspace.status("runs/run").sources == ["done": 4, "pending": 1])
    }
  }

  @Test func `Ctrl-C ends a run within two seconds, while others read it and none may write it`() throws {
    try withFault("hang") { workspace, environment in
      let process = try workspace.start("run", "Pipelines/run.yaml", "--jobs", "1", environment: environment)
      try workspace.wait(for: "runs/run/plan/unit-0.events.jsonl") { $0.contains("fake/hang.mp4") }

      let second = try workspace.dfprep("run", "Pipelines/run.yaml")
      #expect(second.status == 75)
      #expect(second.errors.contains("process \(process.processIdentifier) on "), "\(second.errors)")
      #expect(try workspace.dfprep("retry", "runs/run").status != 0)
      #expect(try workspace.dfprep("plan", "Pipelines/run.yaml").status == 0)

      let start = ContinuousClock.now
      process.interrupt()
      process.waitUntilExit()
      #expect(ContinuousClock.now - start < .seconds(2))
      #expect(process.terminationStatus == 130)
      #expect(try workspace.status("runs/run").holder == nil)
      #expect(try workspace.dfprep("run", "Pipelines/run.yaml").status == 0)
    }
  }

  @Test func `a worker that is killed is started again, and its death does not show`() throws {
    try withFault("hang") { workspace, environment in
      let process = try workspace.start("run", "Pipelines/run.yaml", "--jobs", "1", environment: environment)
      try workspace.wait(for: "runs/run/plan/unit-0.events.jsonl") { $0.contains("fake/hang.mp4") }
      // The second of the coordinator's workers, which hangs as well.
      #expect(try runProcess("pkill", ["-KILL", "-P", "\(process.processIdentifier)"]).status == 0)
      try workspace.wait(for: "runs/run/events.jsonl") { $0.contains("worker-ended") }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let result = try workspace.dfprep("run", "Pipelines/run.yaml")
      #expect(result.status == 0, "\(result.errors)")
      #expect(try workspace.status("runs/run").sources == ["done": 5])
    }
  }

  @Test func `a store that is full or read-only stops a run that goes on when it is mended`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(clipsIn: folder, Self.paths)
      try workspace.pipeline("run", stages: Workspace.stagesOfClips)
      let store = folder.appending(path: "small")
      try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
      let path = store.path(percentEncoded: false)
      guard try runProcess("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path]).status == 0 else {
        // Mounting is for root, and not for everybody in a container.
        return
      }
      defer { _ = try? runProcess("umount", ["--lazy", path]) }
      let full = try workspace.dfprep("run", "Pipelines/run.yaml", "--store", "small")
      #expect(full.status == 75, "\(full.errors)")
      #expect(full.errors.contains("No space left") || full.errors.contains("status 75"), "\(full.errors)")
      #expect(try runProcess("mount", ["-o", "remount,ro,size=64m", path]).status == 0)
      let readOnly = try workspace.dfprep("run", "Pipelines/run.yaml", "--store", "small")
      #expect(readOnly.status == 75 && readOnly.errors.contains("make it writable"), "\(readOnly.errors)")
      #expect(try runProcess("mount", ["-o", "remount,rw,size=64m", path]).status == 0)
      let mended = try workspace.dfprep("run", "Pipelines/run.yaml", "--store", "small")
      #expect(mended.status == 0, "\(mended.errors)")
      #expect(try workspace.status("runs/run").sources == ["done": 4])
    }
  }

  @Test func `a run's folder that is full or read-only stops a run that goes on when it is mended`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(clipsIn: folder, Self.paths)
      try workspace.pipeline("run", stages: Workspace.stagesOfClips)
      let output = folder.appending(path: "output")
      try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
      let path = output.path(percentEncoded: false)
      guard try runProcess("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", path]).status == 0 else { return }
      defer { _ = try? runProcess("umount", ["--lazy", path]) }
      let arguments = ["run", "Pipelines/run.yaml", "--store", "store", "--output", "output"]
      let full = try workspace.dfprep(arguments)
      #expect(full.status == 75 && full.errors.contains("free some space"), "\(full.errors)")
      #expect(try runProcess("mount", ["-o", "remount,rw,size=64m", path]).status == 0)
      let mended = try workspace.dfprep(arguments)
      #expect(mended.status == 0, "\(mended.errors)")
      #expect(try runProcess("mount", ["-o", "remount,ro", path]).status == 0)
      let readOnly = try workspace.dfprep(arguments)
      #expect(readOnly.status == 75 && readOnly.errors.contains("make it writable"), "\(readOnly.errors)")
      #expect(try workspace.status("output").sources == ["done": 4])
      #expect(try workspace.dfprep("verify", "output").status == 0)
      #expect(try runProcess("mount", ["-o", "remount,rw", path]).status == 0)
      #expect(try workspace.dfprep(arguments).output.contains("nothing to do"))
    }
  }
}
