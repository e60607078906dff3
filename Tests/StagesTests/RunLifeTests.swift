import Foundation
import TestSupport
import Testing

/// What a run does again, and what it does not; the verbs that tell.
@Suite(.serialized) struct RunLifeTests {
  private func withFinishedRun(_ body: (Workspace, URL) throws -> Void) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(clipsIn: folder, (0..<4).map { ($0 % 2 == 0 ? "real" : "fake") + "/\($0).mp4" })
      try workspace.pipeline("run", tolerance: "60%", stages: Workspace.stagesOfClips)
      let result = try workspace.dfprep("run", "Pipelines/run.yaml")
      try #require(result.status == 0, "\(result.errors)")
      try body(workspace, folder)
    }
  }

  private func states(_ workspace: Workspace) throws -> Set<String> {
    Set(try workspace.status("runs/run").stages.map { "\($0.id) \($0.state)" })
  }

  @Test func `touched files, moved folders, other jobs and lost catalogs do nothing again`() throws {
    try withFinishedRun { workspace, folder in
      func runsAgain(_ arguments: String..., sealed: Bool) throws {
        let result = try runProcess(
          TestFiles.dfprep.path(percentEncoded: false), ["run", "Pipelines/run.yaml"] + arguments,
          environment: ["DFPREP_MODELS": TestFiles.models.path(percentEncoded: false)], directory: folder)
        #expect(result.status == 0 && result.output.contains("nothing to do"), "\(result.output)\(result.errors)")
        #expect(result.errors.contains("as they were left") == sealed, "\(result.errors)")
      }
      try runsAgain(sealed: true)
      try runsAgain("--jobs", "7", sealed: true)
      let file = folder.appending(path: "data/real/0.mp4").path(percentEncoded: false)
      try FileManager.default.setAttributes([.modificationDate: Date.now], ofItemAtPath: file)
      try runsAgain(sealed: false)
      try runsAgain(sealed: true)
      try FileManager.default.moveItem(at: folder.appending(path: "data"), to: folder.appending(path: "moved"))
      let toml = try workspace.text("datasets.toml").replacing("\"data\"", with: "\"moved\"")
      try Data(toml.utf8).write(to: folder.appending(path: "datasets.toml"))
      try runsAgain(sealed: true)
      let sums = try workspace.text("runs/run/shards/SHA256SUMS")
      try FileManager.default.removeItem(at: folder.appending(path: "runs/run/shards"))
      try FileManager.default.removeItem(at: folder.appending(path: "runs/run/catalog.sqlite"))
      try runsAgain(sealed: false)
      #expect(try workspace.text("runs/run/shards/SHA256SUMS") == sums)
      #expect(FileManager.default.fileExists(atPath: folder.path + "/runs/run/catalog.sqlite"))
    }
  }

  @Test func `a file that is replaced, added or taken away does that much again`() throws {
    try withFinishedRun { workspace, folder in
      func pending() throws -> [String] {
        struct Plan: Decodable {
          struct Line: Decodable { var stage: String, state: String, pending: Int, reason: String }
          var lines: [Line]
        }
        let output = try workspace.dfprep("plan", "Pipelines/run.yaml", "--json").output
        return try JSONDecoder().decode(Plan.self, from: Data(output.utf8)).lines.filter { $0.stage == "decode" }
          .map { "\($0.state) \($0.pending) \($0.reason)" }
      }
      #expect(try pending() == ["cached 0 "])
      try workspace.addClip("fake/1.mp4", first: 77)
      #expect(try pending() == ["stale 1 families: 1 its files changed"])
      try workspace.addClip("fake/9.mp4", first: 90)
      #expect(try pending() == ["stale 2 families: 1 its files changed, 1 new"])
      #expect(try workspace.dfprep("run", "Pipelines/run.yaml").status == 0)
      #expect(try workspace.status("runs/run").sources == ["done": 5])
      try FileManager.default.removeItem(at: folder.appending(path: "data/fake/9.mp4"))
      #expect(try pending() == ["cached 0 "])
      #expect(try workspace.dfprep("run", "Pipelines/run.yaml").status == 0)
      #expect(try workspace.status("runs/run").sources == ["done": 4])
    }
  }

  @Test func `plan says what is stale and why, and what that may take`() throws {
    try withFinishedRun { workspace, _ in
      let plan = try workspace.dfprep(
        "plan", "Pipelines/run.yaml", "--set", "crop.size=40", "--set", "shard.samples=9")
      #expect(plan.output.contains("option size: 48 -> 40"), "\(plan.output)")
      // The stages on videos are one pass.
      #expect(plan.output.contains(/decode +stale .* families in one pass with crop\n/), "\(plan.output)")
      #expect(plan.output.contains("unknown until crop; option samples: 5 -> 9"))
      #expect(plan.output.contains("estimate: "))
      let shard = try workspace.dfprep("plan", "Pipelines/run.yaml", "--set", "shard.samples=9")
      #expect(shard.output.contains("stale") && shard.output.contains("option samples: 5 -> 9"), "\(shard.output)")
    }
  }

  @Test func `why follows a sample back to its video and names what is stale`() throws {
    try withFinishedRun { workspace, _ in
      let list = try (0..<3).map { try workspace.text("runs/run/shards/train-00000\($0).index.json") }.joined()
      let key = try #require(list.firstMatch(of: /"key":"(clips\/real\/0[^"]*)"/)).1
      let why = try workspace.dfprep("why", "runs/run", String(key))
      #expect(why.status == 0, "\(why.errors)")
      for part in [
        "clips/real/0.mp4: real, train", "SHA-256", "frame    96 x 80 at", "box", "crop (new)", "stale    nothing",
      ] {
        #expect(why.output.contains(part), "\(part) in \(why.output)")
      }
      let before = try workspace.text("Pipelines/run.yaml")
      try Data(before.replacing("size: 48", with: "size: 40").utf8).write(
        to: workspace.root.appending(path: "Pipelines/run.yaml"))
      try workspace.addClip("real/0.mp4", first: 55)
      let stale = try workspace.dfprep("why", "Pipelines/run.yaml", String(key))
      #expect(stale.output.contains("stale    clips/real/0.mp4: content changed"), "\(stale.output)\(stale.errors)")
      #expect(stale.output.contains("stale    crop: option size: 48 -> 40"), "\(stale.output)")
      #expect(try workspace.dfprep("why", "runs/run", "clips/real/0.mp4", "--json").output.contains("\"samples\" : 3"))
      let unknown = try workspace.dfprep("why", "runs/run", "clips/real/none")
      #expect(unknown.status == 64 && unknown.errors.contains("knows no sample and no source"))
    }
  }

  @Test func `diff compares options, sources and samples of two runs`() throws {
    try withFinishedRun { workspace, folder in
      #expect(
        try workspace.dfprep(
          "run", "Pipelines/run.yaml", "--output", "runs/same", "--jobs", "1", "--store", "other"
        ).status == 0)
      let same = try workspace.dfprep("diff", "runs/run", "runs/same")
      #expect(
        same.output == """
          sources  4 and 4: 0 only in the first, 0 only in the second, 0 not the same
          samples  12 and 12: 0 only in the first, 0 only in the second, 0 not the same

          """)
      try FileManager.default.removeItem(at: folder.appending(path: "data/fake/3.mp4"))
      #expect(
        try workspace.dfprep("run", "Pipelines/run.yaml", "--output", "runs/other", "--set", "crop.size=40").status == 0
      )
      let other = try workspace.dfprep("diff", "runs/run", "runs/other")
      #expect(other.output.contains("stage  crop: option size: 48 -> 40"), "\(other.output)")
      #expect(other.output.contains("sources  4 and 3: 1 only in the first"))
      #expect(other.output.contains("samples  12 and 9: 3 only in the first, 0 only in the second, 9 not the same"))
      #expect(try workspace.dfprep("diff", "runs/run", "runs/other", "--json").output.contains("\"onlyFirst\" : 3"))
    }
  }

  @Test func `clean gives back what no run needs, and what it leaves is a whole run`() throws {
    try withFinishedRun { workspace, folder in
      let units = folder.appending(path: "runs/store/units")
      func chains() throws -> Int {
        try FileManager.default.subpathsOfDirectory(atPath: units.path(percentEncoded: false))
          .count { $0.hasSuffix("manifest.json") }
      }
      let before = try chains()
      #expect(try workspace.dfprep("run", "Pipelines/run.yaml", "--set", "crop.size=40").status == 0)
      #expect(try chains() == 2 * before)
      let dry = try workspace.dfprep("clean", "runs/run", "--stale", "--packs", "--dry-run")
      #expect(dry.status == 0 && dry.output.contains("result") && dry.output.contains("pack"), "\(dry.errors)")
      #expect(try chains() == 2 * before)
      let sums = try workspace.text("runs/run/shards/SHA256SUMS")
      let clean = try workspace.dfprep("clean", "runs/run", "--stale", "--packs")
      #expect(clean.status == 0, "\(clean.errors)")
      #expect(try chains() == before)
      #expect(try workspace.dfprep("verify", "runs/run").status == 0)
      let again = try workspace.dfprep("run", "Pipelines/run.yaml", "--set", "crop.size=40")
      #expect(again.output.contains("nothing to do"), "\(again.output)\(again.errors)")
      // The shards serve as packs.
      #expect(
        try workspace.dfprep("run", "Pipelines/run.yaml", "--set", "crop.size=40", "--set", "shard.samples=4").status
          == 0)
      #expect(
        try workspace.dfprep(
          "run", "Pipelines/run.yaml", "--set", "crop.size=40", "--store", "fresh", "--output", "runs/fresh"
        )
        .status == 0)
      #expect(sums == (try workspace.text("runs/fresh/shards/SHA256SUMS")))
      #expect(try workspace.dfprep("clean", "runs/run", "--stale").status == 0)
      #expect(try workspace.dfprep("run", "Pipelines/run.yaml", "--set", "crop.size=40").status == 0)
      #expect(sums == (try workspace.text("runs/run/shards/SHA256SUMS")))
    }
  }

  @Test func `a run begun afresh does all again, but leaves what another run shares`() throws {
    try withFinishedRun { workspace, _ in
      let sums = try workspace.text("runs/run/shards/SHA256SUMS")
      #expect(try workspace.dfprep("run", "Pipelines/run.yaml", "--fresh").status == 0)
      #expect(try states(workspace).allSatisfy { $0.hasSuffix(" new") })
      #expect(try workspace.text("runs/run/shards/SHA256SUMS") == sums)
      #expect(try workspace.dfprep("run", "Pipelines/run.yaml", "--output", "runs/other").status == 0)
      #expect(try workspace.dfprep("run", "Pipelines/run.yaml", "--fresh").status == 0)
      #expect(try states(workspace).allSatisfy { $0.hasSuffix(" cached") })
      #expect(try workspace.dfprep("verify", "runs/other").status == 0)
    }
  }

  @Test func `two pipelines over one store at the same time come to the same`() throws {
    try withFinishedRun { workspace, _ in
      let sums = try workspace.text("runs/run/shards/SHA256SUMS")
      let names = ["a", "b", "c"]
      let processes = try names.map {
        try workspace.start("run", "Pipelines/run.yaml", "--output", "runs/\($0)", "--store", "shared", "--jobs", "2")
      }
      for process in processes { process.waitUntilExit() }
      #expect(processes.map(\.terminationStatus) == [0, 0, 0])
      for name in names { #expect(try workspace.text("runs/\(name)/shards/SHA256SUMS") == sums) }
    }
  }

  @Test func `every item has an end, and the sums agree`() throws {
    try withFinishedRun { workspace, folder in
      try Data("no video".utf8).write(to: folder.appending(path: "data/fake/bad.mp4"))
      try Data().write(to: folder.appending(path: "data/real/empty.mp4"))
      if let media = TestFiles.sharedMedia?.appending(path: "awkward/video") {
        for name in try FileManager.default.contentsOfDirectory(atPath: media.path(percentEncoded: false)).prefix(6) {
          try FileManager.default.copyItem(
            at: media.appending(path: name), to: folder.appending(path: "data/real/awkward-\(name)"))
        }
      }
      let result = try workspace.dfprep("run", "Pipelines/run.yaml")
      #expect(result.status == 0, "\(result.errors)")
      let status = try workspace.status("runs/run")
      #expect(status.sources.values.reduce(0, +) == status.sourceCount)
      let stages = status.stages.filter { $0.counts.input > 0 }
      let decode = try #require(stages.first)
      #expect(decode.counts.input == status.sourceCount)
      let bad = decode.counts.failed.values.reduce(0, +) + decode.counts.quarantined.values.reduce(0, +)
      #expect(bad == status.badSources.count && bad >= 2)
      #expect(status.sources["failed", default: 0] == decode.counts.failed.values.reduce(0, +))
      for (before, after) in zip(stages, stages.dropFirst()) {
        #expect(before.counts.output == after.counts.input, "\(before.id) to \(after.id)")
      }
      for stage in stages {
        let left = [stage.counts.dropped, stage.counts.failed, stage.counts.quarantined].reduce(0) {
          $0 + $1.values.reduce(0, +)
        }
        #expect(stage.counts.input + stage.counts.made == stage.counts.output + left, "\(stage.id)")
      }
      #expect(stages.last?.counts.output == status.samples)
      let verified = try workspace.dfprep("verify", "runs/run")
      #expect(verified.status == 0, "\(verified.output)")
      let script =
        "import sqlite3; print(sqlite3.connect('runs/run/catalog.sqlite').execute('\(Self.sums)').fetchone())"
      let catalog = try runProcess("python3", ["-c", script], directory: folder).output
      let dropped = stages.reduce(0) { $0 + $1.counts.dropped.values.reduce(0, +) }
      #expect(catalog == "(\(status.sourceCount), \(status.samples), \(dropped))\n")

      // Past the tolerance nothing is spent on later stages.
      try workspace.pipeline("strict", tolerance: "1%", stages: Workspace.stagesOfClips)
      let strict = try workspace.dfprep("run", "Pipelines/strict.yaml")
      #expect(strict.status == 3)
      #expect(try workspace.status("runs/strict").stages.last?.state == "pending")
    }
  }

  private static let sums =
    "SELECT (SELECT count(*) FROM source), (SELECT count(*) FROM sample), (SELECT count(*) FROM dropped)"
}
