private import Foundation
internal import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// Has families done by workers, and gets over workers that die.
///
/// A worker that dies takes nothing with it but the family in hand and what it did since it last put by. The family in hand
/// is tried again alone, the others as one task. Where the signal speaks of the family (a segmentation fault and its like)
/// the second one of the same kind quarantines it; any other end (SIGKILL, out of memory, a time-out) leaves it unfinished
/// after the second, never quarantined.
final class SourceWork {
  /// Fewest failed sources that end a run before all were tried.
  private static let fewestFailures = 10

  private let coordinator: Coordinator
  private let state: RunState
  private let label: String
  private let sourceCount: Int
  private let failedBefore: Int
  private var attempts: [String: Int] = [:]
  /// The family that each task's worker has in hand, and those that it has put by.
  private var inHand: [String: String] = [:]
  private var putBy: [String: Set<String>] = [:]
  /// Why a worker ended itself, by task.
  private var excesses: [String: String] = [:]
  private var crashes: [String: Int32] = [:]
  private var kills: [String: Int] = [:]
  /// Failed sources of every family that ended, and their sum.
  private var ended: [String: Int] = [:]
  private var failedNow = 0
  private var left: [String: String] = [:]
  private var furtherTasks = 0

  init(coordinator: Coordinator, state: RunState, done: [FamilyOutcome], label: String) {
    self.coordinator = coordinator
    self.state = state
    self.label = label
    sourceCount = state.families.reduce(0) { $0 + $1.sources.count }
    failedBefore = done.reduce(0) { $0 + $1.badSources.count }
  }

  /// - Returns: why families were left unfinished, by name, where a worker's end is the reason.
  func run(_ pending: [SourcePlan.Pending]) throws -> [String: String] {
    for one in pending { attempts[one.family.name] = one.attempt }
    let roots = coordinator.request.listing.roots
    let units = UnitPlanner.units(
      pending.map(\.family), jobs: coordinator.request.jobs, leastCost: coordinator.executor.leastUnitCost
    ) { family in
      // A file that is gone costs nothing.
      family.sources.reduce(0) { $0 + ((try? SourceFile($1, roots: roots).identity().bytes) ?? 0) }
    }
    coordinator.progress.begin(label, total: pending.count, stages: state.sourceEntries.map(\.id))
    try coordinator.executor.run(
      units.enumerated().map { task("unit-\($0.offset)", $0.element) }, label: label,
      onEvent: { task, event in self.take(event, of: task) },
      onIdle: {
        try self.coordinator.pause()
        try self.checkTolerance()
        self.coordinator.progress.tick()
      },
      onEnd: { task, result in try self.end(task, result) })
    return left
  }

  private func take(_ event: WorkerEvent, of task: WorkerTask) {
    switch event {
    case .familyStarted(let name): inHand[task.id] = name
    case .familyEnded(let name, _, let failed, let stages):
      inHand[task.id] = nil
      // One that is done again, because its worker died before it put it by, counts once.
      if ended[name] == nil { coordinator.progress.count(stages ?? []) }
      note(name, failed: failed)
      coordinator.progress.update(done: ended.count, failed: failedNow)
    case .putBy(let families): putBy[task.id, default: []].formUnion(families)
    case .exceeded(let message): excesses[task.id] = message
    case .progress, .stoppedEarly, .fatal: break
    }
  }

  /// Writes down how many sources of a family that ended have failed.
  private func note(_ family: String, failed: Int) {
    failedNow += failed - ended[family, default: 0]
    ended[family] = failed
  }

  /// Past the tolerance, nothing that is still to come can save the run.
  private func checkTolerance() throws {
    let failed = failedBefore + failedNow
    let tolerated = coordinator.request.pipeline.failedSourcesTolerance * Double(sourceCount)
    guard failed > Self.fewestFailures, Double(failed) > tolerated else { return }
    let families = ended.filter { $0.value > 0 }.keys.sorted().prefix(5)
    throw coordinator.tooManyFailures(failed, of: sourceCount, examples: families.map { "family \($0)" })
  }

  private func end(_ task: WorkerTask, _ result: TaskResult) throws -> [WorkerTask] {
    guard case .unit(let work) = task.work else { throw InternalFault("\(task.id) is no unit") }
    let rest = work.families.filter { !putBy[task.id, default: []].contains($0.name) }
    let suspect = inHand[task.id].flatMap { name in rest.first { $0.name == name } }
    switch result {
    case .done: return []
    case .crashed(let signal, _) where TaskResult.faults.contains(signal):
      try coordinator.log(
        RunEvent("worker-crashed", detail: "\(task.id), signal \(signal)\(suspect.map { ", at \($0.name)" } ?? "")"))
      return try again(rest, apart: suspect) { try crash($0, signal: signal) }
    case .crashed(let signal, _):
      return try again(rest, apart: suspect, after: "its worker was killed (signal \(signal))", task: task)
    case .cutShort(let names, let reason):
      // What is left of a unit goes on as one; a unit of which nothing was done is tried family by family.
      let rest = rest.filter { names.contains($0.name) }
      if rest.count < work.families.count { return rest.isEmpty ? [] : [next(rest)] }
      guard rest.count > 1 else {
        for family in rest { left[family.name] = reason }
        return []
      }
      return rest.map { next([$0]) }
    case .failed(let message, let status):
      guard let excess = excesses[task.id] else { throw ToolError(status, message) }
      return try again(rest, apart: suspect, after: excess, task: task)
    }
  }

  private func again(
    _ rest: [Family], apart suspect: Family?, after reason: String, task: WorkerTask
  ) throws -> [WorkerTask] {
    try coordinator.log(
      RunEvent("worker-ended", detail: "\(task.id): \(reason)\(suspect.map { ", at \($0.name)" } ?? "")"))
    return again(rest, apart: suspect) { family in
      kills[family.name, default: 0] += 1
      guard kills[family.name, default: 0] < 2 else {
        left[family.name] = reason
        return false
      }
      return true
    }
  }

  /// Tasks for what a dead worker left: the family it had in hand alone, the others together. Where it had none in hand, each
  /// counts as in hand.
  private func again(
    _ rest: [Family], apart suspect: Family?, isToBeTried: (Family) throws -> Bool
  ) rethrows -> [WorkerTask] {
    guard let suspect else {
      return try rest.filter(isToBeTried).map { next([$0]) }
    }
    let others = rest.filter { $0.name != suspect.name }
    return try (others.isEmpty ? [] : [next(others)]) + (isToBeTried(suspect) ? [next([suspect])] : [])
  }

  private func next(_ families: [Family]) -> WorkerTask {
    furtherTasks += 1
    return task("unit-again-\(furtherTasks - 1)", families)
  }

  private func task(_ id: String, _ families: [Family]) -> WorkerTask {
    coordinator.task(
      id,
      .unit(
        UnitWork(
          chain: state.chain, stages: state.sourceEntries, families: families,
          folder: state.store.unitsFolder(chain: state.chain).path(percentEncoded: false),
          attempt: families.map { attempts[$0.name] ?? 0 }.max() ?? 0)))
  }

  // MARK: - Quarantine

  /// - Returns: whether the family is to be tried once more.
  private func crash(_ family: Family, signal: Int32) throws -> Bool {
    guard crashes[family.name] == signal else {
      crashes[family.name] = signal
      return true
    }
    try quarantine(family, signal: signal)
    return false
  }

  /// Writes down that a family crashes its worker, as a unit of its own without samples.
  private func quarantine(_ family: Family, signal: Int32) throws {
    let roots = coordinator.request.listing.roots
    let failure = SourceFailure(code: "crashed", message: "the worker died of signal \(signal), twice")
    let sources = try family.sources.map { source in
      let stamps = try UnitWorker.recognise(source, roots: roots)
      return SourceOutcome(
        path: source.path, status: .quarantined, failure: failure, identity: stamps.identity, digest: stamps.digest,
        mask: stamps.mask, notes: [], facts: [:], samples: 0)
    }
    let facts = Fingerprints.facts(of: family)
    var counts = StageCounts()
    counts.input = sources.count
    counts.quarantined[failure.code] = sources.count
    let outcome = FamilyOutcome(
      name: family.name,
      fingerprint: Fingerprints.family(
        chain: state.chain, facts: facts, contents: sources.flatMap { [$0.digest, $0.mask?.digest].compactMap(\.self) }),
      facts: facts, sources: sources, content: FingerprintBuilder("samples").finish(), samples: 0,
      counts: [state.sourceEntries[0].id: counts], frames: FrameTallies(), drops: [], seconds: 0,
      stageSeconds: [:])
    var unit = try UnitWriter(folder: state.store.unitsFolder(chain: state.chain), chain: state.chain)
    unit.add(outcome)
    try unit.commit(
      as: UnitWork.unitName(of: [family], roots: roots, attempt: attempts[family.name] ?? 0), versions: [:])
    note(family.name, failed: sources.count)
    try coordinator.log(RunEvent("quarantined", detail: "\(family.name): \(failure)"))
  }
}
