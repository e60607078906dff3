package import Records

/// Cuts families that have work to do into units.
///
/// A unit is assigned once and written down with its result; no later stage depends on where the cuts were.
package enum UnitPlanner {
  /// Most families of one unit.
  package static let familiesPerUnit = 32

  /// Units of about equal cost, the dearest first.
  ///
  /// - Parameters:
  ///   - families: in name order.
  ///   - cost: of one family, any unit; the sum of its files' bytes serves.
  ///   - jobs: workers that will share the units; only the number of units depends on it.
  package static func units(_ families: [Family], jobs: Int, cost: (Family) -> Int) -> [[Family]] {
    guard !families.isEmpty else { return [] }
    let costs = families.map { max(1, cost($0)) }
    let count = min(families.count, max(jobs * 4, (families.count + familiesPerUnit - 1) / familiesPerUnit))
    let order = families.indices.sorted { (costs[$1], families[$0].name) < (costs[$0], families[$1].name) }
    var units = [(cost: Int, members: [Int])](repeating: (0, []), count: count)
    for index in order {
      // The cheapest unit so far takes the dearest family left (longest processing time first).
      var cheapest = 0
      for unit in units.indices where units[unit].cost < units[cheapest].cost { cheapest = unit }
      units[cheapest].cost += costs[index]
      units[cheapest].members.append(index)
    }
    return units.filter { !$0.members.isEmpty }
      .sorted { ($1.cost, families[$0.members[0]].name) < ($0.cost, families[$1.members[0]].name) }
      .map { unit in unit.members.sorted().map { families[$0] } }
  }
}
