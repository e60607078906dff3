private import Foundation
package import Records

/// What `run` would do, worked out without doing it.
package struct RunPlan: Codable, Sendable {
  /// One stage's prospects.
  package struct Line: Codable, Sendable {
    package var stage: String
    package var grain: Grain
    /// `cached`, `new`, `stale` or `unknown`.
    package var state: String
    /// Items already done, and to be done; zero where it cannot be known yet.
    package var done: Int
    package var pending: Int
    package var reason: String
    package var options: JSONValue
    package var fingerprint: Digest?
  }

  package var families: Int
  package var sources: Int
  /// What is trained on and what is held out, by dataset.
  package var roles: [RoleCount]
  package var lines: [Line]

  package init(_ request: RunRequest) throws {
    let state = try RunState(request)
    families = state.families.count
    sources = state.families.reduce(0) { $0 + $1.sources.count }
    roles = RoleCount.all(of: state.families)
    lines = []
    let plan = try SourcePlan(
      state.families, chain: state.chain, store: state.store, roots: request.listing.roots)
    let reasons = Dictionary(grouping: plan.pending, by: \.reason).mapValues(\.count)
      .sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    for entry in state.sourceEntries {
      lines.append(
        Line(
          stage: entry.id, grain: .source,
          state: plan.pending.isEmpty ? "cached" : plan.outcomes.isEmpty ? "new" : "stale",
          done: plan.outcomes.count, pending: plan.pending.count,
          reason: plan.pending.isEmpty ? "" : "families: \(reasons.joined(separator: ", "))", options: entry.options,
          fingerprint: state.chain))
    }
    state.take(plan)
    state.recordSources(state: .cached)
    var blocker = plan.pending.isEmpty ? nil : state.sourceEntries.last?.id
    for entry in try state.laterEntriesWanted() {
      let type = request.registry[entry.name]
      if let blocker {
        lines.append(
          Line(
            stage: entry.id, grain: type.map { Grain($0) } ?? .table, state: "unknown", done: 0, pending: 0,
            reason: "unknown until \(blocker)", options: entry.options))
        continue
      }
      if let sample = type as? any SampleStage.Type {
        let units = try state.sampleUnits(entry)
        let pending = units.count { !$0.isDone }
        lines.append(
          Line(
            stage: entry.id, grain: .sample, state: pending == 0 ? "cached" : pending == units.count ? "new" : "stale",
            done: units.count - pending, pending: pending,
            reason: pending == 0 ? "" : "\(pending) units without a result for these options and samples",
            options: entry.options))
        if pending > 0 {
          blocker = entry.id
        } else {
          try state.takeSamples(entry, puts: sample.puts, units: units, state: .cached)
        }
      } else if let table = type as? any TableStage.Type {
        let tablePlan = try state.tablePlan(entry, type: table)
        lines.append(
          Line(
            stage: entry.id, grain: .table, state: tablePlan.manifest == nil ? "new" : "cached",
            done: tablePlan.manifest == nil ? 0 : 1, pending: tablePlan.manifest == nil ? 1 : 0,
            reason: tablePlan.manifest == nil ? "no result for these options and inputs" : "", options: entry.options,
            fingerprint: tablePlan.fingerprint))
        if let manifest = tablePlan.manifest {
          state.takeTable(
            entry, type: table, plan: tablePlan, manifest: manifest, seconds: manifest.seconds, state: .cached)
        } else {
          blocker = entry.id
        }
      }
    }
  }
}
