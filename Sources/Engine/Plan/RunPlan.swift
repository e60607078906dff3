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
    /// What is not as it was when the run last came here.
    package var changes: [Dependencies.Change]
    /// What the work left may take, from earlier work like it: worker seconds, bytes of the store.
    package var estimate: Estimate?
  }

  package var families: Int
  package var sources: Int
  /// What is trained on and what is held out, by dataset.
  package var roles: [RoleCount]
  package var lines: [Line]
  /// All that is left: seconds of this machine with its workers, bytes of the store; absent where a stage that is left was
  /// never done before.
  package var estimate: Estimate?

  package init(_ request: RunRequest) throws {
    let state = try RunState(request)
    families = state.families.count
    sources = state.families.reduce(0) { $0 + $1.sources.count }
    roles = RoleCount.all(of: state.families)
    lines = []
    let before = try? RunFolder(root: URL(filePath: request.pipeline.output)).readSummary()
    var book = EstimateBook(own: before, store: state.store, sources: sources)
    func changes(_ entry: PipelineSpec.StageEntry, _ now: Dependencies?) -> [Dependencies.Change] {
      guard let now, let old = before?.stages.first(where: { $0.id == entry.id })?.dependencies else { return [] }
      return now.changes(since: old)
    }
    func line(
      _ entry: PipelineSpec.StageEntry, _ grain: Grain, done: Int, pending: Int, why: String, now: Dependencies?,
      fingerprint: Digest?, share: Double, goesWithStale: Bool = false
    ) -> Line {
      let changes = pending == 0 ? [] : changes(entry, now)
      let isStale = !changes.isEmpty || done > 0 || goesWithStale
      return Line(
        stage: entry.id, grain: grain, state: pending == 0 ? "cached" : isStale ? "stale" : "new", done: done,
        pending: pending,
        reason: pending == 0 ? "" : ([why] + changes.map(\.description)).filter { !$0.isEmpty }.joined(separator: "; "),
        options: entry.options, fingerprint: fingerprint, changes: changes,
        estimate: pending == 0 ? Estimate() : book.estimate(entry, share: share))
    }

    let plan = try state.sourcePlan(retrying: request.retriesFailures)
    let reasons = Dictionary(grouping: plan.pending, by: \.reason).mapValues(\.count)
      .sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    state.take(plan)
    state.recordSources(state: .cached)
    book.add(state.history, sources: plan.outcomes.reduce(0) { $0 + $1.sources.count })
    // One that changes takes all stages on videos with it: they are one pass.
    let changed = state.sourceEntries.filter { !changes($0, state.stages[$0.id]?.dependencies).isEmpty }.map(\.id)
    func why(_ entry: PipelineSpec.StageEntry) -> String {
      if reasons.isEmpty { return "" }
      if changed.isEmpty { return "families: \(reasons.joined(separator: ", "))" }
      let pass = changed.contains(entry.id) ? "" : " in one pass with \(changed.joined(separator: ", "))"
      return "\(plan.pending.count) families\(pass)"
    }
    let pendingSources = plan.pending.reduce(0) { $0 + $1.family.sources.count }
    for entry in state.sourceEntries {
      lines.append(
        line(
          entry, .source, done: plan.outcomes.count, pending: plan.pending.count,
          why: why(entry),
          now: state.stages[entry.id]?.dependencies, fingerprint: state.chain,
          share: Double(pendingSources) / Double(max(1, sources)), goesWithStale: !changed.isEmpty))
    }
    var blocker = plan.pending.isEmpty ? nil : state.sourceEntries.last?.id
    for entry in try state.laterEntriesWanted() {
      let type = request.registry[entry.name]
      if let blocker {
        // What comes to the stage is unknown; what is said to it is not.
        let old = before?.stages.first { $0.id == entry.id }?.dependencies?.own
        let own = old.flatMap { state.stages[entry.id]?.dependencies.changes(since: $0) } ?? []
        lines.append(
          Line(
            stage: entry.id, grain: type.map { Grain($0) } ?? .table, state: "unknown", done: 0, pending: 0,
            reason: (["unknown until \(blocker)"] + own.map(\.description)).joined(separator: "; "),
            options: entry.options, changes: own, estimate: book.estimate(entry, share: 1)))
        continue
      }
      if let sample = type as? any SampleStage.Type {
        let plan = try state.samplePlan(entry)
        let pending = plan.pending.reduce(0) { $0 + $1.given.count }
        let done = plan.references.reduce(0) { $0 + $1.families.count }
        lines.append(
          line(
            entry, .sample, done: done, pending: pending,
            why: "\(pending) families without a result for these options and samples",
            now: try state.dependencies(samples: entry), fingerprint: plan.stage,
            share: Double(pending) / Double(max(1, pending + done))))
        if pending > 0 {
          blocker = entry.id
        } else {
          try state.takeSamples(entry, puts: sample.puts, plan: plan, state: .cached)
        }
      } else if let table = type as? any TableStage.Type {
        let plan = try state.tablePlan(entry, type: table)
        let isDone = plan.manifest != nil
        lines.append(
          line(
            entry, .table, done: isDone ? 1 : 0, pending: isDone ? 0 : 1, why: "no result for these options and inputs",
            now: plan.dependencies, fingerprint: plan.fingerprint, share: 1))
        if let manifest = plan.manifest {
          state.takeTable(entry, type: table, plan: plan, manifest: manifest, state: .cached)
        } else {
          blocker = entry.id
        }
      }
    }
    estimate = Estimate.total(of: lines, jobs: request.jobs)
  }
}

/// What work may take, judged by work like it that was done.
package struct Estimate: Codable, Hashable, Sendable {
  package var seconds = 0.0
  package var bytes = 0

  /// Of a whole run on `jobs` workers; `nil` where a line has none.
  static func total(of lines: [RunPlan.Line], jobs: Int) -> Estimate? {
    var total = Estimate()
    for line in lines {
      guard let estimate = line.estimate else { return nil }
      // A table stage runs alone; units share the workers.
      total.seconds += estimate.seconds / Double(line.grain == .table ? 1 : max(1, jobs))
      total.bytes += estimate.bytes
    }
    return total
  }
}

/// How long stages took before, and how much they left: of what is done of this run's stages, else in this run's last record,
/// else in those of other runs in the store. By the number of sources.
private struct EstimateBook {
  private var records: [(stages: [StageRecord], sources: Int)] = []
  private let sources: Int

  init(own: RunSummary?, store: Store, sources: Int) {
    self.sources = sources
    // A run that cannot be read tells nothing.
    let others = (try? store.users())?.compactMap { try? RunFolder(root: URL(filePath: $0.folder)).readSummary() } ?? []
    for summary in [own].compactMap(\.self) + others {
      records.append((summary.stages, summary.sources.filter { $0.key != "pending" }.values.reduce(0, +)))
    }
  }

  mutating func add(_ stages: [StageRecord], sources: Int) { records.insert((stages, sources), at: 0) }

  /// Of `share` of a stage's work on all sources of this run.
  func estimate(_ entry: PipelineSpec.StageEntry, share: Double) -> Estimate? {
    for (stages, count) in records where count > 0 {
      guard let stage = stages.first(where: { $0.id == entry.id && $0.name == entry.name && $0.state != .pending })
      else { continue }
      let factor = share * Double(sources) / Double(count)
      return Estimate(seconds: stage.seconds * factor, bytes: Int(Double(stage.bytes ?? 0) * factor))
    }
    return nil
  }
}
