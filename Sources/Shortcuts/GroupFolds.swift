internal import Records

/// Folds that no group is torn by, each with about as many groups of either class.
struct GroupFolds {
  static let most = 5
  /// Fold of each item.
  let foldOfItem: [Int]
  let count: Int

  /// - Returns: `nil` when a class has fewer than two groups.
  init?(_ table: ShortcutTable, seed: UInt64) {
    let count = min(Self.most, table.groupCount(of: .real), table.groupCount(of: .fake))
    guard count >= 2 else { return nil }
    var folds = [Int](repeating: 0, count: table.items.count)
    var next = 0
    for kind in GroupKind.allCases {
      var members = table.groups.filter { GroupKind(of: table.items[$0]) == kind }
      var random = KeyedRandom(seed: seed, key: kind.rawValue, stage: "shortcut-folds")
      random.shuffle(&members)
      for range in members {
        for index in range { folds[index] = next }
        next = (next + 1) % count
      }
    }
    foldOfItem = folds
    self.count = count
  }
}

/// Which classes a group has.
enum GroupKind: String, CaseIterable {
  case both, real, fake

  init(of items: some Collection<ShortcutTable.Item>) {
    let hasReal = items.contains { $0.label == .real }
    let hasFake = items.contains { $0.label == .fake }
    self = hasReal && hasFake ? .both : hasReal ? .real : .fake
  }
}
