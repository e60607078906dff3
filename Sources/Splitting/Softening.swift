package import Records

/// What would become of the groups if some kinds of link were counted instead of obeyed.
package struct Softening: Codable, Hashable, Sendable {
  /// Kinds that would no longer tie, in order.
  package var softened: [LinkKind]
  package var groupCount: Int
  /// Share of all samples in the largest group.
  package var largestShare: Double
  /// Whether the folds asked for could then be made.
  package var isEnough: Bool

  /// Tries each hard kind that may be softened alone, then all of them together.
  ///
  /// - Parameter suffices: whether these groups allow the folds asked for.
  /// - Throws: as ``GroupLinks/groups(of:hard:extraLinks:)-(Array<Sample>,_,_)``.
  package static func all(
    of samples: [Sample], hard: Set<LinkKind>, extraLinks: [ExtraLink],
    suffices: (GroupAssignment) -> Bool
  ) throws(SplittingError) -> [Softening] {
    try all(of: samples.map(LinkedItem.init), hard: hard, extraLinks: extraLinks, suffices: suffices)
  }

  /// The same for items of somebody's list.
  package static func all(
    of items: [LinkedItem], hard: Set<LinkKind>, extraLinks: [ExtraLink],
    suffices: (GroupAssignment) -> Bool
  ) throws(SplittingError) -> [Softening] {
    let items = items.sorted { $0.key < $1.key }
    try SplittingError.requireDistinct(items.map(\.key))
    let links = try Link.all(of: items, extraLinks: extraLinks)
    let soft = LinkKind.allCases.filter { hard.contains($0) && !LinkKind.alwaysHard.contains($0) }
    let trials = soft.map { [$0] } + (soft.count > 1 ? [soft] : [])
    return trials.map { kinds in
      let groups = GroupLinks.groups(of: items, links: links, hard: hard.subtracting(kinds))
      return Softening(
        softened: kinds, groupCount: groups.groupCount, largestShare: groups.largestShare, isEnough: suffices(groups))
    }
  }

  /// In words: `identity: 480 groups, the largest 0.4 % of the samples, enough`.
  package var description: String {
    "\(softened.map(\.rawValue).joined(separator: " and ")): \(groupCount) groups, the largest "
      + "\(Percent.text(largestShare)) of the samples, \(isEnough ? "enough" : "not enough")"
  }
}

/// A share as people read it.
package enum Percent {
  /// `12 %` from ten per cent on, `0.4 %` below.
  package static func text(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10) %" : "\(Int((share * 100).rounded())) %"
  }
}
