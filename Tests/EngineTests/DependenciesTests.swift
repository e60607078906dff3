import Foundation
import Records
import TestSupport
import Testing

@testable import Engine

@Suite("What work depends on, and what changed of it")
struct DependenciesTests {
  @Test("Every fact about a source is in the fingerprint of the sources")
  func sourceFields() {
    let source = Source(
      dataset: "d", path: "p", label: .fake, member: ArchiveMember(archive: "a", offset: 1, length: 2), role: .test,
      method: "m", original: "o", mask: "k", identity: "i", donor: "n", sourceVideo: "v", officialSplit: "s",
      compression: "c", domain: "e", input: .face)
    let names = Mirror(reflecting: source).children.compactMap(\.label)
    let fields = Fingerprints.fields(of: source)
    #expect(Set(fields.keys) == Set(names))
    // None is another's value, and one that is absent is not one that is empty.
    #expect(Set(fields.values).count == fields.count)
    var plain = source
    plain.method = nil
    var empty = source
    empty.method = ""
    #expect(Set([source, plain, empty].map { Fingerprints.sources([$0]) }).count == 3)
  }

  @Test("Options are compared by their paths; digests are not shown")
  func changes() throws {
    func dependencies(_ options: JSONValue, _ file: String?) throws -> Dependencies {
      var result = Dependencies(["version": "1"])
      try result.add(options: options)
      if let file { result.add("file model", Digest(of: file)) }
      return result
    }
    let before = try dependencies(
      .object(["k": .int(2), "frames": .object(["real": .int(8), "fake": .int(4)]), "old": .bool(true)]), "a")
    let after = try dependencies(.object(["k": .int(3), "frames": .object(["real": .int(8), "fake": .int(5)])]), "b")
    #expect(
      after.changes(since: before).map(\.description) == [
        "file model changed", "option frames.fake: 4 -> 5", "option k: 2 -> 3", "option old is gone",
      ])
    #expect(after.changes(since: after).isEmpty)
    let data = try CanonicalJSON.data(after)
    #expect(try CanonicalJSON.decode(Dependencies.self, from: data) == after)
  }

  @Test("A stage on samples is done family by family: one that changed is measured again, and no other")
  func samplesByFamily() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      let run = try workshop.run(workshop.request(sources))
      try run.doSources()
      try run.doStage("lengths")
      try workshop.write("fake2.txt", "another line")
      let again = try workshop.run(workshop.request(sources))
      try again.doSources()
      let entry = try #require(again.state.laterEntries.first)
      let plan = try again.state.samplePlan(entry)
      #expect(plan.pending.map(\.unit.families) == [["text/real2.txt"]])
      #expect(plan.references.flatMap(\.families).count == 5)
      try again.doStage("lengths")
      // As in a store that never saw the old file.
      var other = workshop
      other.store = workshop.root.appending(path: "other")
      let fresh = try other.run(other.request(sources))
      try fresh.doSources()
      try fresh.doStage("lengths")
      #expect(try again.inputs.features() == fresh.inputs.features())
      #expect(again.state.history.map(\.counts) == fresh.state.history.map(\.counts))
      #expect(again.inputs.product(.features)?.content == fresh.inputs.product(.features)?.content)
      try again.doStage("tally")
      try fresh.doStage("tally")
      #expect(try again.tablePlan("show").fingerprint == fresh.tablePlan("show").fingerprint)
    }
  }

  @Test("A limited run finds its families' features among those of all")
  func samplesOfSome() throws {
    try Workshop.with { workshop in
      let sources = try workshop.writeDataset()
      let whole = try workshop.run(workshop.request(sources))
      try whole.doSources()
      try whole.doStage("lengths")
      var request = try workshop.request(sources)
      request.limit = 2
      let some = try workshop.run(request)
      try some.doSources()
      let entry = try #require(some.state.laterEntries.first)
      #expect(try some.state.samplePlan(entry).pending.isEmpty)
      try some.doStage("lengths")
      #expect(try some.inputs.features().keys == some.inputs.samples().map(\.sample.key))
      #expect(some.state.history.last?.counts.input == (try some.inputs.samples().count))
    }
  }

  @Test("A run that was moved together with its store is still read")
  func movedRun() throws {
    try Workshop.with { workshop in
      let base = workshop.root.appending(path: "base")
      var inside = workshop
      inside.store = base.appending(path: "store")
      let run = try inside.run(inside.request(inside.writeDataset()))
      try run.doSources()
      try run.doStage("lengths")
      try run.doStage("tally")
      let folder = RunFolder(root: base.appending(path: "runs/one"))
      let record = try run.write(to: folder)
      let samples = try TableInputs(record.inputs).samples().map(\.sample)
      let moved = workshop.root.appending(path: "elsewhere/deep")
      try FileManager.default.createDirectory(
        at: moved.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.moveItem(at: base, to: moved)
      let found = try RunFolder(root: moved.appending(path: "runs/one")).readRecord()
      #expect(found.store.hasPrefix(moved.path(percentEncoded: false)))
      #expect(try TableInputs(found.inputs).samples().map(\.sample) == samples)
      #expect(try TableInputs(found.inputs).features().keys == samples.map(\.key))
    }
  }

  @Test("A record is written family by family as it would be at once")
  func recordInPieces() throws {
    try Workshop.with { workshop in
      let run = try workshop.run(workshop.request(workshop.writeDataset()))
      try run.doSources()
      let whole = run.state.description()
      var none = whole
      none.families = []
      for description in [whole, none] {
        var data = Data()
        try description.canonicalJSON { data += $0 }
        #expect(data == (try CanonicalJSON.data(description)))
      }
    }
  }

  @Test("A full disk, a read-only one and their like leave work unfinished, not failed")
  func machineFaults() {
    for code in [ENOSPC, EDQUOT, EROFS, EACCES, EIO] {
      #expect(MachineFault.isOne(code))
      let error = NSError(
        domain: NSCocoaErrorDomain, code: 512,
        userInfo: [NSUnderlyingErrorKey: NSError(domain: NSPOSIXErrorDomain, code: Int(code))])
      #expect(ToolError.status(of: error) == .notFinished)
    }
    #expect(!MachineFault.isOne(ENOENT) && ToolError.status(of: InternalFault("x")) == .failed)
    #expect(MachineFault.advice(ENOSPC).contains("dfprep clean"))
  }
}
