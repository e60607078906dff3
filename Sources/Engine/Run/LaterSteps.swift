private import Foundation
private import Records

/// One sample stage of a run.
struct SampleStep {
  let coordinator: Coordinator
  let state: RunState
  let entry: PipelineSpec.StageEntry
  let type: any SampleStage.Type

  func run() throws {
    var plan = try state.samplePlan(entry)
    if coordinator.request.isFresh {
      for reference in plan.references { _ = try coordinator.forget(reference.folder) }
      plan = try state.samplePlan(entry)
    }
    let worked = !plan.pending.isEmpty
    if worked {
      let families = Dictionary(state.families.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      // The largest first, so that none waits long for the last.
      let samples = Dictionary(state.outcomes.map { ($0.name, $0.samples) }, uniquingKeysWith: { first, _ in first })
      let ordered = plan.pending.map { pending in
        (pending: pending, samples: pending.unit.families.reduce(0) { $0 + (samples[$1] ?? 0) })
      }.sorted { ($1.samples, $0.pending.unit.folder) < ($0.samples, $1.pending.unit.folder) }
      let tasks = ordered.map(\.pending).enumerated().map { index, pending in
        // A task's file holds what its unit needs; the whole description in each would grow as the square of the run.
        var description = state.description()
        description.families = pending.unit.families.compactMap { families[$0] }
        description.units = [pending.unit]
        return coordinator.task(
          "\(entry.id)-\(index)",
          .sampleUnit(
            SampleUnitWork(
              stage: entry, inputs: description, unit: pending.unit, stageFingerprint: plan.stage,
              given: pending.given, output: pending.folder.path(percentEncoded: false))))
      }
      try coordinator.runAll(tasks, label: entry.id)
      plan = try state.samplePlan(entry)
      guard plan.pending.isEmpty else {
        throw ToolError(.notFinished, "stage '\(entry.id)': \(plan.pending.count) units are unfinished; run again")
      }
    }
    try state.takeSamples(entry, puts: type.puts, plan: plan, state: worked ? .new : .cached)
    coordinator.progress.end(
      "\(entry.id): \(plan.counts.input) samples in, \(plan.counts.output) out\(worked ? "" : "  (already done)")")
    try coordinator.log(RunEvent("stage-done", stage: entry.id, detail: worked ? "new" : "cached"))
  }
}

/// One table stage of a run, with its parts.
struct TableStep {
  let coordinator: Coordinator
  let state: RunState
  let entry: PipelineSpec.StageEntry
  let type: any TableStage.Type

  func run() throws {
    let plan = try state.tablePlan(entry, type: type)
    var manifest = plan.manifest
    if manifest != nil, try coordinator.forget(plan.folder.path(percentEncoded: false)) { manifest = nil }
    let isCached = manifest != nil
    if manifest == nil { manifest = try work(plan) }
    guard let manifest else { throw InternalFault("stage '\(entry.id)' ended without a manifest") }
    state.takeTable(entry, type: type, plan: plan, manifest: manifest, state: isCached ? .cached : .new)
    if let folder = place {
      try coordinator.lease.check()
      try coordinator.run.publish(
        stage: entry.id, files: manifest.files, from: plan.folder, to: folder, check: coordinator.pause)
    }
    for line in manifest.outcome.summary.isEmpty ? ["done"] : manifest.outcome.summary {
      coordinator.progress.end("\(entry.id): \(line)\(isCached ? "  (already done)" : "")")
    }
    try coordinator.log(RunEvent("stage-done", stage: entry.id, detail: isCached ? "cached" : "new"))
    if let gate = manifest.outcome.failedGate { throw ToolError(.gateFailed, "stage '\(entry.id)': \(gate)") }
  }

  /// Folder of the run for the stage's files: of several stages of one name the last has the usual place, the others
  /// folders in it, called by their ids.
  private var place: String? {
    let last = coordinator.request.pipeline.stages.last { $0.name == entry.name }
    return type.publishesTo.map { last?.id == entry.id ? $0 : "\($0)/\(entry.id)" }
  }

  private func work(_ plan: RunState.TablePlan) throws -> ProductManifest? {
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
      if try state.store.manifest(in: folder, fingerprint: fingerprint) != nil,
        try !coordinator.forget(folder.path(percentEncoded: false))
      {
        continue
      }
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
  /// Failed tasks after which no further ones are begun: more of them are likely to fail for the same reason.
  private static let mostFailures = 3

  /// Runs tasks that must all succeed.
  ///
  /// One whose worker is killed is done once more, after the others. One that fails does not take those beside it down: what
  /// can be finished is, and then the first failure is thrown.
  func runAll(_ tasks: [WorkerTask], label: String) throws {
    guard !tasks.isEmpty else { return }
    let progress = progress
    let isSingle = tasks.count == 1
    progress.begin(label, total: isSingle ? 0 : tasks.count)
    var ended = 0
    var killed: Set<String> = []
    var excesses: [String: String] = [:]
    var failures: [ToolError] = []
    try executor.run(
      tasks, label: label,
      onEvent: { task, event in
        switch event {
        case .progress(let done, let total, let note):
          if isSingle {
            progress.update(done: done, total: total, note: note)
          } else {
            progress.update(done: ended, note: "\(task.id): \(note)")
          }
        case .exceeded(let why): excesses[task.id] = "\(label): \(why); run again with more"
        default: break
        }
      },
      onIdle: {
        try self.pause()
        progress.tick()
      },
      onEnd: { task, result in
        switch result {
        case .done:
          ended += 1
          if !isSingle { progress.update(done: ended) }
          return []
        case .failed(let message, let status):
          failures.append(ToolError(status, excesses[task.id] ?? "\(task.id): \(message)"))
        case .cutShort(_, let reason): failures.append(ToolError(.notFinished, "\(task.id): \(reason)"))
        case .crashed(let signal, _):
          try log(RunEvent("worker-ended", detail: "\(task.id), signal \(signal)"))
          if killed.insert(task.id).inserted { return [task] }
          failures.append(
            ToolError(
              .notFinished,
              "the worker of \(task.id) died of signal \(signal), twice; its log is \(run.plan.path(percentEncoded: false))/\(task.id).log; run again"
            ))
        }
        if failures.count >= Self.mostFailures { throw failures[0] }
        return []
      })
    if let first = failures.first { throw first }
  }
}
