private import Foundation
private import Records

/// A run's sums, counted again from the manifests of its results, to hold those of `run.json` against.
struct RunBooks {
  /// How every source ended, by family and path.
  private var ends: [String: SourceOutcome.Status] = [:]
  /// Samples that came out of the stages on videos.
  private var samples = 0
  /// Drops that are written down one by one, by stage and reason.
  private var drops: [String: [String: Int]] = [:]

  /// - Throws: an error of a manifest that cannot be read.
  init(_ record: RunRecord) throws {
    let inputs = TableInputs(record.inputs)
    for outcome in try inputs.outcomes() {
      samples += outcome.samples
      for source in outcome.sources { ends[Self.name(outcome.name, source.path)] = source.status }
      for drop in outcome.drops { count(drop) }
    }
    for drop in try inputs.drops() { count(drop) }
  }

  private mutating func count(_ drop: Drop) { drops[drop.stage, default: [:]][drop.reason, default: 0] += 1 }

  private static func name(_ family: String, _ path: String) -> String { "\(family)\n\(path)" }

  /// What does not add up.
  func problems(of record: RunRecord) -> [RunVerification.Problem] {
    sources(of: record) + record.stages.flatMap { stage($0) } + passages(of: record)
  }

  private func sources(of record: RunRecord) -> [RunVerification.Problem] {
    var problems: [RunVerification.Problem] = []
    var counts: [String: Int] = [:]
    for family in record.families {
      for source in family.sources {
        let end = ends[Self.name(family.name, source.path)]
        counts[end?.rawValue ?? "pending", default: 0] += 1
        guard end == nil else { continue }
        problems.append(
          .init(
            path: source.name, code: "unaccounted-source", message: "the run says nothing of how it ended; run again"))
      }
    }
    for end in Set(counts.keys).union(record.summary.sources.keys).sorted() {
      let (told, counted) = (record.summary.sources[end] ?? 0, counts[end] ?? 0)
      if told != counted {
        problems.append(Self.disagreement("sources", "\(told) \(end) by the books, \(counted) by the results"))
      }
    }
    return problems
  }

  private func stage(_ stage: StageRecord) -> [RunVerification.Problem] {
    let counts = stage.counts
    var problems: [RunVerification.Problem] = []
    if counts.unaccounted != 0 {
      let made = counts.made == 0 ? "" : " and \(counts.made) were made"
      problems.append(
        Self.disagreement(stage.id, "\(counts.input) came in\(made), \(counts.output + counts.left) ended"))
    }
    let named = drops[stage.id] ?? [:]
    for reason in Set(named.keys).union(counts.dropped.keys).sorted() {
      let (told, counted) = (counts.dropped[reason] ?? 0, named[reason] ?? 0)
      if told != counted {
        problems.append(
          Self.disagreement(stage.id, "\(told) dropped as \(reason) by the books, \(counted) by name"))
      }
    }
    return problems
  }

  /// What goes out of one stage comes into the next.
  private func passages(of record: RunRecord) -> [RunVerification.Problem] {
    var problems: [RunVerification.Problem] = []
    let ofVideos = record.stages.filter { $0.grain == .source }
    for (stage, next) in zip(ofVideos, ofVideos.dropFirst()) where stage.counts.output != next.counts.input {
      problems.append(
        Self.disagreement(next.id, "\(stage.counts.output) went out of \(stage.id), \(next.counts.input) came in"))
    }
    if let last = ofVideos.last, last.counts.output != samples {
      problems.append(Self.disagreement(last.id, "\(last.counts.output) went out, \(samples) were packed"))
    }
    // Stages on samples see those of videos alone, tables those that other stages made as well.
    var (alive, made) = (samples, 0)
    for stage in record.stages where stage.grain != .source && stage.state != .pending {
      // Of what is dropped beside made samples it is not known here which of the two it was.
      let comes = stage.grain == .sample && made > 0 ? nil : alive
      if let comes, comes != stage.counts.input {
        problems.append(Self.disagreement(stage.id, "\(comes) samples were there, \(stage.counts.input) came in"))
      }
      alive += stage.counts.made - stage.counts.left
      made += stage.counts.made
    }
    if alive != record.summary.samples {
      problems.append(
        Self.disagreement("samples", "\(record.summary.samples) by the books, \(alive) by the stages"))
    }
    return problems
  }

  private static func disagreement(_ path: String, _ message: String) -> RunVerification.Problem {
    .init(path: path, code: "counts-disagree", message: message)
  }
}
