package import Records

/// Keeps the books of one family's pass: what went into each stage, what came out, what was left out and why.
package final class FamilyLedger {
  /// The family being worked on.
  package let family: Family
  /// Drops in the order they happened.
  package private(set) var drops: [Drop] = []
  /// By stage id.
  package private(set) var counts: [String: StageCounts] = [:]
  /// Remarks on the current source (frames missing, decoder errors), by source path.
  package private(set) var notes: [String: [SourceNote]] = [:]

  package init(family: Family) { self.family = family }

  /// Records that `item` goes no further.
  package func drop(stage: String, item: String, reason: String, detail: String? = nil) {
    drops.append(Drop(stage: stage, item: item, reason: reason, detail: detail))
    counts[stage, default: StageCounts()].dropped[reason, default: 0] += 1
  }

  /// Records a fact about a source that is no reason to leave it out.
  package func note(source: Source, code: String, detail: String) {
    notes[source.path, default: []].append(SourceNote(code: code, detail: detail))
  }

  func enter(_ stage: String) { counts[stage, default: StageCounts()].input += 1 }
  func leave(_ stage: String) { counts[stage, default: StageCounts()].output += 1 }
  func fail(_ stage: String, code: String) { counts[stage, default: StageCounts()].failed[code, default: 0] += 1 }
}

/// A remark on a source.
package struct SourceNote: Codable, Hashable, Sendable {
  package var code: String
  package var detail: String
}

/// What went through one stage. For stages that put out one item per item, `input == output + dropped + failed`.
package struct StageCounts: Codable, Hashable, Sendable {
  package var input = 0
  package var output = 0
  package var dropped: [String: Int] = [:]
  package var failed: [String: Int] = [:]

  package init() {}

  package static func + (left: StageCounts, right: StageCounts) -> StageCounts {
    var sum = left
    sum.input += right.input
    sum.output += right.output
    sum.dropped.merge(right.dropped, uniquingKeysWith: +)
    sum.failed.merge(right.failed, uniquingKeysWith: +)
    return sum
  }
}
