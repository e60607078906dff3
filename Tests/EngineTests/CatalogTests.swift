import Foundation
import GRDB
import Records
import TestSupport
import Testing

@testable import Engine

@Suite("Catalog and status of a run")
struct CatalogTests {
  /// A whole run with a failed source, and its folder and record.
  private func withRun(_ body: (ToyRun, RunFolder, RunRecord) throws -> Void) throws {
    try Workshop.with { workshop in
      var sources = try workshop.writeDataset()
      try workshop.write("broken.txt", "one\n!note\n!bad")
      sources.append(Source(dataset: "text", path: "broken.txt", label: .real))
      let mirrored = Workshop.pipeline.replacing("- lengths:", with: "- lengths:\n  - mirror:")
      let run = try workshop.run(workshop.request(sources, pipeline: mirrored))
      try run.doSources(units: 2)
      for stage in ["lengths", "tally", "mirror", "show"] { try run.doStage(stage) }
      let folder = RunFolder(root: workshop.root.appending(path: "run"))
      let record = try run.write(to: folder, problems: ["a file too many"])
      try Catalog.rebuild(folder, record: record)
      try body(run, folder, record)
    }
  }

  @Test("Sums of the status are those of the manifests")
  func sumsAgree() throws {
    try withRun { run, folder, record in
      let status = try RunStatus(of: folder)
      let outcomes = try run.inputs.outcomes()
      #expect(status.sourceCount == 13)
      #expect(status.sources == ["done": 12, "failed": 1])
      #expect(status.samples == (try run.inputs.samples().count))
      #expect(status.stages == record.stages && status.isFinished && status.problems == ["a file too many"])
      var dropped: [String: [String: Int]] = [:]
      for drop in outcomes.flatMap(\.drops) + (try run.inputs.drops()) {
        dropped[drop.stage, default: [:]][drop.reason, default: 0] += 1
      }
      #expect(status.dropped == dropped)
      #expect(Set(dropped.keys) == ["lines", "cut", "tally"])
      for stage in status.stages { #expect(stage.counts.dropped == status.dropped[stage.id] ?? [:]) }
      let bad = try #require(status.badSources.first)
      #expect(status.badSources.count == 1)
      #expect((bad.name, bad.status, bad.code, bad.message) == ("text/broken.txt", "failed", "bad-line", "line 2"))
      // Every sample of the source grain is in the catalog, was dropped, or was added.
      let kept = outcomes.reduce(0) { $0 + $1.samples } - (dropped["tally"]?["short"] ?? 0)
      #expect(status.samples == kept + (try run.inputs.samples().count { $0.sample.isMade }))
    }
  }

  @Test("The tables hold notes, parents, annotations and stages, as the sqlite3 library reads them")
  func tables() throws {
    try withRun { run, folder, _ in
      let script = """
        import sqlite3, sys
        for query in sys.argv[2:]: print(sqlite3.connect(sys.argv[1]).execute(query).fetchone()[0])
        """
      let queries = [
        "SELECT detail FROM source_note WHERE source = 'text/broken.txt' AND code = 'odd'",
        "SELECT count(*) FROM parent JOIN sample ON key = parent",
        "SELECT count(*) FROM annotation WHERE stage = 'tally'",
        "SELECT count(*) FROM stage",
        "SELECT count(*) FROM sample s JOIN source ON source = name WHERE s.family = source.family",
      ]
      let result = try runProcess("python3", ["-c", script, folder.catalog.path(percentEncoded: false)] + queries)
      let samples = try run.inputs.samples()
      let made = samples.count { $0.sample.isMade }
      let measured = samples.count - made + (try run.inputs.drops().count)
      #expect(result.output == "line 1\n\(made)\n\(measured)\n6\n\(samples.count)\n", "\(result.errors)")
    }
  }

  @Test("A catalog that is gone is made again from the manifests")
  func rebuilt() throws {
    try withRun { _, folder, _ in
      let before = try CanonicalJSON.string(RunStatus(of: folder))
      try FileManager.default.removeItem(at: folder.catalog)
      #expect(try CanonicalJSON.string(RunStatus(of: folder)) == before)
      #expect(FileSystem.exists(folder.catalog))
      #expect(try FileSystem.names(in: folder.root) == ["catalog.sqlite", "plan", "run.json"])
    }
  }

  @Test("Sources that no unit holds yet are pending")
  func pendingSources() throws {
    try withRun { run, folder, record in
      run.state.units.removeFirst()
      let finished = Set(run.state.units.flatMap(\.families))
      run.state.outcomes.removeAll { !finished.contains($0.name) }
      _ = try run.write(to: folder)
      let status = try RunStatus(of: folder)
      let pending = record.families.filter { !finished.contains($0.name) }.reduce(0) { $0 + $1.sources.count }
      #expect(pending > 0 && pending < 13)
      #expect(status.sourceCount == 13 && status.sources["pending"] == pending)
      let counted = try Catalog.open(folder).read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM source WHERE status = 'pending'")
      }
      #expect(counted == pending)
    }
  }

  @Test("The books of a sound run add up; a number that is changed in them is found")
  func booksAddUp() throws {
    try withRun { _, _, record in
      #expect(try RunBooks(record).problems(of: record) == [])
      for stage in record.stages {
        #expect(stage.counts.unaccounted == 0, "\(stage.id)")
        #expect(stage.counts.input + stage.counts.made == stage.counts.output + stage.counts.left, "\(stage.id)")
      }
      func paths(_ change: (inout RunRecord) -> Void) throws -> Set<String> {
        var changed = record
        change(&changed)
        let problems = try RunBooks(record).problems(of: changed)
        #expect(problems.allSatisfy { $0.code == "counts-disagree" })
        return Set(problems.map(\.path))
      }
      let cut = try #require(record.stages.firstIndex { $0.id == "cut" })
      #expect(try paths { $0.summary.stages[cut].counts.input += 1 }.contains("cut"))
      #expect(try paths { $0.summary.stages[cut].counts.made += 1 }.contains("cut"))
      // One more in and one more out: the stage adds up, and what comes and goes does not.
      #expect(
        try paths {
          $0.summary.stages[cut].counts.input += 1
          $0.summary.stages[cut].counts.output += 1
        } == ["cut"])
      #expect(
        try paths {
          $0.summary.stages[cut].counts.dropped["too-long", default: 0] -= 1
          $0.summary.stages[cut].counts.dropped["other", default: 0] += 1
        } == ["cut"])
      #expect(try paths { $0.summary.samples += 1 } == ["samples"])
      #expect(
        try paths {
          $0.summary.sources["done", default: 0] -= 1
          $0.summary.sources["failed", default: 0] += 1
        } == ["sources"])
    }
  }

  @Test("A folder that is no run's is refused")
  func noRun() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let error = #expect(throws: ToolError.self) { try RunStatus(of: RunFolder(root: folder)) }
      #expect(error?.status == .usage)
    }
  }
}
