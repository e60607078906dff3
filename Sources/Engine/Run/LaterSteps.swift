private import Foundation
private import Records

/// One sample stage of a run.
struct SampleStep {
  let coordinator: Coordinator
  let entry: PipelineSpec.StageEntry
  let type: any SampleStage.Type

  func run() throws {
    let state = coordinator.state
    let units = try state.sampleUnits(entry)
    let pending = units.filter { !$0.isDone }
    if !pending.isEmpty {
      if let parent = pending.first?.folder.deletingLastPathComponent() { try Store.sweep(parent) }
      let families = Dictionary(state.families.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      let tasks = pending.enumerated().map { index, unit in
        // A task's file holds what its unit needs; the whole description in each would grow as the square of the run.
        var description = state.description()
        description.families = unit.reference.families.compactMap { families[$0] }
        description.units = [unit.reference]
        return coordinator.task(
          "\(entry.id)-\(index)",
          .sampleUnit(
            SampleUnitWork(
              stage: entry, inputs: description, unit: unit.reference, fingerprint: unit.fingerprint,
              output: unit.folder.path(percentEncoded: false))))
      }
      try coordinator.runAll(tasks, label: entry.id)
    }
    try state.takeSamples(entry, puts: type.puts, units: units, state: pending.isEmpty ? .cached : .new)
    let counts = state.history.last?.counts ?? StageCounts()
    coordinator.progress.end(
      "\(entry.id): \(counts.input) samples in, \(counts.output) out\(pending.isEmpty ? "  (already done)" : "")")
    try coordinator.run.log(RunEvent("stage-done", stage: entry.id, detail: pending.isEmpty ? "cached" : "new"))
  }
}

/// One table stage of a run, with its parts.
struct TableStep {
  let coordinator: Coordinator
  let entry: PipelineSpec.StageEntry
  let type: any TableStage.Type

  func run() throws {
    let state = coordinator.state
    let plan = try state.tablePlan(entry, type: type)
    var manifest = plan.manifest
    if manifest == nil {
      try Store.sweep(plan.folder.deletingLastPathComponent())
      manifest = try work(plan)
    }
    guard let manifest else { throw InternalFault("stage '\(entry.id)' ended without a manifest") }
    let isCached = plan.manifest != nil
    state.takeTable(
      entry, type: type, plan: plan, manifest: manifest, seconds: manifest.seconds, state: isCached ? .cached : .new)
    if let folder = place {
      try coordinator.run.publish(stage: entry.id, files: manifest.files, from: plan.folder, to: folder)
    }
    for line in manifest.outcome.summary.isEmpty ? ["done"] : manifest.outcome.summary {
      coordinator.progress.end("\(entry.id): \(line)\(isCached ? "  (already done)" : "")")
    }
    try coordinator.run.log(RunEvent("stage-done", stage: entry.id, detail: isCached ? "cached" : "new"))
    if let gate = manifest.outcome.failedGate { throw ToolError(.gateFailed, "stage '\(entry.id)': \(gate)") }
  }

  /// Folder of the run for the stage's files: of several stages of one name the last has the usual place, the others
  /// folders in it, called by their ids.
  private var place: String? {
    let last = coordinator.request.pipeline.stages.last { $0.name == entry.name }
    return type.publishesTo.map { last?.id == entry.id ? $0 : "\($0)/\(entry.id)" }
  }

  private func work(_ plan: RunState.TablePlan) throws -> ProductManifest? {
    let state = coordinator.state
    let description = state.description()
    guard let stage = try coordinator.request.registry.make(entry) as? any TableStage else {
      throw InternalFault("stage '\(entry.name)' is not of the table grain")
    }
    var folders: [String: String] = [:]
    var tasks: [WorkerTask] = []
    for part in try stage.parts(TableInputs(description)) {
      var builder = FingerprintBuilder("part")
      builder.add("stage", plan.fingerprint)
      builder.add("part", part)
      let fingerprint = builder.finish()
      let folder = state.store.tableFolder("\(entry.id)-\(part)", fingerprint)
      folders[part] = folder.path(percentEncoded: false)
      if try state.store.manifest(in: folder, fingerprint: fingerprint) != nil { continue }
      tasks.append(
        coordinator.task(
          "\(entry.id)-\(part)",
          .table(
            TableWork(
              stage: entry, inputs: description, part: part, parts: [:], fingerprint: fingerprint,
              output: folder.path(percentEncoded: false)))))
    }
    try coordinator.runAll(tasks, label: entry.id)
    let task = coordinator.task(
      entry.id,
      .table(
        TableWork(
          stage: entry, inputs: description, part: nil, parts: folders, fingerprint: plan.fingerprint,
          output: plan.folder.path(percentEncoded: false))))
    try coordinator.runAll([task], label: entry.id)
    return try state.store.manifest(in: plan.folder, fingerprint: plan.fingerprint)
  }
}

extension Coordinator {
  /// Runs tasks that must all succeed.
  func runAll(_ tasks: [WorkerTask], label: String) throws {
    guard !tasks.isEmpty else { return }
    let progress = progress
    let isSingle = tasks.count == 1
    progress.begin(label, total: isSingle ? 0 : tasks.count)
    var ended = 0
    try executor.run(
      tasks, label: label,
      onEvent: { task, event in
        guard case .progress(let done, let total, let note) = event else { return }
        if isSingle {
          progress.update(done: done, total: total, note: note)
        } else {
          progress.update(done: ended, note: "\(task.id): \(note)")
        }
      }, onIdle: { progress.tick() },
      onEnd: { task, result in
        switch result {
        case .done:
          ended += 1
          if !isSingle { progress.update(done: ended) }
          return []
        case .failed(let message, let status): throw ToolError(status, "\(task.id): \(message)")
        case .cutShort(_, let reason): throw ToolError(.notFinished, "\(task.id): \(reason)")
        case .crashed(let signal, _):
          throw ToolError(
            .notFinished,
            "the worker of \(task.id) died of signal \(signal); its log is \(run.plan.path(percentEncoded: false))/\(task.id).log; run again"
          )
        }
      })
  }
}
