import Engine
import Records
import Testing

@Suite("Cutting families into units")
struct UnitPlannerTests {
  private static func families(_ count: Int) -> [Family] {
    Family.families(of: (0..<count).map { Source(dataset: "d", path: "clip\($0).mp4", label: .real) })
  }

  /// Skewed costs: a few families are hundreds of times as dear as the others.
  private static func cost(_ family: Family) -> Int {
    var random = KeyedRandom(seed: 1, key: family.name, stage: "cost")
    return (random.chance(0.05) ? 5000 : 10 + random.integer(below: 50)) << 20
  }

  @Test("Every family is in exactly one unit", arguments: [1, 2, 255, 256, 257, 5000], [1, 4])
  func everyFamilyOnce(count: Int, jobs: Int) {
    let families = Self.families(count)
    let units = UnitPlanner.units(families, jobs: jobs, leastCost: 4 << 20, cost: Self.cost)
    #expect(units.flatMap { $0 }.map(\.name).sorted() == families.map(\.name))
    #expect(units.allSatisfy { !$0.isEmpty && $0.map(\.name) == $0.map(\.name).sorted() })
    #expect(units.count == min(count, max(jobs > 1 ? jobs * 4 : 1, (count + 255) / 256)))
  }

  @Test("Small work is not cut finer than the beginning of a task is worth, nor any for one worker")
  func smallWork() {
    func count(_ families: Int, jobs: Int, bytes: Int) -> Int {
      UnitPlanner.units(Self.families(families), jobs: jobs, leastCost: 4 << 20) { _ in bytes }.count
    }
    #expect(count(10, jobs: 1, bytes: 1000) == 1 && count(10, jobs: 3, bytes: 1000) == 3)
    #expect(count(10, jobs: 2, bytes: 1 << 20) == 2 && count(10, jobs: 2, bytes: 2 << 20) == 5)
    #expect(count(10, jobs: 2, bytes: 4 << 20) == 8 && count(10, jobs: 1, bytes: 4 << 20) == 1)
    #expect(count(1000, jobs: 1, bytes: 10) == 4)
  }

  @Test("No family, no unit")
  func nothingToDo() { #expect(UnitPlanner.units([], jobs: 4, leastCost: 4 << 20, cost: { _ in 1 }).isEmpty) }

  @Test("Units cost about the same, the dearest first")
  func unitsAreBalanced() {
    let units = UnitPlanner.units(Self.families(400), jobs: 2, leastCost: 4 << 20, cost: Self.cost)
    let costs = units.map { $0.reduce(0) { $0 + Self.cost($1) } }
    #expect(costs == costs.sorted(by: >))
    // Longest processing time first leaves no more between two units than one family costs.
    #expect((costs.first ?? 0) - (costs.last ?? 0) <= 5000 << 20, "\(costs)")
    let equal = UnitPlanner.units(Self.families(400), jobs: 2, leastCost: 4 << 20, cost: { _ in 1 << 20 })
    #expect(Set(equal.map(\.count)) == [50], "\(equal.map(\.count))")
  }

  @Test("The order of families changes no unit")
  func orderDoesNotMatter() {
    func names(_ units: [[Family]]) -> [[String]] { units.map { $0.map(\.name).sorted() } }
    let families = Self.families(100)
    let expected = names(UnitPlanner.units(families, jobs: 2, leastCost: 4 << 20, cost: Self.cost))
    var random = KeyedRandom(seed: 2, key: "order", stage: "test")
    for _ in 0..<5 {
      var shuffled = families
      random.shuffle(&shuffled)
      #expect(names(UnitPlanner.units(shuffled, jobs: 2, leastCost: 4 << 20, cost: Self.cost)) == expected)
    }
  }
}
