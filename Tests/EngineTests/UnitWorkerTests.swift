import Foundation
import Records
import Testing

@testable import Engine

@Suite("Units of the source grain")
struct UnitWorkerTests {
  @Test("A unit leaves a pack, a line per sample and a manifest that vouches for both")
  func filesOfAUnit() throws {
    try Workshop.with { workshop in
      let run = try workshop.run(workshop.request(workshop.writeDataset()))
      try run.work(run.state.families)
      let folder = run.state.store.unitsFolder(chain: run.state.chain)
      let names = try FileSystem.names(in: folder)
      #expect(try names.count == 1 && names == run.unitNames())
      let unit = folder.appending(path: names.first ?? "")
      #expect(try FileSystem.names(in: unit) == ["manifest.json", "pack.tar", "samples.jsonl"])
      let manifest = try FileSystem.readJSON(UnitManifest.self, from: unit.appending(path: "manifest.json"))
      #expect(manifest.chain == run.state.chain)
      #expect(manifest.families.map(\.name) == (0..<6).map { "text/real\($0).txt" })
      #expect(manifest.files == (try FileSystem.records(in: unit, except: ["manifest.json"])))
      #expect(manifest.files.map(\.name) == ["pack.tar", "samples.jsonl"])

      let second = manifest.families[1]
      #expect(second.sources.map(\.path) == ["real1.txt", "fake1.txt"])
      #expect(second.sources.map(\.status) == [.done, .done])
      #expect(second.sources.map(\.samples) == [3, 2])
      #expect(second.sources[0].digest == Digest(of: "a\nline 1\n\nfar too long a line\nx"))
      #expect(second.drops.map(\.reason).sorted() == ["empty", "empty", "too-long"])
      #expect(second.counts["lines"]?.input == 2 && second.counts["cut"]?.output == second.samples)
    }
  }

  @Test("Drops and frames are counted by class")
  func countsByClass() throws {
    try Workshop.with { workshop in
      let run = try workshop.run(workshop.request(workshop.writeDataset()))
      try run.doSources()
      let family = try run.inputs.outcomes()[1]
      // The real: "a", "line 1", "", "far too long a line", "x". The fake: "fake 1", "y", "".
      #expect(family.counts["lines"]?.dropped == ["empty": 2] && family.counts["lines"]?.droppedFakes == ["empty": 1])
      #expect(family.counts["cut"]?.dropped == ["too-long": 1] && family.counts["cut"]?.droppedFakes == [:])
      #expect(family.frames.real == FrameTally(asked: 5, kept: 3))
      #expect(family.frames.fake == FrameTally(asked: 3, kept: 2))
      #expect(Set(family.stageSeconds.keys) == ["lines", "cut"] && family.stageSeconds.values.allSatisfy { $0 > 0 })
    }
  }

  @Test("Shares of lost frames are compared only where both classes have enough of them")
  func lostFrames() {
    var tallies = FrameTallies()
    tallies.real = FrameTally(asked: 200, kept: 190)
    tallies.fake = FrameTally(asked: 99, kept: 0)
    #expect(tallies.difference == nil)
    tallies.fake = FrameTally(asked: 100, kept: 70)
    #expect(abs((tallies.difference ?? 0) - 0.25) < 1e-12)
  }

  @Test("Pixels are found again where the lines say")
  func samplesPointIntoThePack() throws {
    try Workshop.with { workshop in
      let run = try workshop.run(workshop.request(workshop.writeDataset()))
      try run.doSources()
      let samples = try run.inputs.samples()
      #expect(!samples.isEmpty)
      for entry in samples {
        let image = try entry.image()
        #expect(Digest(of: image) == entry.digest)
        let text = try String(contentsOf: workshop.file(entry.sample.path), encoding: .utf8)
        let line = text.split(separator: "\n", omittingEmptySubsequences: false)[Int(entry.sample.pts)]
        #expect(String(decoding: image, as: UTF8.self) == line)
      }
    }
  }

  @Test("A bad source is recorded as failed with its code, and the samples before the fault are kept")
  func failedSource() throws {
    try Workshop.with { workshop in
      try workshop.write("a.txt", "one\ntwo\n!bad\nthree")
      try workshop.write("b.txt", "four")
      let sources = [
        Source(dataset: "text", path: "a.txt", label: .real),
        Source(dataset: "text", path: "b.txt", label: .fake, original: "a.txt"),
      ]
      let run = try workshop.run(workshop.request(sources))
      try run.doSources()
      #expect(try run.plan().pending.isEmpty)
      let outcome = try #require(run.inputs.outcomes().first)
      #expect(outcome.sources.map(\.status) == [.failed, .done])
      #expect(outcome.sources[0].failure == SourceFailure(code: "bad-line", message: "line 2"))
      #expect(outcome.sources.map(\.samples) == [2, 1])
      #expect(outcome.counts["lines"]?.failed == ["bad-line": 1])
      #expect(
        try run.inputs.samples().map { String(decoding: try $0.image(), as: UTF8.self) } == ["one", "two", "four"])
    }
  }

  @Test("A file that is missing leaves its family unfinished, never failed, and the others done")
  func missingFile() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      try FileManager.default.removeItem(at: workshop.file("fake3.txt"))
      let run = try workshop.run(workshop.request(sources))
      try run.doSources()
      #expect(run.state.outcomes.map(\.name) == [0, 1, 2, 4, 5].map { "text/real\($0).txt" })
      #expect(run.state.outcomes.flatMap(\.sources).allSatisfy { $0.status == .done })
      #expect(try run.plan().pending.map(\.family.name) == ["text/real3.txt"])
      #expect(try run.inputs.samples().allSatisfy { $0.sample.family != "text/real3.txt" })
      try workshop.write("fake3.txt", "back")
      try run.doSources()
      #expect(run.state.outcomes.count == 6)
    }
  }

  @Test("What is finished is put by every now and then, and comes to the same")
  func checkpoints() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      let whole = try workshop.run(workshop.request(sources))
      try whole.work(whole.state.families)
      var other = workshop
      other.store = workshop.root.appending(path: "other")
      let cut = try other.run(other.request(sources))
      try cut.work(cut.state.families, checkpointSeconds: 0)
      #expect(try whole.unitNames().count == 1 && cut.unitNames().count == 6)
      #expect(try whole.plan().outcomes.map(\.content) == cut.plan().outcomes.map(\.content))
    }
  }

  @Test("A unit in which nothing could be finished leaves nothing, so that the next attempt can have its name")
  func unfinishedUnit() throws {
    try Workshop.with { workshop in
      try workshop.write("a.txt", "one\n!io")
      let run = try workshop.run(workshop.request([Source(dataset: "text", path: "a.txt", label: .real)]))
      try run.work(run.state.families)
      #expect(try FileSystem.names(in: run.state.store.unitsFolder(chain: run.state.chain)) == [])
      try workshop.write("a.txt", "one\ntwo")
      try run.work(run.state.families)
      #expect(try run.plan().outcomes.map(\.samples) == [2])
    }
  }
}
