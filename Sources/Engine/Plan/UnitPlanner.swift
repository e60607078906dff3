package import Records

/// Cuts families that have work to do into units.
///
/// A unit is assigned once and written down with its result; no later stage depends on where the cuts were.
package enum UnitPlanner {
  /// Most families of one unit. What a worker has finished of one it puts by every minute, so that a unit may be large.
  package static let familiesPerUnit = 256

  /// Units of about equal cost, the dearest first.
  ///
  /// Four for each worker where there are several, so that none waits long for the last, but not so many that a task's
  /// beginning tells; at most ``familiesPerUnit`` families in each.
  ///
  /// - Parameters:
  ///   - families: in name order.
  ///   - cost: of one family, the bytes of its files.
  ///   - jobs: workers that will share the units; only the number of units depends on it.
  ///   - leastCost: of a unit, where there are more units than workers.
  package static func units(
    _ families: [Family], jobs: Int, leastCost: Int, cost: (Family) -> Int
  ) -> [[Family]] {
    guard !families.isEmpty else { return [] }
    let costs = families.map { max(1, cost($0)) }
    let worthwhile = jobs > 1 ? min(jobs * 4, costs.reduce(0, +) / leastCost) : 1
    let count = min(families.count, max(jobs, worthwhile, (families.count + familiesPerUnit - 1) / familiesPerUnit))
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
