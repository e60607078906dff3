private import Foundation
private import Records

/// The source grain of a run: finds the families that are not done, cuts them into units, has them done.
struct SourceStep {
  let coordinator: Coordinator

  func run() throws {
    let state = coordinator.state
    try Store.sweep(state.store.unitsFolder(chain: state.chain))
    guard !state.families.isEmpty else {
      throw ToolError(
        .badConfiguration,
        "the datasets of this pipeline hold no source at all; `dfprep datasets` shows what was looked for")
    }
    var plan = try sourcePlan()
    let label = state.sourceEntries.map(\.id).joined(separator: " > ")
    var worked = false
    if !plan.pending.isEmpty {
      worked = true
      do { try work(plan.pending.map(\.family), label: label) } catch {
        // The record of a run that stops here shows what was finished, unless that cannot even be looked up.
        if let reached = try? sourcePlan() { state.take(reached) }
        throw error
      }
      plan = try sourcePlan()
    }
    state.take(plan)
    state.recordSources(state: worked ? .new : .cached)
    let samples = plan.outcomes.reduce(0) { $0 + $1.samples }
    let failed = plan.outcomes.flatMap(\.sources).count { $0.status != .done }
    coordinator.progress.end(
      "\(label): \(state.families.reduce(0) { $0 + $1.sources.count }) sources, \(samples) samples"
        + (failed > 0 ? ", \(failed) sources failed" : "") + (worked ? "" : "  (already done)"))
    try coordinator.run.log(RunEvent("stage-done", stage: label, detail: worked ? "new" : "cached"))
    guard plan.pending.isEmpty else {
      let names = plan.pending.prefix(5).map { "  \($0.family.name)" }.joined(separator: "\n")
      throw ToolError(
        .notFinished,
        "\(plan.pending.count) families are unfinished (a file could not be read, or a worker was killed); run again:\n\(names)"
      )
    }
  }

  private func sourcePlan() throws -> SourcePlan {
    try SourcePlan(
      coordinator.state.families, chain: coordinator.state.chain, store: coordinator.state.store,
      roots: coordinator.request.listing.roots)
  }

  private func work(_ families: [Family], label: String) throws {
    let units = UnitPlanner.units(families, jobs: coordinator.request.jobs) { family in
      // A file that is gone costs nothing.
      family.sources.reduce(0) { $0 + ((try? file(of: $1).identity().bytes) ?? 0) }
    }
    let tasks = units.enumerated().map { task("unit-\($0.offset)", $0.element) }
    let progress = coordinator.progress
    progress.begin(label, total: families.count)
    var crashes: [String: Int32] = [:]
    try coordinator.executor.run(
      tasks, label: label,
      onEvent: { _, event in
        if case .familyEnded(_, _, let failed) = event { progress.advance(failed: failed) }
      }, onIdle: { progress.tick() },
      onEnd: { task, result in
        switch result {
        case .done: return []
        case .failed(let message, let status): throw ToolError(status, message)
        case .cutShort(let left, _):
          guard case .unit(let work) = task.work else { return [] }
          let rest = work.families.filter { left.contains($0.name) }
          if rest.count < work.families.count { return [self.task("\(task.id)-rest", rest)] }
          guard rest.count > 1 else { return [] }
          return rest.enumerated().map { self.task("\(task.id)-\($0.offset)", [$0.element]) }
        case .crashed(let signal, _):
          guard case .unit(let work) = task.work, TaskResult.faults.contains(signal) else { return [] }
          // The family at fault is found by doing each alone; one that crashes twice in the same way is quarantined.
          if work.families.count > 1 {
            return work.families.enumerated().map { self.task("\(task.id)-\($0.offset)", [$0.element]) }
          }
          let family = work.families[0]
          if crashes[family.name] == signal {
            try quarantine(family, signal: signal)
            return []
          }
          crashes[family.name] = signal
          return [self.task("\(task.id)-again", [family])]
        }
      })
  }

  private func file(of source: Source) -> SourceFile {
    SourceFile(source, roots: coordinator.request.listing.roots)
  }

  private func task(_ id: String, _ families: [Family]) -> WorkerTask {
    coordinator.task(
      id,
      .unit(
        UnitWork(
          chain: coordinator.state.chain, stages: coordinator.state.sourceEntries, families: families,
          output: folder(for: families).path(percentEncoded: false))))
  }

  /// Named by its families and the present state of their files, so that work on changed files has a place of its own.
  private func folder(for families: [Family]) -> URL {
    var builder = FingerprintBuilder("unit")
    for family in families {
      builder.add("facts", Fingerprints.facts(of: family))
      for source in family.sources {
        // A file that is gone has no identity; the worker reports it.
        let identity = (try? file(of: source).identity()).map { "\($0)" }
        builder.add("file", identity ?? "absent")
      }
    }
    return coordinator.state.store.unitsFolder(chain: coordinator.state.chain)
      .appending(path: builder.finish().short)
  }

  /// Writes down that a family crashes its worker, as a unit of its own without samples.
  private func quarantine(_ family: Family, signal: Int32) throws {
    let final = folder(for: [family])
    let temporary = try Store.temporary(for: final)
    for name in ["pack.tar", "samples.jsonl"] {
      // Two blocks of zeros are an empty tar.
      try Data(count: name == "pack.tar" ? 1024 : 0).write(to: temporary.appending(path: name))
    }
    let failure = SourceFailure(code: "crashed", message: "the worker died of signal \(signal), twice")
    let sources = try family.sources.map { source in
      let identity = try file(of: source).identity()
      return SourceOutcome(
        path: source.path, status: .quarantined, failure: failure, identity: identity,
        digest: try file(of: source).digest(), notes: [], facts: [:],
        samples: 0)
    }
    let facts = Fingerprints.facts(of: family)
    var counts = StageCounts()
    counts.input = sources.count
    counts.failed[failure.code] = sources.count
    let outcome = FamilyOutcome(
      name: family.name,
      fingerprint: Fingerprints.family(
        chain: coordinator.state.chain, facts: facts, contents: sources.compactMap(\.digest)),
      facts: facts, sources: sources, content: FingerprintBuilder("samples").finish(), samples: 0,
      counts: [coordinator.state.sourceEntries[0].id: counts], frames: FrameTallies(), drops: [], seconds: 0,
      stageSeconds: [:])
    let manifest = UnitManifest(
      chain: coordinator.state.chain, families: [outcome], files: try FileSystem.records(in: temporary), versions: [:])
    try FileSystem.writeJSON(manifest, to: temporary.appending(path: "manifest.json"))
    try FileSystem.commit(folder: temporary, to: final)
  }
}
