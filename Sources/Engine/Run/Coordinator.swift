private import Foundation
internal import Records

/// Carries a pipeline from what the store has to what the pipeline asks for.
///
/// Holds no pixels and loads no library: all work is done by worker processes. May be killed at any moment and started
/// again; what is finished is found by fingerprint.
package final class Coordinator {
  let request: RunRequest
  let state: RunState
  let run: RunFolder
  let progress: Progress
  let executor: any Executor
  private let lease: Lease

  /// Checks what can be checked before any work, and takes the run's lease.
  package init(_ request: RunRequest, interruption: Interruption) throws {
    self.request = request
    run = RunFolder(root: URL(filePath: request.pipeline.output))
    try FileSystem.makeFolder(run.plan)
    lease = try Lease(run)
    try NumericsProfile.standard.checkContinues(run)
    state = try RunState(request)
    progress = Progress(isQuiet: request.isQuiet)
    let local = LocalExecutor(
      jobs: request.jobs, executable: request.executable, planFolder: run.plan, scratch: request.scratch,
      interruption: interruption)
    executor =
      switch request.engine {
      case .local: local
      case .slurm(let slurm): SlurmExecutor(slurm, request: request, run: run, local: local)
      }
  }

  /// Does what is not yet done.
  ///
  /// - Returns: the record that was also written to `run.json`.
  /// - Throws: ``ToolError``; the record and the catalog are up to date even then.
  package func work() throws -> RunRecord {
    try run.log(RunEvent("run-started"))
    for count in RoleCount.all(of: state.families) where count.isHeldOut {
      try run.log(RunEvent("held-out", detail: count.text))
    }
    do {
      let wanted = try state.laterEntriesWanted()
      try run.withdraw(except: Set(request.pipeline.stages.map(\.id)))
      try SourceStep(coordinator: self).run()
      try checkTolerance()
      try checkGates()
      for entry in wanted {
        switch request.registry[entry.name] {
        case let type as any SampleStage.Type: try SampleStep(coordinator: self, entry: entry, type: type).run()
        case let type as any TableStage.Type: try TableStep(coordinator: self, entry: entry, type: type).run()
        default: throw InternalFault("stage '\(entry.name)' has no grain")
        }
      }
      let record = try writeRecord(isFinished: true)
      try run.log(RunEvent("run-finished"))
      return record
    } catch {
      progress.stop()
      // Whatever keeps the books from being written, why the run stopped is what the user needs to know.
      _ = try? writeRecord(isFinished: false)
      try? run.log(RunEvent("run-stopped", detail: "\(error)"))
      throw error
    }
  }

  /// Writes `run.json` and the catalog.
  @discardableResult
  func writeRecord(isFinished: Bool) throws -> RunRecord {
    let reached = Set(state.history.map(\.id))
    let pending = request.pipeline.stages.filter { !reached.contains($0.id) }.map { entry in
      StageRecord(
        id: entry.id, name: entry.name, grain: request.registry[entry.name].map { Grain($0) } ?? .table,
        fingerprint: nil, state: .pending, counts: StageCounts(), seconds: 0, summary: [])
    }
    let record = RunRecord(
      numericsProfile: NumericsProfile.standard.name, store: request.store.path(percentEncoded: false),
      modelsFolder: request.modelsFolder.path(percentEncoded: false), inputs: state.description(),
      stages: state.history + pending, frames: state.frames, problems: request.listing.problems,
      isFinished: isFinished && pending.isEmpty)
    try FileSystem.writeJSON(record, to: run.record)
    try Catalog.rebuild(run, record: record, scratch: request.scratch)
    return record
  }

  func task(_ id: String, _ work: WorkerTask.Work) -> WorkerTask {
    WorkerTask(
      id: id, seed: request.pipeline.seed, modelsFolder: request.modelsFolder.path(percentEncoded: false),
      roots: request.listing.roots, work: work,
      events: run.plan.appending(path: "\(id).events.jsonl").path(percentEncoded: false))
  }

  /// Stops before hours of later stages are spent on too little.
  private func checkTolerance() throws {
    let sources = state.outcomes.flatMap(\.sources)
    let bad = sources.filter { $0.status != .done }
    guard Double(bad.count) > request.pipeline.failedSourcesTolerance * Double(sources.count) else {
      guard state.outcomes.contains(where: { $0.samples > 0 }) else {
        throw ToolError(
          .failed, "no sample came out of \(sources.count) sources; `dfprep status` shows where they were dropped")
      }
      return
    }
    let examples = bad.prefix(5).map { "  \($0.path): \($0.failure?.description ?? $0.status.rawValue)" }
    throw ToolError(
      .tooManyFailures,
      """
      \(bad.count) of \(sources.count) sources failed, more than the tolerated \
      \(request.pipeline.failedSourcesTolerance * 100) % (`tolerance: {failed-sources: ...}`):
      \(examples.joined(separator: "\n"))
      """)
  }

  /// Stops where a detector could learn the class from whose faces are missing.
  private func checkGates() throws {
    let frames = state.frames
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
