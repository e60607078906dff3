internal import Engine
internal import Records
internal import Splitting

/// Which of the crops that look alike go, and which are linked.
struct DuplicateDecision {
  private(set) var drops: [Drop] = []
  private(set) var links = LinkTable()

  /// - Parameters:
  ///   - samples: in key order; nothing depends on any other.
  ///   - found: pairs of their indices, of different families.
  ///   - dropCorrelation: from which on two crops are the same picture.
  ///   - stage: id of the stage, for the record of a drop.
  init(_ samples: [Sample], _ found: [NearDuplicate], dropCorrelation: Double, stage: String) {
    var dropped: Set<Int> = []
    for pair in found {
      // The smaller key survives.
      let (kept, other) = (min(pair.first, pair.second), max(pair.first, pair.second))
      guard !dropped.contains(kept), !dropped.contains(other) else { continue }
      if pair.correlation >= dropCorrelation, Self.mayDrop(samples[kept], samples[other]) {
        dropped.insert(other)
        drops.append(
          Drop(
            stage: stage, item: samples[other].key, reason: "near-duplicate",
            detail: "\(pair.bits) bits\(pair.isMirrored ? ", mirrored," : "") from \(samples[kept].key)"))
      } else {
        links.add(
          LinkTable.Row(
            first: samples[kept].key, second: samples[other].key, kind: .nearDuplicate, similarity: pair.correlation,
            bits: pair.bits, isMirrored: pair.isMirrored))
      }
    }
    // What was made of a dropped crop goes with it: no sample may lack its parent.
    let gone = Set(drops.map(\.item))
    for sample in samples where !gone.contains(sample.key) && sample.parents.contains(where: gone.contains) {
      drops.append(Drop(stage: stage, item: sample.key, reason: "parent-dropped"))
    }
    links.remove(Set(drops.map(\.item)))
  }

  /// Copies of one label in the training, from sources that nothing else ties together.
  private static func mayDrop(_ one: Sample, _ other: Sample) -> Bool {
    let ofOneVideo = one.sourceVideo != nil && one.dataset == other.dataset && one.sourceVideo == other.sourceVideo
    return one.role == .train && other.role == .train && one.label == other.label && one.family != other.family
      && !ofOneVideo
  }
}
