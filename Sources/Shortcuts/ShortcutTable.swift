package import Records

/// One property of every item of a table: what a detector might read instead of the forgery.
package struct ShortcutVariable: Hashable, Sendable {
  /// One value per item; `nil` where the item has none.
  package enum Values: Hashable, Sendable {
    /// A number that is not finite counts as none.
    case numbers([Double?])
    case categories([String?])
  }

  package var name: String
  package var values: Values

  package init(_ name: String, _ values: Values) {
    self.name = name
    self.values = values
  }

  var count: Int {
    switch values {
    case .numbers(let values): values.count
    case .categories(let values): values.count
    }
  }

  /// Whether each item has a value.
  var presence: [Bool] {
    switch values {
    case .numbers(let values): values.map { $0?.isFinite ?? false }
    case .categories(let values): values.map { $0 != nil }
    }
  }

  /// The values in another order.
  func reordered(_ order: [Int]) -> ShortcutVariable {
    switch values {
    case .numbers(let values): ShortcutVariable(name, .numbers(order.map { values[$0] }))
    case .categories(let values): ShortcutVariable(name, .categories(order.map { values[$0] }))
    }
  }
}

/// Items with a label, the group that each belongs to, and variables that know nothing of the label.
///
/// Held in order of group and key, so that no result depends on the order in which items were given.
package struct ShortcutTable: Sendable {
  /// One row: a source, or a crop.
  package struct Item: Hashable, Sendable {
    package var key: String
    /// What is drawn as a whole: items of one group repeat each other.
    package var group: String
    package var label: Label

    package init(key: String, group: String, label: Label) {
      self.key = key
      self.group = group
      self.label = label
    }
  }

  package let items: [Item]
  package let variables: [ShortcutVariable]
  /// Index of each group's first item, and the number of items.
  let groupStarts: [Int]

  /// - Throws: ``ShortcutsError`` when two items have one key, or a variable has more or fewer values than there are items.
  package init(_ items: [Item], _ variables: [ShortcutVariable]) throws(ShortcutsError) {
    for variable in variables where variable.count != items.count {
      throw ShortcutsError(
        code: .countMismatch,
        message: "variable '\(variable.name)' has \(variable.count) values for \(items.count) items; give one for each")
    }
    let order = items.indices.sorted { (items[$0].group, items[$0].key) < (items[$1].group, items[$1].key) }
    self.items = order.map { items[$0] }
    self.variables = variables.map { $0.reordered(order) }
    var keys: Set<String> = []
    for item in items where !keys.insert(item.key).inserted {
      throw ShortcutsError(code: .duplicateKey, message: "two items have the key '\(item.key)'; give each its own")
    }
    let sorted = self.items
    groupStarts = sorted.indices.filter { $0 == 0 || sorted[$0].group != sorted[$0 - 1].group } + [sorted.count]
    groups = zip(groupStarts, groupStarts.dropFirst()).map { $0..<$1 }
  }

  var groupCount: Int { groupStarts.count - 1 }

  /// Items of each group.
  let groups: [Range<Int>]

  /// Groups with at least one item of the class.
  func groupCount(of label: Label) -> Int { groups.count { $0.contains { items[$0].label == label } } }

  /// Items that are not repetitions of others: those of one class in one group count once.
  var observations: Int { groupCount(of: .real) + groupCount(of: .fake) }

  /// The negative control: the same values, with labels that know nothing of them.
  ///
  /// Each group's reals and each group's fakes keep one label together; which block has which is drawn by `seed` alone.
  package func shuffled(seed: UInt64) -> ShortcutTable {
    var blocks: [(group: Int, label: Label)] = []
    for (index, range) in groups.enumerated() {
      for label in Label.allCases where range.contains(where: { items[$0].label == label }) {
        blocks.append((index, label))
      }
    }
    var labels = blocks.map(\.label)
    var random = KeyedRandom(seed: seed, key: "labels", stage: "shortcut-control")
    random.shuffle(&labels)
    var shuffled = items
    for (block, label) in zip(blocks, labels) {
      for index in groups[block.group] where items[index].label == block.label { shuffled[index].label = label }
    }
    return ShortcutTable(items: shuffled, of: self)
  }

  private init(items: [Item], of table: ShortcutTable) {
    self.items = items
    variables = table.variables
    groupStarts = table.groupStarts
    groups = table.groups
  }
}
