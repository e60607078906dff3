import Foundation
import Records
import Testing

@testable import Engine

@Suite("Fingerprints of table stages")
struct TablePlanTests {
  private static let mirrored = Workshop.pipeline.replacing("- lengths:", with: "- lengths:\n  - mirror:")

  /// Fingerprints of `tally` and `show` after a whole run into a store of its own.
  private func fingerprints(
    _ workshop: Workshop, _ sources: [Source], pipeline: String = mirrored, overrides: [String] = [], units: Int = 1,
    jobs: Int = 1
  ) throws -> [Digest] {
    var workshop = workshop
    workshop.store = workshop.root.appending(path: "store-\(UUID().uuidString)")
    var request = try workshop.request(sources, pipeline: pipeline, overrides: overrides)
    request.jobs = jobs
    let run = try workshop.run(request)
    try run.doSources(units: units)
    try run.doStage("lengths")
    if pipeline.contains("mirror") { try run.doStage("mirror") }
    let tally = try run.tablePlan("tally").fingerprint
    try run.doStage("tally")
    return [tally, try run.tablePlan("show").fingerprint]
  }

  @Test("Units, jobs and the order of sources change nothing")
  func accidentsDoNotMatter() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      let expected = try fingerprints(workshop, sources)
      #expect(Set(expected).count == 2)
      for units in [2, 3, 6] { #expect(try fingerprints(workshop, sources, units: units) == expected) }
      #expect(try fingerprints(workshop, sources.reversed(), jobs: 8) == expected)
      let plain = try fingerprints(workshop, sources, pipeline: Workshop.pipeline)
      #expect(plain != expected)
      #expect(try fingerprints(workshop, sources, pipeline: Workshop.pipeline, units: 4) == plain)
    }
  }

  @Test(
    "Options of the stage itself, and of stages whose results it reads, change it",
    arguments: [["tally.least=3"], ["lengths.scale=2"], ["cut.size=30"], ["mirror.method=other"], ["lines.count=2"]])
  func optionsMatter(overrides: [String]) throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      #expect(try fingerprints(workshop, sources, overrides: overrides)[0] != fingerprints(workshop, sources)[0])
    }
  }

  @Test("An option of an earlier stage that changes none of its results does not change it")
  func equalResultsAreEqual() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      let before = try fingerprints(workshop, sources)
      let after = try fingerprints(workshop, sources, overrides: ["cut.size=9"])
      #expect(after[0] == before[0])
      // `show` shows the stages before it, whose options have changed.
      #expect(after[1] != before[1])
    }
  }

  @Test("An option of a later stage does not change an earlier one")
  func laterOptionsDoNotMatter() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      let twice = Self.mirrored.replacing("- show:", with: "- tally: {id: again}\n  - show:")
      let first = try fingerprints(workshop, sources, pipeline: twice)
      #expect(try fingerprints(workshop, sources, pipeline: twice, overrides: ["again.least=7"])[0] == first[0])
    }
  }

  @Test("A role changes it, and so does an identity")
  func recordsMatter() throws {
    try Workshop.with { workshop in
      var sources = try workshop.writeDataset()
      let before = try fingerprints(workshop, sources)
      let asTest = Self.mirrored.replacing("{name: text}", with: "{name: text, role: test}")
      #expect(try fingerprints(workshop, sources, pipeline: asTest)[0] != before[0])
      sources[3].identity = "someone"
      #expect(try fingerprints(workshop, sources)[0] != before[0])
    }
  }

  @Test("Another content of one file changes it")
  func contentMatters() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      let before = try fingerprints(workshop, sources)
      try workshop.write("fake2.txt", "eakf 2")
      #expect(try fingerprints(workshop, sources)[0] != before[0])
    }
  }

  @Test("A sample dropped before changes it")
  func dropsMatter() throws {
    try Workshop.with { workshop in
      // `show` reads the tally, which is the same file whatever `tally` drops: only the drops differ.
      let sources = try workshop.writeDataset()
      let run = try workshop.run(workshop.request(sources))
      try run.doSources()
      try run.doStage("lengths")
      try run.doStage("tally")
      let before = try run.tablePlan("show").fingerprint
      run.state.drops = []
      #expect(try run.tablePlan("show").fingerprint != before)
    }
  }

  @Test("A finished stage is found by another run; a changed one is not")
  func finishedIsFound() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      func plan(_ overrides: [String]) throws -> RunState.TablePlan {
        let run = try workshop.run(workshop.request(sources, overrides: overrides))
        try run.doSources()
        try run.doStage("lengths")
        return try run.tablePlan("tally")
      }
      #expect(try plan([]).manifest == nil)
      let run = try workshop.run(workshop.request(sources))
      try run.doSources()
      try run.doStage("lengths")
      try run.doStage("tally")
      #expect(try plan([]).manifest?.files.map(\.name) == ["tally.txt"])
      #expect(try plan(["tally.least=3"]).manifest == nil)
    }
  }
}
