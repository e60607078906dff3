package import Records

/// The group of every sample: what no split may tear apart.
package struct GroupAssignment: Codable, Hashable, Sendable {
  /// Group by sample key.
  ///
  /// A group bears the name of the smallest family in it.
  package var groups: [String: String]
  package var groupCount: Int
  /// For each kind, hard or not, how many families it ties to another; for ``LinkKind/family``, how many families have
  /// more than one source.
  package var linkedFamilies: [LinkKind: Int]
  /// Name of the group with the most samples, the first of equals; empty without samples.
  package var largestGroup: String
  /// Share of all samples in the largest group; near 1, links chain nearly everything together.
  package var largestShare: Double
}

/// Puts samples that hard links connect, directly or through others, into one group.
package enum GroupLinks {
  /// - Parameters:
  ///   - hard: kinds that connect, beside ``LinkKind/alwaysHard``.
  ///   - extraLinks: links that the samples themselves do not tell.
  /// - Throws: for two samples of one key, and for an extra link to a sample that is not there.
  package static func groups(
    of samples: [Sample], hard: Set<LinkKind> = LinkKind.hardByDefault, extraLinks: [ExtraLink] = []
  ) throws(SplittingError) -> GroupAssignment {
    try groups(of: samples.map(LinkedItem.init), hard: hard, extraLinks: extraLinks)
  }

  /// The same for items of somebody's list.
  package static func groups(
    of items: [LinkedItem], hard: Set<LinkKind> = LinkKind.hardByDefault, extraLinks: [ExtraLink] = []
  ) throws(SplittingError) -> GroupAssignment {
    let items = items.sorted { $0.key < $1.key }
    try SplittingError.requireDistinct(items.map(\.key))
    return groups(of: items, links: try Link.all(of: items, extraLinks: extraLinks), hard: hard)
  }

  /// - Requires: `items` sorted by key, and the `links` between them.
  static func groups(of items: [LinkedItem], links: [Link], hard: Set<LinkKind>) -> GroupAssignment {
    var sets = DisjointSets(count: items.count)
    for link in links where hard.union(LinkKind.alwaysHard).contains(link.kind) {
      for member in link.members.dropFirst() { sets.join(link.members[0], member) }
    }
    var names: [Int: String] = [:]
    for (index, item) in items.enumerated() {
      let root = sets.root(of: index)
      names[root] = min(names[root] ?? item.family, item.family)
    }
    var groups: [String: String] = [:]
    var sizes: [String: Int] = [:]
    for (index, item) in items.enumerated() {
      let name = names[sets.root(of: index)] ?? item.family
      groups[item.key] = name
      sizes[name, default: 0] += 1
    }
    let largest = sizes.min { (-$0.value, $0.key) < (-$1.value, $1.key) }
    return GroupAssignment(
      groups: groups, groupCount: sizes.count, linkedFamilies: linkedFamilies(links, items),
      largestGroup: largest?.key ?? "",
      largestShare: items.isEmpty ? 0 : Double(largest?.value ?? 0) / Double(items.count))
  }

  private static func linkedFamilies(_ links: [Link], _ items: [LinkedItem]) -> [LinkKind: Int] {
    var linked: [LinkKind: Set<String>] = [:]
    for link in links {
      let families = Set(link.members.map { items[$0].family })
      let isTie = link.kind == .family ? Set(link.members.map { items[$0].video }).count > 1 : families.count > 1
      if isTie { linked[link.kind, default: []].formUnion(families) }
    }
    return linked.mapValues(\.count)
  }
}

/// How far links reach when one leads to the next.
package enum LinkChains {
  /// Members of the largest set that `links` hold together; 1 without links, 0 without members.
  package static func largest(_ links: [(Int, Int)], count: Int) -> Int {
    var sets = DisjointSets(count: count)
    for (first, second) in links { sets.join(first, second) }
    return Dictionary(grouping: 0..<count) { sets.root(of: $0) }.values.map(\.count).max() ?? 0
  }
}
