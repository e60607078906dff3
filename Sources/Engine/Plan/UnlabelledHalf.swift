internal import Records

/// Gives a part of what is held out the role `unlabelled`: it may be looked at in training, without its labels, and is no
/// part of any test. It has no group in common with what stays in the test.
///
/// A group is what shares, within a dataset, a family, an identity, a donor or a source video, directly or through others.
struct UnlabelledHalf {
  private let part: PipelineSpec.UnlabelledPart
  private let seed: UInt64

  init(_ part: PipelineSpec.UnlabelledPart, seed: UInt64) { (self.part, self.seed) = (part, seed) }

  /// The families in the same order, some with another role.
  func applied(to families: [Family]) -> [Family] {
    let tested = families.indices.filter { families[$0].sources.contains { $0.role == .test } }
    let groups = groups(of: tested.map { families[$0] })
    // A group that goes beyond what is meant stays in the test whole.
    let others = zip(tested, groups).filter { !isMeant(families[$0.0]) }.map(\.1)
    let names = Set(groups).subtracting(others).sorted()
    let places = KeySample.places(
      names, count: Int((part.share * Double(names.count)).rounded()), seed: seed, stage: "hold-out/unlabelled")
    let chosen = Set(places.map { names[$0] })
    var result = families
    for (index, group) in zip(tested, groups) where chosen.contains(group) {
      for source in result[index].sources.indices where result[index].sources[source].role == .test {
        result[index].sources[source].role = .unlabelled
      }
    }
    return result
  }

  private func isMeant(_ family: Family) -> Bool {
    if part.datasets.isEmpty, part.methods.isEmpty { return true }
    return family.sources.contains { source in
      part.datasets.contains(source.dataset)
        || source.label == .fake && source.method.map(part.methods.contains) ?? false
    }
  }

  /// The name of each family's group: that of the first family in it.
  private func groups(of families: [Family]) -> [String] {
    var sets = DisjointSets(count: families.count)
    var firstWith: [[String]: Int] = [:]
    for (index, family) in families.enumerated() {
      for source in family.sources {
        // A donor is the person that an identity is.
        let ties = [
          source.identity.map { ["person", source.dataset, $0] }, source.donor.map { ["person", source.dataset, $0] },
          source.sourceVideo.map { ["video", source.dataset, $0] },
        ]
        for tie in ties.compactMap(\.self) {
          guard let other = firstWith[tie] else {
            firstWith[tie] = index
            continue
          }
          sets.join(other, index)
        }
      }
    }
    var names: [Int: String] = [:]
    return families.indices.map { index in
      let root = sets.root(of: index)
      let name = names[root] ?? families[index].name
      names[root] = name
      return name
    }
  }
}
