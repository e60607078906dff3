import Foundation
import Records
import Testing

@testable import Engine

@Suite("What a table stage sees")
struct TableInputsTests {
  private static let mirrored = Workshop.pipeline.replacing("- lengths:", with: "- lengths:\n  - mirror:")

  /// A sample, as far as two runs must agree on it.
  private struct Seen: Equatable {
    let sample: Sample
    let digest: Digest
  }

  private func seen(_ run: ToyRun) throws -> [Seen] {
    try run.inputs.samples().map { Seen(sample: $0.sample, digest: $0.digest) }
  }

  @Test("Samples, features and digests are the same whatever the units", arguments: [2, 3, 6])
  func unitsDoNotShow(units: Int) throws {
    try Workshop.with { workshop in
      let request = try workshop.request(workshop.writeDataset(), pipeline: Self.mirrored)
      var other = workshop
      other.store = workshop.root.appending(path: "other")
      var otherRequest = request
      otherRequest.store = other.store
      let runs = [try workshop.run(request), try workshop.run(otherRequest)]
      for (run, units) in zip(runs, [1, units]) {
        try run.doSources(units: units)
        try run.doStage("lengths")
        try run.doStage("mirror")
        #expect(run.state.units.count == units)
      }
      #expect(try seen(runs[0]) == seen(runs[1]))
      #expect(try runs[0].inputs.features() == runs[1].inputs.features())
      #expect(try runs[0].inputs.outcomes().map(\.content) == runs[1].inputs.outcomes().map(\.content))
      #expect(runs[0].inputs.product(.features)?.content == runs[1].inputs.product(.features)?.content)
      #expect(runs[0].inputs.history.map(\.counts) == runs[1].inputs.history.map(\.counts))
      for run in runs { try run.doStage("tally") }
      let tallies = runs.map { $0.inputs.product(.tally)?.content }
      #expect(tallies[0] != nil && tallies[0] == tallies[1])
      #expect(try seen(runs[0]) == seen(runs[1]))
    }
  }

  @Test("Samples come in key order; features have the rows of the samples measured, in that order")
  func keyOrder() throws {
    try Workshop.with { workshop in
      let run = try workshop.run(workshop.request(workshop.writeDataset()))
      try run.doSources(units: 3)
      try run.doStage("lengths")
      let samples = try run.inputs.samples()
      let keys = samples.map(\.sample.key)
      #expect(keys == keys.sorted() && Set(keys).count == keys.count)
      let features = try run.inputs.features()
      #expect(features.keys == keys && features.columns == 2)
      for (row, entry) in samples.enumerated() {
        let bytes = try entry.image()
        #expect(Array(features.values[row * 2..<row * 2 + 2]) == [Float(bytes.count), Float(bytes.first ?? 0)])
      }
    }
  }

  @Test("Roles, methods and identities are those of today's records, not of the day of decoding")
  func factsAreJoined() throws {
    try Workshop.with { workshop in
      var sources = try workshop.writeDataset()
      try workshop.run(workshop.request(sources)).doSources()
      for index in sources.indices {
        sources[index].identity = "person \(index)"
        sources[index].officialSplit = index < 4 ? "test" : "train"
        if sources[index].label == .fake { sources[index].method = "renamed" }
      }
      let run = try workshop.run(
        workshop.request(sources, pipeline: "hold-out: {official-test: true}\n" + Workshop.pipeline))
      #expect(try run.plan().pending.isEmpty)
      try run.doSources()
      for entry in try run.inputs.samples() {
        let index = try #require(sources.firstIndex { $0.path == entry.sample.path })
        #expect(entry.sample.identity == "person \(index)")
        #expect(entry.sample.method == (index % 2 == 1 ? "renamed" : nil))
        #expect(entry.sample.role == (index < 4 ? .test : .train))
      }
    }
  }

  @Test("A made sample keeps the label and method it was made with, and belongs to its source's family")
  func madeSamples() throws {
    try Workshop.with { workshop in
      var sources = try workshop.writeDataset()
      for index in 0..<2 { sources[index].officialSplit = "test" }
      let run = try workshop.run(
        workshop.request(sources, pipeline: "hold-out: {official-test: true}\n" + Self.mirrored))
      try run.doSources(units: 2)
      try run.doStage("lengths")
      let found = try run.inputs.samples().map(\.sample)
      try run.doStage("mirror")
      let made = try run.inputs.samples().filter(\.sample.isMade)
      #expect(made.map { $0.sample.parents } == found.filter { $0.role == .train }.map { [$0.key] })
      #expect(made.allSatisfy { $0.sample.label == .fake && $0.sample.method == "mirror" })
      #expect(made.allSatisfy { $0.sample.family != "text/real0.txt" })
      let line = try #require(made.first { $0.sample.path == "real1.txt" && $0.sample.pts == 1 })
      #expect(String(decoding: try line.image(), as: UTF8.self) == "1 enil")
    }
  }

  @Test("What a stage dropped is hidden from the next ones, with its features, and is told")
  func dropsAreHidden() throws {
    try Workshop.with { workshop in
      let run = try workshop.run(workshop.request(workshop.writeDataset(), overrides: ["tally.least=2"]))
      try run.doSources(units: 2)
      try run.doStage("lengths")
      let before = try run.inputs.samples()
      try run.doStage("tally")
      let short = try before.filter { try $0.image().count < 2 }.map(\.sample.key)
      #expect(!short.isEmpty)
      let after = try run.inputs.samples().map(\.sample.key)
      #expect(after == before.map(\.sample.key).filter { !short.contains($0) })
      #expect(try run.inputs.features().keys == after)
      #expect(try run.inputs.drops() == short.map { Drop(stage: "tally", item: $0, reason: "short") })
      let tally = try #require(run.inputs.history.last)
      #expect(tally.counts.input == before.count && tally.counts.output == after.count)
      #expect(tally.counts.dropped == ["short": short.count])
    }
  }

  @Test("Families outside a run are not seen, though their unit holds them")
  func limitedRun() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      try workshop.run(workshop.request(sources)).doSources()
      var request = try workshop.request(sources)
      request.limit = 2
      let run = try workshop.run(request)
      #expect(try run.plan().pending.isEmpty)
      try run.doSources()
      #expect(Set(try run.inputs.samples().map(\.sample.family)) == ["text/real0.txt", "text/real1.txt"])
    }
  }
}
