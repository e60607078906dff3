/// Items that have one thing in common.
struct Link {
  var kind: LinkKind
  /// What they have in common: a family, a person of a dataset, a parent's key, two keys.
  var name: String
  /// Whether something found it between two items; then the name is that of both.
  var isPair = false
  /// Indices of the items, ascending, at least two.
  var members: [Int]

  /// Every link between `items`, by kind and name.
  ///
  /// - Parameter items: where two have one key, extra links and parents mean the first.
  /// - Throws: when an extra link names an item that is not there.
  static func all(of items: [LinkedItem], extraLinks: [ExtraLink]) throws(SplittingError) -> [Link] {
    var members: [LinkKind: [String: [Int]]] = [:]
    func add(_ kind: LinkKind, _ name: String?, _ index: Int) {
      if let name { members[kind, default: [:]][name, default: []].append(index) }
    }
    let indices = Dictionary(items.indices.map { (items[$0].key, $0) }) { first, _ in first }
    let donors = Set(items.compactMap(\.donor))
    for (index, item) in items.enumerated() {
      add(.video, item.video, index)
      add(.family, item.family, index)
      add(.identity, item.identity, index)
      add(.sourceVideo, item.sourceVideo, index)
      add(.scene, item.scene, index)
      add(.donor, item.donor, index)
      if let person = item.identity, donors.contains(person) { add(.donor, person, index) }
      for parent in item.parents {
        add(.parent, parent, index)
        // A parent that was dropped since still ties its children together.
        if let parentIndex = indices[parent] { add(.parent, parent, parentIndex) }
      }
    }
    var pairs: [LinkKind: Set<String>] = [:]
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
      pairs[link.kind, default: []].insert(name)
    }
    return LinkKind.allCases.flatMap { kind in
      (members[kind] ?? [:]).sorted { $0.key < $1.key }.compactMap { name, indices in
        let distinct = Set(indices).sorted()
        guard distinct.count > 1 else { return nil }
        return Link(
          kind: kind, name: name, isPair: pairs[kind]?.contains(name) ?? false, members: distinct)
      }
    }
  }
}
