internal import Foundation
internal import Records
private import Sharding

/// Does a unit of the source grain: each family through the fused stages, its samples into the unit's pack.
struct UnitWorker {
  let task: WorkerTask
  let work: UnitWork
  let registry: StageRegistry
  let events: EventLog

  /// One family's samples, in memory until it is known to have ended.
  private final class Collected {
    var samples: [CompressedSample] = []
  }

  func run() throws {
    let final = URL(filePath: work.output)
    let folder = try Store.temporary(for: final)
    let stages = try work.stages.map { entry in
      guard let stage = try registry.make(entry) as? any SourceStage else {
        throw InternalFault("stage '\(entry.name)' is not of the source grain")
      }
      return (id: entry.id, stage: stage)
    }
    let resources = WorkerResources()
    let pack = try TarWriter(path: folder.appending(path: "pack.tar"))
    var lines = Data()
    var outcomes: [FamilyOutcome] = []
    for (index, family) in work.families.enumerated() {
      events.append(.familyStarted(name: family.name))
      let outcome = try pass(family, stages: stages, resources: resources, pack: pack, lines: &lines)
      if let outcome { outcomes.append(outcome) }
      events.append(
        .familyEnded(
          name: family.name, samples: outcome?.samples ?? 0,
          failed: outcome?.sources.count { $0.status != .done } ?? family.sources.count))
      let left = work.families[(index + 1)...].map(\.name)
      if !left.isEmpty, ShutdownNotice.hasCome {
        events.append(.stoppedEarly(left: left))
        break
      }
    }
    _ = try pack.finish()
    guard !outcomes.isEmpty else {
      // An empty unit would take the name that the next attempt at these families needs.
      try FileManager.default.removeItem(at: folder)
      return
    }
    try lines.write(to: folder.appending(path: "samples.jsonl"))
    let manifest = UnitManifest(
      chain: work.chain, families: outcomes, files: try FileSystem.records(in: folder),
      versions: try versions(of: stages.map(\.stage)))
    try CanonicalJSON.data(manifest).write(to: folder.appending(path: "manifest.json"))
    try FileSystem.commit(folder: folder, to: final)
  }

  private func versions(of stages: [any SourceStage]) throws -> [String: String] {
    try stages.reduce(into: [:]) { try $0.merge($1.libraryVersions()) { first, _ in first } }
  }

  /// - Returns: `nil` when a fault of the machine leaves the family unfinished.
  private func pass(
    _ family: Family, stages: [(id: String, stage: any SourceStage)], resources: WorkerResources, pack: TarWriter,
    lines: inout Data
  ) throws -> FamilyOutcome? {
    let start = ContinuousClock.now
    let ledger = FamilyLedger(family: family)
    let collected = Collected()
    let chain = try SourceChain(
      stages, ledger: ledger, context: { task.context($0, resources: resources, events: events) }
    ) { item in
      collected.samples.append(
        CompressedSample(sample: item.sample, image: try item.encoded(), companions: try item.companions()))
    }

    var outcomes: [SourceOutcome] = []
    for source in family.sources {
      var outcome = SourceOutcome(path: source.path, status: .done, notes: [], facts: [:], samples: 0)
      do {
        (outcome.identity, outcome.digest) = try Self.recognise(SourceFile(source, roots: task.roots))
        ledger.begin(source)
        try chain.process(source)
      } catch let failure as SourceFailure {
        if failure.isTransient {
          events.append(.progress(done: 0, total: 0, note: "\(source.name) left for another run: \(failure)"))
          return nil
        }
        outcome.status = .failed
        outcome.failure = failure
        ledger.fail(stages[0].id, code: failure.code)
      } catch {
        throw ToolError(ToolError.status(of: error), "\(source.name): \(error)")
      }
      outcomes.append(outcome)
    }
    do { try chain.end() } catch { throw ToolError(ToolError.status(of: error), "\(family.name): \(error)") }
    for index in outcomes.indices {
      outcomes[index].samples = collected.samples.count { $0.sample.path == outcomes[index].path }
      outcomes[index].notes = ledger.notes[outcomes[index].path] ?? []
      outcomes[index].facts = ledger.facts[outcomes[index].path] ?? [:]
    }
    let content = try write(collected.samples.sorted { $0.sample.key < $1.sample.key }, pack: pack, lines: &lines)
    let facts = Fingerprints.facts(of: family)
    return FamilyOutcome(
      name: family.name,
      fingerprint: Fingerprints.family(chain: work.chain, facts: facts, contents: outcomes.compactMap(\.digest)),
      facts: facts, sources: outcomes, content: content, samples: collected.samples.count, counts: ledger.counts,
      frames: ledger.frames(of: stages[0].id, samples: collected.samples.lazy.map(\.sample)), drops: ledger.drops,
      seconds: (ContinuousClock.now - start) / .seconds(1), stageSeconds: chain.clock.seconds)
  }

  /// A file that cannot be read is no bad file: the machine may have lost it for a moment.
  private static func recognise(_ file: SourceFile) throws -> (FileIdentity, Digest) {
    do { return (try file.identity(), try file.digest()) } catch {
      throw SourceFailure(code: "io", message: "\(error)", isTransient: true)
    }
  }

  private func write(_ samples: [CompressedSample], pack: TarWriter, lines: inout Data) throws -> Digest {
    var content = FingerprintBuilder("samples")
    for found in samples {
      let sample = found.sample.withoutJoinedFacts
      let place = try pack.add(name: "\(sample.key).\(sample.encoding.fileExtension)", bytes: found.image)
      var line = SampleLine(
        sample: sample, offset: place.offset, length: place.length, digest: Digest(of: found.image))
      content.add("sample", try CanonicalJSON.string(sample))
      content.add("pixels", line.digest)
      for (name, bytes) in found.companions.sorted(by: { $0.key < $1.key }) {
        let place = try pack.add(name: "\(sample.key).\(name)", bytes: bytes)
        let reference = MemberReference(offset: place.offset, length: place.length, digest: Digest(of: bytes))
        line.companions = (line.companions ?? [:]).merging([name: reference]) { $1 }
        content.add(name, reference.digest)
      }
      lines += try CanonicalJSON.data(line) + [UInt8(ascii: "\n")]
    }
    return content.finish()
  }
}

/// A sample and its files as they go into the pack.
private struct CompressedSample {
  let sample: Sample
  let image: [UInt8]
  let companions: [String: [UInt8]]
}
