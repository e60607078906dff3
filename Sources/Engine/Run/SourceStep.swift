private import Foundation
private import Records

/// The source grain of a run: finds the families that are not done, cuts them into units, has them done.
struct SourceStep {
  let coordinator: Coordinator
  let state: RunState

  func run() throws {
    guard !state.families.isEmpty else {
      throw ToolError(
        .badConfiguration,
        "the datasets of this pipeline hold no source at all; `dfprep datasets` shows what was looked for")
    }
    var plan = try state.sourcePlan(retrying: coordinator.request.retriesFailures, check: coordinator.pause)
    if coordinator.request.isFresh {
      for reference in plan.references { _ = try coordinator.forget(reference.folder) }
      plan = try state.sourcePlan(check: coordinator.pause)
    }
    let label = state.sourceEntries.map(\.id).joined(separator: " > ")
    let worked = !plan.pending.isEmpty
    var left: [String: String] = [:]
    if worked {
      let work = SourceWork(coordinator: coordinator, state: state, done: plan.outcomes, label: label)
      do { left = try work.run(plan.pending) } catch {
        // The record of a run that stops here shows what was finished, unless that cannot even be looked up.
        if let reached = try? state.sourcePlan(check: coordinator.pause) { state.take(reached) }
        throw error
      }
      plan = try state.sourcePlan(check: coordinator.pause)
    }
    state.take(plan)
    state.recordSources(state: worked ? .new : .cached)
    let samples = plan.outcomes.reduce(0) { $0 + $1.samples }
    let failed = plan.outcomes.reduce(0) { $0 + $1.badSources.count }
    coordinator.progress.end(
      "\(label): \(state.families.reduce(0) { $0 + $1.sources.count }) sources, \(samples) samples"
        + (failed > 0 ? ", \(failed) sources failed" : "") + (worked ? "" : "  (already done)"))
    try coordinator.log(RunEvent("stage-done", stage: label, detail: worked ? "new" : "cached"))
    guard plan.pending.isEmpty else {
      let names = plan.pending.prefix(5).map { pending in
        "  \(pending.family.name)" + (left[pending.family.name].map { ": \($0)" } ?? "")
      }
      throw ToolError(
        .notFinished,
        "\(plan.pending.count) families are unfinished (a file could not be read, or a worker was ended); run again:\n"
          + names.joined(separator: "\n"))
    }
  }
}
