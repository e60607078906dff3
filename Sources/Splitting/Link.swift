internal import Records

/// Samples that have one thing in common.
struct Link {
  var kind: LinkKind
  /// What they have in common: a family, a person of a dataset, a parent's key, two keys.
  var name: String
  /// Indices of the samples, ascending, at least two.
  var members: [Int]

  /// Every link between `samples`, by kind and name.
  ///
  /// - Throws: when an extra link names a sample that is not there.
  static func all(of samples: [Sample], extraLinks: [ExtraLink]) throws(SplittingError) -> [Link] {
    var members: [LinkKind: [String: [Int]]] = [:]
    func add(_ kind: LinkKind, _ name: String?, _ index: Int) {
      if let name { members[kind, default: [:]][name, default: []].append(index) }
    }
    let indices = Dictionary(samples.indices.map { (samples[$0].key, $0) }) { first, _ in first }
    let donors = Set(samples.compactMap { scoped($0, $0.donor) })
    for (index, sample) in samples.enumerated() {
      add(.family, sample.family, index)
      add(.identity, scoped(sample, sample.identity), index)
      add(.sourceVideo, scoped(sample, sample.sourceVideo), index)
      add(.donor, scoped(sample, sample.donor), index)
      if let person = scoped(sample, sample.identity), donors.contains(person) { add(.donor, person, index) }
      for parent in sample.parents {
        add(.parent, parent, index)
        // A parent that was dropped since still ties its children together.
        if let parentIndex = indices[parent] { add(.parent, parent, parentIndex) }
      }
    }
    for link in extraLinks {
      guard let first = indices[link.first], let second = indices[link.second] else {
        let missing = indices[link.first] == nil ? link.first : link.second
        throw SplittingError(
          code: .unknownSample, message: "a \(link.kind.rawValue) link names \(missing), which is not among the samples"
        )
      }
      let name = "\(min(link.first, link.second)) \(max(link.first, link.second))"
      add(link.kind, name, first)
      add(link.kind, name, second)
    }
    return LinkKind.allCases.flatMap { kind in
      (members[kind] ?? [:]).sorted { $0.key < $1.key }.compactMap { name, indices in
        let distinct = Set(indices).sorted()
        return distinct.count > 1 ? Link(kind: kind, name: name, members: distinct) : nil
      }
    }
  }

  /// A name means the same only within its dataset: `id0` of one is not `id0` of another.
  private static func scoped(_ sample: Sample, _ name: String?) -> String? { name.map { "\(sample.dataset)/\($0)" } }
}
