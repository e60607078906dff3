private import Foundation
internal import Records

/// Carries a pipeline from what the store has to what the pipeline asks for.
///
/// Holds no pixels and loads no library: all work is done by worker processes. May be killed at any moment and started
/// again; what is finished is found by fingerprint.
package final class Coordinator {
  private(set) var request: RunRequest
  let run: RunFolder
  let progress: Progress
  let executor: any Executor
  let interruption: Interruption
  let lease: Lease
  let storeUse: StoreUse
  private var loadedState: RunState?
  /// Folders of the store that other runs refer to, while `--fresh` takes away what was done before; `nil` otherwise.
  private(set) var keptByOthers: Set<String>?

  /// Takes the run's lease.
  package init(_ request: RunRequest, interruption: Interruption) throws {
    self.request = request
    self.interruption = interruption
    run = RunFolder(root: URL(filePath: request.pipeline.output))
    try FileSystem.makeFolder(run.plan)
    lease = try Lease(run)
    storeUse = try StoreUse(Store(root: request.store), run: run)
    try NumericsProfile.standard.checkContinues(run)
    progress = Progress(isQuiet: request.isQuiet, file: run.progress)
    let local = LocalExecutor(
      jobs: request.jobs, executable: request.executable, planFolder: run.plan, scratch: request.scratch,
      interruption: interruption)
    executor =
      switch request.engine {
      case .local: local
      case .slurm(let slurm): SlurmExecutor(slurm, request: request, run: run, local: local)
      }
  }

  /// What is known of the pipeline and the store; worked out when first asked for.
  var state: RunState {
    get throws {
      if let loadedState { return loadedState }
      let state = try RunState(request)
      request = state.request
      loadedState = state
      return state
    }
  }

  /// Does what is not yet done.
  ///
  /// - Returns: what was also written to `run.json`.
  /// - Throws: ``ToolError``; the record is up to date even then.
  package func work() throws -> RunSummary {
    try log(RunEvent("run-started", detail: "epoch \(lease.record.epoch), \(lease.record.holder)"))
    let asked = try RunSeal.request(request)
    let files = RunSeal.files(request.listing)
    if let summary = try unchanged(asked: asked, files: files) { return summary }
    try? FileManager.default.removeItem(at: run.seal)  // Written anew when all is done.
    try run.sweep()
    try Store(root: request.store).sweep()
    for count in try RoleCount.all(of: state.families) where count.isHeldOut {
      try log(RunEvent("held-out", detail: count.text))
    }
    try storeUse.register(chain: state.chain, stages: state.stages.values.map(\.digest).sorted())
    if request.isFresh { keptByOthers = try storeUse.takeAlone() }
    do {
      try workStages()
      let record = try writeRecord(isFinished: true)
      // All that the catalog is made of is in the record, and a large run has no memory to hold it twice.
      loadedState = nil
      try Catalog.rebuild(run, record: record, scratch: request.scratch, check: pause)
      let seal = RunSeal(
        request: asked, files: files, results: RunSeal.results(record.inputs.folders, of: run))
      try lease.guarded { try FileSystem.writeJSON(seal, to: run.seal) }
      try log(RunEvent("run-finished"))
      return record.summary
    } catch {
      progress.stop()
      // Whatever keeps the books from being written, why the run stopped is what the user needs to know. The catalog, which
      // takes longer, is made again by whoever asks for it.
      if loadedState != nil {
        _ = try? writeRecord(isFinished: false)
      } else if var summary = try? run.readSummary() {
        summary.isFinished = false
        try? lease.guarded { try FileSystem.writeJSON(summary, to: run.record) }
      }
      try? log(RunEvent("run-stopped", detail: "\(error)"))
      throw error
    }
  }

  private func workStages() throws {
    let state = try state
    let wanted = try state.laterEntriesWanted()
    try lease.check()
    try run.withdraw(except: Set(request.pipeline.stages.map(\.id)))
    try SourceStep(coordinator: self, state: state).run()
    try checkTolerance()
    try checkGates()
    for entry in wanted {
      try pause()
      switch request.registry[entry.name] {
      case let type as any SampleStage.Type:
        try SampleStep(coordinator: self, state: state, entry: entry, type: type).run()
      case let type as any TableStage.Type:
        try TableStep(coordinator: self, state: state, entry: entry, type: type).run()
      default: throw InternalFault("stage '\(entry.name)' has no grain")
      }
    }
  }

  /// The run as it was left, where nothing that it stands on has changed since it ended well.
  private func unchanged(asked: Digest, files: Digest) throws -> RunSummary? {
    // A seal that cannot be read seals nothing.
    guard !request.isFresh, !request.retriesFailures,
      let seal = try? FileSystem.readJSON(RunSeal.self, from: run.seal), seal.request == asked, seal.files == files,
      var summary = try? run.readSummary(), let folders = try? run.folders(summary),
      seal.results == RunSeal.results(folders, of: run), Catalog.isCurrent(run, inputs: summary.inputsDigest)
    else { return nil }
    for index in summary.stages.indices where summary.stages[index].state == .new {
      summary.stages[index].state = .cached
    }
    try lease.guarded { try FileSystem.writeJSON(summary, to: run.record) }
    progress.end("\(request.listing.sources.count) sources and \(folders.count) results are as they were left")
    try log(RunEvent("run-finished", detail: "nothing to do"))
    return summary
  }

  /// Between two steps: whether the run may go on.
  func pause() throws {
    try interruption.check()
    if lease.wasLost { try lease.check() }
  }

  func log(_ event: RunEvent) throws { try lease.guarded { try run.log(event) } }

  /// Takes a finished result away where the run is to begin afresh and no other run refers to it.
  ///
  /// - Returns: whether it is gone.
  func forget(_ folder: String) throws -> Bool {
    guard let keptByOthers,
      !keptByOthers.contains(URL(filePath: folder).standardizedFileURL.path(percentEncoded: false))
    else { return false }
    try Store.discard(URL(filePath: folder))
    return true
  }

  /// Writes `run.json` and what it refers to.
  @discardableResult
  func writeRecord(isFinished: Bool) throws -> RunRecord {
    let state = try state
    let reached = Set(state.history.map(\.id))
    let pending = request.pipeline.stages.filter { !reached.contains($0.id) }.map { entry in
      StageRecord(
        id: entry.id, name: entry.name, grain: request.registry[entry.name].map { Grain($0) } ?? .table,
        fingerprint: nil, state: .pending, counts: StageCounts(), seconds: 0, summary: [])
    }
    let summary = RunSummary(
      numericsProfile: NumericsProfile.standard.name, store: request.store.path(percentEncoded: false),
      modelsFolder: request.modelsFolder.path(percentEncoded: false), origin: request.origin,
      pipeline: request.pipeline, epoch: lease.record.epoch, stages: state.history + pending,
      sources: state.sourcesByEnd,
      samples: state.sampleCount, roles: RoleCount.all(of: state.families), frames: state.frames,
      badSources: state.badSources, problems: request.listing.problems, versions: state.versions,
      isFinished: isFinished && pending.isEmpty)
    return try lease.guarded { try run.write(summary, state.description()) }
  }

  func task(_ id: String, _ work: WorkerTask.Work) -> WorkerTask {
    WorkerTask(
      id: id, seed: request.pipeline.seed, modelsFolder: request.modelsFolder.path(percentEncoded: false),
      roots: request.listing.roots, work: work,
      events: run.plan.appending(path: "\(id).events.jsonl").path(percentEncoded: false), limits: request.limits)
  }

  /// Stops before hours of later stages are spent on too little.
  private func checkTolerance() throws {
    let state = try state
    let sources = state.outcomes.reduce(0) { $0 + $1.sources.count }
    let bad = state.outcomes.flatMap(\.badSources)
    guard Double(bad.count) > request.pipeline.failedSourcesTolerance * Double(sources) else {
      guard state.outcomes.contains(where: { $0.samples > 0 }) else {
        throw ToolError(
          .failed, "no sample came out of \(sources) sources; `dfprep status` shows where they were dropped")
      }
      return
    }
    throw tooManyFailures(
      bad.count, of: sources,
      examples: bad.prefix(5).map { "\($0.path): \($0.failure?.description ?? $0.status.rawValue)" })
  }

  func tooManyFailures(_ bad: Int, of all: Int, examples: [String]) -> ToolError {
    ToolError(
      .tooManyFailures,
      """
      \(bad) of \(all) sources failed, more than the tolerated \
      \(request.pipeline.failedSourcesTolerance * 100) % (`tolerance: {failed-sources: ...}`):
      \(examples.map { "  \($0)" }.joined(separator: "\n"))
      """)
  }

  /// Stops where a detector could learn the class from whose faces are missing.
  private func checkGates() throws {
    let frames = try state.frames
    guard let difference = frames.difference, difference > request.pipeline.lostFramesGate else { return }
    func share(_ tally: FrameTally) -> String {
      "\((tally.lostShare * 1000).rounded() / 10) % of \(tally.asked)"
    }
    throw ToolError(
      .gateFailed,
      """
      \(share(frames.real)) real and \(share(frames.fake)) fake frames ended without a face, further apart than \
      \(request.pipeline.lostFramesGate * 100) % (`gates: {lost-frames: ...}`): what is left would tell the classes \
      apart; `dfprep status` shows by reason and class where they went
      """)
  }
}
