package import Records

/// Links that cross from the training side of a split to its validation side.
package struct LinkAudit: Codable, Hashable, Sendable {
  /// Crossings of one kind.
  package struct Crossing: Codable, Hashable, Sendable {
    /// Things in common (a person, a video, a pair of pictures) that both sides have.
    package var links: Int
    /// Validation samples that such a thing ties to training ones.
    package var validationSamples: Int
    /// The first few of the things in common, in order.
    package var examples: [String]
  }

  /// By kind; a kind that nowhere crosses is absent.
  package var crossings: [LinkKind: Crossing]

  /// Counts the links of `kinds`; samples in neither side are passed over.
  ///
  /// - Throws: for an extra link to a sample that is not there.
  package static func crossings(
    of samples: [Sample], training: Set<String>, validation: Set<String>,
    kinds: Set<LinkKind> = Set(LinkKind.allCases), extraLinks: [ExtraLink] = [], exampleCount: Int = 5
  ) throws(SplittingError) -> LinkAudit {
    let samples = samples.sorted { $0.key < $1.key }
    var crossings: [LinkKind: Crossing] = [:]
    var seen: [LinkKind: Set<Int>] = [:]
    for link in try Link.all(of: samples.map(LinkedItem.init), extraLinks: extraLinks) where kinds.contains(link.kind) {
      let validated = link.members.filter { validation.contains(samples[$0].key) }
      guard !validated.isEmpty, link.members.contains(where: { training.contains(samples[$0].key) }) else { continue }
      seen[link.kind, default: []].formUnion(validated)
      var crossing = crossings[link.kind] ?? Crossing(links: 0, validationSamples: 0, examples: [])
      crossing.links += 1
      crossing.validationSamples = seen[link.kind]?.count ?? 0
      if crossing.examples.count < exampleCount { crossing.examples.append(link.name) }
      crossings[link.kind] = crossing
    }
    return LinkAudit(crossings: crossings)
  }
}
