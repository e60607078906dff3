internal import Foundation
internal import Records

/// Does a unit of the source grain: each family through the fused source stages, its samples into the unit's pack.
struct UnitWorker {
  let task: WorkerTask
  let work: UnitWork
  let registry: StageRegistry
  let events: EventLog
  /// What earlier units of the same stages left for this one, such as networks.
  var resources = WorkerResources()
  /// Told of the family in hand; ends the process when that takes too much.
  var watchdog: Watchdog?

  /// One family's samples, in memory until it is known to have ended.
  private final class Collected {
    var samples: [CompressedSample] = []
  }

  func run() throws {
    let stages = try work.stages.map { entry in
      guard let stage = try registry.make(entry) as? any SourceStage else {
        throw InternalFault("stage '\(entry.name)' is not of the source grain")
      }
      return (id: entry.id, stage: stage)
    }
    var unit = try newUnit()
    var members: [Family] = []
    var begun = ContinuousClock.now
    for (index, family) in work.families.enumerated() {
      events.append(.familyStarted(name: family.name))
      watchdog?.begin()
      let outcome = try pass(family, stages: stages, unit: &unit)
      watchdog?.end()
      if let outcome {
        unit.add(outcome)
        members.append(family)
      }
      events.append(
        .familyEnded(
          name: family.name, samples: outcome?.samples ?? 0, failed: outcome?.badSources.count ?? 0,
          stages: stages.compactMap { stage in outcome?.counts[stage.id].map { StageTally(stage.id, $0) } }))
      let left = work.families[(index + 1)...].map(\.name)
      if !left.isEmpty, ShutdownNotice.hasCome {
        events.append(.stoppedEarly(left: left))
        break
      }
      // What is put by cannot be lost any more, whatever becomes of this process.
      if ContinuousClock.now - begun > .seconds(task.limits.checkpointSeconds), family != work.families.last {
        try putBy(unit, members, stages.map(\.stage))
        (unit, members, begun) = (try newUnit(), [], .now)
      }
    }
    try putBy(unit, members, stages.map(\.stage))
  }

  private func newUnit() throws -> UnitWriter {
    try UnitWriter(folder: URL(filePath: work.folder), chain: work.chain)
  }

  private func putBy(_ unit: UnitWriter, _ members: [Family], _ stages: [any SourceStage]) throws {
    try unit.commit(
      as: UnitWork.unitName(of: members, roots: task.roots, attempt: work.attempt),
      versions: stages.reduce(into: [:]) { try $0.merge($1.libraryVersions()) { first, _ in first } })
    if !members.isEmpty { events.append(.putBy(families: members.map(\.name))) }
  }

  /// - Returns: `nil` when a fault of the machine leaves the family unfinished.
  private func pass(
    _ family: Family, stages: [(id: String, stage: any SourceStage)], unit: inout UnitWriter
  ) throws -> FamilyOutcome? {
    let start = ContinuousClock.now
    let ledger = FamilyLedger(family: family)
    let collected = Collected()
    let chain = try SourceChain(
      stages, ledger: ledger, context: { task.context($0, $1, resources: resources, events: events) }
    ) { item in
      collected.samples.append(
        CompressedSample(sample: item.sample, image: try item.encoded(), companions: try item.companions()))
    }

    var outcomes: [SourceOutcome] = []
    for source in family.sources {
      var outcome = SourceOutcome(path: source.path, status: .done, notes: [], facts: [:], samples: 0)
      do {
        (outcome.identity, outcome.digest, outcome.mask) = try Self.recognise(source, roots: task.roots)
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
    let content = try unit.add(collected.samples.sorted { $0.sample.key < $1.sample.key })
    let facts = Fingerprints.facts(of: family)
    return FamilyOutcome(
      name: family.name,
      fingerprint: Fingerprints.family(
        chain: work.chain, facts: facts,
        contents: outcomes.flatMap { [$0.digest, $0.mask?.digest].compactMap(\.self) }),
      facts: facts, sources: outcomes, content: content, samples: collected.samples.count, counts: ledger.counts,
      frames: ledger.frames(of: stages[0].id, samples: collected.samples.lazy.map(\.sample)), drops: ledger.drops,
      seconds: (ContinuousClock.now - start) / .seconds(1), stageSeconds: chain.clock.seconds)
  }

  /// By what a source, and the mask beside it, are known again.
  ///
  /// A file that cannot be read is no bad file: the machine may have lost it for a moment.
  static func recognise(
    _ source: Source, roots: [String: String]
  ) throws -> (identity: FileIdentity, digest: Digest, mask: MaskStamp?) {
    do {
      let file = SourceFile(source, roots: roots)
      let mask = try SourceFile.mask(of: source, roots: roots).map {
        MaskStamp(identity: try FileSystem.identity(of: $0), digest: try FileSystem.digest(of: $0))
      }
      return (try file.identity(), try file.digest(), mask)
    } catch { throw SourceFailure(code: "io", message: "\(error)", isTransient: true) }
  }
}
