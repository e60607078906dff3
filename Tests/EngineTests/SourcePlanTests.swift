import Foundation
import Records
import Testing

@testable import Engine

@Suite("What of the source grain is done")
struct SourcePlanTests {
  /// A workshop whose six families are done, and their sources.
  private func withFinishedRun(
    _ pipeline: String = Workshop.pipeline, _ body: (Workshop, [Source]) throws -> Void
  ) throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      let run = try workshop.run(workshop.request(sources, pipeline: pipeline))
      #expect(try run.plan().pending.map(\.reason) == Array(repeating: "new", count: 6))
      try run.doSources(units: 2)
      #expect(try run.plan().pending.isEmpty)
      try body(workshop, sources)
    }
  }

  private func pending(_ workshop: Workshop, _ sources: [Source], pipeline: String = Workshop.pipeline) throws
    -> [String]
  {
    try workshop.run(workshop.request(sources, pipeline: pipeline)).plan().pending.map {
      "\($0.family.name): \($0.reason)"
    }
  }

  @Test("All families are found, each in its unit, by another run over the same store")
  func doneIsFound() throws {
    try withFinishedRun { workshop, sources in
      let plan = try workshop.run(workshop.request(sources)).plan()
      #expect(plan.pending.isEmpty)
      #expect(plan.outcomes.map(\.name) == (0..<6).map { "text/real\($0).txt" })
      #expect(plan.references.count == 2)
      #expect(plan.references.flatMap(\.families).sorted() == plan.outcomes.map(\.name))
    }
  }

  @Test("A file that was touched or copied keeps its family done, and is digested once")
  func touchedFiles() throws {
    try withFinishedRun { workshop, sources in
      let file = workshop.file("real1.txt")
      let copy = workshop.file("copy.txt")
      try FileManager.default.copyItem(at: file, to: copy)
      try FileManager.default.removeItem(at: file)
      try FileManager.default.moveItem(at: copy, to: file)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)],
        ofItemAtPath: workshop.file("real2.txt").path(percentEncoded: false))
      #expect(try pending(workshop, sources) == [])
      #expect(try pending(workshop, sources) == [])
      let known = try String(contentsOf: workshop.store.appending(path: "identities.jsonl"), encoding: .utf8)
      #expect(known.split(separator: "\n").count == 2)
    }
  }

  @Test("Other content of the same size makes that family pending and no other", arguments: [true, false])
  func changedContent(keepsSize: Bool) throws {
    try withFinishedRun { workshop, sources in
      let text = try String(contentsOf: workshop.file("fake4.txt"), encoding: .utf8)
      try workshop.write("fake4.txt", keepsSize ? String(text.reversed()) : text + "more")
      #expect(try pending(workshop, sources) == ["text/real4.txt: its files changed"])
      #expect(try pending(workshop, sources) == ["text/real4.txt: its files changed"])
      try workshop.write("fake4.txt", text)
      #expect(try pending(workshop, sources) == [])
    }
  }

  @Test("A label that changed makes its family pending")
  func changedLabel() throws {
    try withFinishedRun { workshop, sources in
      var sources = sources
      sources[5].label = .real
      let found = try pending(workshop, sources)
      #expect(found == ["text/real2.txt: its records changed"])
    }
  }

  @Test("A fake that came or went makes its family pending")
  func changedMembers() throws {
    try withFinishedRun { workshop, sources in
      #expect(try pending(workshop, Array(sources.dropLast())) == ["text/real5.txt: its records changed"])
      try workshop.write("other.txt", "other")
      let other = Source(dataset: "text", path: "other.txt", label: .fake, original: "real0.txt")
      #expect(try pending(workshop, sources + [other]) == ["text/real0.txt: its records changed"])
    }
  }

  @Test("Roles, splits, identities, order of sources, names and later stages change nothing")
  func changesThatDoNotMatter() throws {
    try withFinishedRun { workshop, sources in
      var sources = sources
      for index in sources.indices {
        sources[index].officialSplit = "test"
        sources[index].identity = "person \(index)"
      }
      sources.reverse()
      let pipeline = Workshop.pipeline
        .replacing("{name: text}", with: "{name: text, role: test}").replacing("tally:", with: "tally: {least: 9}")
      let found = try pending(workshop, sources, pipeline: "name: other\n" + pipeline)
      #expect(found == [])
    }
  }

  @Test("Another dataset beside it leaves a dataset as it is")
  func addedDataset() throws {
    try withFinishedRun { workshop, sources in
      try workshop.write("new.txt", "new")
      let pipeline = Workshop.pipeline.replacing("- {name: text}", with: "- {name: more}\n  - {name: text}")
      let new = Source(dataset: "more", path: "new.txt", label: .real)
      #expect(try pending(workshop, [new] + sources, pipeline: pipeline) == ["more/new.txt: new"])
    }
  }

  @Test("Options of a source stage make everything pending")
  func changedOptions() throws {
    try withFinishedRun { workshop, sources in
      let resized = try pending(
        workshop, sources, pipeline: Workshop.pipeline.replacing("cut:", with: "cut: {size: 9}"))
      #expect(resized.count == 6)
    }
  }

  @Test("Another seed is other work where a source stage draws by it, and there alone")
  func changedSeed() throws {
    let drawing = Workshop.pipeline.replacing("cut:", with: "cut: {format: jpeg}")
    for (pipeline, expected) in [(Workshop.pipeline, 0), (drawing, 6)] {
      try withFinishedRun(pipeline) { workshop, sources in
        let reseeded = try pending(workshop, sources, pipeline: "seed: 3\n" + pipeline)
        #expect(reseeded.count == expected)
      }
    }
  }

  @Test("A mask that is replaced, comes or goes makes its family pending")
  func masks() throws {
    try Workshop.with { workshop in
      var sources = try workshop.writeDataset()
      sources[1].mask = "masks/0.txt"
      try workshop.run(workshop.request(sources)).doSources()
      #expect(try pending(workshop, sources) == [])
      for text in ["one", "two"] {
        try workshop.write("masks/0.txt", text)
        #expect(try pending(workshop, sources) == ["text/real0.txt: its files changed"])
        try workshop.run(workshop.request(sources)).doSources()
        #expect(try pending(workshop, sources) == [])
      }
    }
  }

  @Test("What failed is tried again on request, and the better of two results stands")
  func retrying() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      try workshop.write("fake2.txt", "good\n!bad")
      let run = try workshop.run(workshop.request(sources))
      try run.doSources()
      let failed = try run.plan()
      #expect(failed.pending.isEmpty && failed.outcomes.flatMap(\.badSources).map(\.path) == ["fake2.txt"])
      let again = try run.plan(retrying: true).pending
      #expect(again.map(\.family.name) == ["text/real2.txt"] && again.map(\.reason) == ["failed before"])
      // The fault does not go away: the second result is as bad as the first, and one of them stands.
      try run.work(again.map(\.family), attempt: again[0].attempt)
      #expect(try run.unitNames().count == 2)
      #expect(try run.plan().outcomes.map(\.content) == failed.outcomes.map(\.content))
      // A better one of the same file takes their place.
      let folder = run.state.store.unitsFolder(chain: run.state.chain).appending(path: "0")
      try FileSystem.makeFolder(folder)
      let outcome = try #require(failed.outcomes.first { $0.name == "text/real2.txt" })
      var healed = outcome
      for index in healed.sources.indices {
        (healed.sources[index].status, healed.sources[index].failure) = (.done, nil)
      }
      try FileSystem.writeJSON(
        UnitManifest(chain: run.state.chain, families: [healed], files: [], versions: [:]),
        to: folder.appending(path: "manifest.json"))
      #expect(try run.plan().outcomes.flatMap(\.badSources).isEmpty)
      #expect(try run.plan(retrying: true).pending.isEmpty)
    }
  }

  @Test("A family that fails for a fault of its own is done; it is not tried again")
  func failedIsDone() throws {
    try Workshop.with { workshop in
      try workshop.write("a.txt", "!bad")
      let sources = [Source(dataset: "text", path: "a.txt", label: .real)]
      try workshop.run(workshop.request(sources)).doSources()
      #expect(try pending(workshop, sources) == [])
      try workshop.write("a.txt", "good")
      #expect(try pending(workshop, sources) == ["text/a.txt: its files changed"])
    }
  }
}
