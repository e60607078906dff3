package import Records

/// Keeps the books of one family's pass: what went into each stage, what came out, what was left out and why.
package final class FamilyLedger {
  /// Two frames that show the same moment: a fake's, and its original's.
  package struct Pair: Hashable, Sendable {
    /// `source@pts` of the fake's frame.
    package let fake: String
    /// `source@pts` of the original's frame.
    package let original: String

    package init(fake: String, original: String) {
      self.fake = fake
      self.original = original
    }
  }

  /// The family being worked on.
  package let family: Family
  /// Drops in the order they happened.
  package private(set) var drops: [Drop] = []
  /// By stage id.
  package private(set) var counts: [String: StageCounts] = [:]
  /// Remarks on the current source (frames missing, decoder errors), by source path.
  package private(set) var notes: [String: [SourceNote]] = [:]
  /// What stages found out about a source's file, by source path.
  package private(set) var facts: [String: [String: JSONValue]] = [:]
  /// The frames that were chosen beside one another, whatever became of them later.
  package private(set) var pairs: [Pair] = []
  /// Items that came out of each stage, by the label of their source.
  private var outputs: [String: [Label: Int]] = [:]
  /// Label of the source in hand.
  private var label: Label?

  package init(family: Family) { self.family = family }

  /// Records that `item` goes no further.
  ///
  /// - Parameter label: its class; that of the source in hand unless given.
  package func drop(stage: String, item: String, reason: String, detail: String? = nil, label: Label? = nil) {
    let drop = Drop(stage: stage, item: item, reason: reason, detail: detail, label: label ?? self.label)
    drops.append(drop)
    counts[stage, default: StageCounts()].drop(drop)
  }

  /// Records a fact about a source that is no reason to leave it out.
  package func note(source: Source, code: String, detail: String) {
    notes[source.path, default: []].append(SourceNote(code: code, detail: detail))
  }

  /// Records what a source's file says of itself: for audits, not for the samples.
  package func record(source: Source, facts: [String: JSONValue]) {
    self.facts[source.path, default: [:]].merge(facts) { $1 }
  }

  /// Records that two frames were chosen beside one another.
  package func pair(fake: String, original: String) { pairs.append(Pair(fake: fake, original: original)) }

  /// Counts items that a stage puts beside those that came in. Every one of them ends like any other.
  package func make(_ stage: String, count: Int = 1) { counts[stage, default: StageCounts()].made += count }

  /// Items that came out of a stage or were dropped there so far.
  package func ended(_ stage: String) -> Int { counts[stage].map { $0.output + $0.dropped.values.reduce(0, +) } ?? 0 }

  /// Says which source is in hand from here on.
  func begin(_ source: Source) { label = source.label }
  func enter(_ stage: String) { counts[stage, default: StageCounts()].input += 1 }
  func leave(_ stage: String) {
    counts[stage, default: StageCounts()].output += 1
    if let label { outputs[stage, default: [:]][label, default: 0] += 1 }
  }
  func fail(_ stage: String, code: String) { counts[stage, default: StageCounts()].failed[code, default: 0] += 1 }

  /// What became of the frames that the first stage, `stage`, was to put out, given the samples at the end.
  func frames(of stage: String, samples: some Sequence<Sample>) -> FrameTallies {
    var kept: [Label: Set<String>] = [:]
    for sample in samples where !sample.isMade {
      kept[sample.label, default: []].insert("\(sample.path)@\(sample.pts)")
    }
    var tallies = FrameTallies()
    for label in Label.allCases {
      let dropped = drops.count { $0.stage == stage && $0.label == label }
      tallies[label] = FrameTally(
        asked: dropped + (outputs[stage]?[label] ?? 0), kept: kept[label]?.count ?? 0)
    }
    return tallies
  }
}

/// A remark on a source.
package struct SourceNote: Codable, Hashable, Sendable {
  package var code: String
  package var detail: String
}
