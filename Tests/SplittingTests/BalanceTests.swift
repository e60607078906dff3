import Records
import Splitting
import Testing

@Suite struct BalanceTests {
  private func problem(_ groups: Int, strata: Int, parts: Int, seed: UInt64, largest: Int = 12) -> BalanceProblem {
    var random = KeyedRandom(seed: seed, key: "balance", stage: "test")
    let all = (0..<strata).map { BalanceProblem.Stratum(label: $0 == 0 ? .real : .fake, method: "m\($0)") }
    return BalanceProblem(
      groups: (0..<groups).map { index in
        var counts: [Int: Int] = [:]
        for _ in 0...random.integer(below: largest) { counts[random.integer(below: strata), default: 0] += 1 }
        return BalanceProblem.Group(name: "g\(index)", counts: counts)
      }, strata: all, shares: [Double](repeating: 1 / Double(parts), count: parts))
  }

  /// The sum that the solver makes small, written out.
  private func sum(_ problem: BalanceProblem, _ parts: [Int]) -> Double {
    func squares(_ members: [Int]) -> Double {
      problem.shares.indices.reduce(0.0) { sum, part in
        var (inPart, inAll) = (0, 0)
        for (group, place) in zip(problem.groups, parts) {
          let count = members.reduce(0) { $0 + (group.counts[$1] ?? 0) }
          inAll += count
          if place == part { inPart += count }
        }
        let distance = Double(inPart) - problem.shares[part] * Double(inAll)
        return sum + distance * distance
      }
    }
    let labels = Dictionary(grouping: problem.strata.indices) { problem.strata[$0].label }.values
    var total = squares(Array(problem.strata.indices))
    for members in labels {
      total += 4 * squares(members)
      if members.count > 1 { for member in members { total += 2 * squares([member]) } }
    }
    return total
  }

  @Test(arguments: 0..<30) func `on small problems it is the best there is, or near it`(seed: UInt64) {
    let problem = problem(8, strata: 3, parts: 2 + Int(seed % 2), seed: seed)
    var best = Double.infinity
    let parts = problem.shares.count
    var assignment = [Int](repeating: 0, count: 8)
    var carry = true
    while carry {
      best = min(best, sum(problem, assignment))
      var place = 0
      while place < 8, assignment[place] == parts - 1 {
        assignment[place] = 0
        place += 1
      }
      carry = place < 8
      if carry { assignment[place] += 1 }
    }
    let found = sum(problem, Balance.solve(problem))
    let drawn = sum(problem, problem.random(seed: seed))
    #expect(found <= max(best * 3, best + 60), "\(found) against \(best)")
    #expect(found <= drawn + 1e-6)
  }

  @Test(arguments: 0..<10) func `no single move, and no change of neighbours, makes it better`(seed: UInt64) {
    let problem = problem(40, strata: 4, parts: 3, seed: seed)
    var parts = Balance.solve(problem)
    let found = sum(problem, parts)
    for group in parts.indices {
      let home = parts[group]
      for part in 0..<3 {
        parts[group] = part
        #expect(sum(problem, parts) >= found - 1e-4)
      }
      parts[group] = home
    }
  }

  @Test(arguments: 0..<10) func `the order of the groups does not matter`(seed: UInt64) {
    var problem = problem(200, strata: 5, parts: 5, seed: seed)
    func byName(_ parts: [Int], _ problem: BalanceProblem) -> [String: Int] {
      Dictionary(uniqueKeysWithValues: zip(problem.groups.map(\.name), parts))
    }
    let (solved, drawn) = (byName(Balance.solve(problem), problem), byName(problem.random(seed: 1), problem))
    var random = KeyedRandom(seed: seed, key: "order", stage: "test")
    random.shuffle(&problem.groups)
    #expect(byName(Balance.solve(problem), problem) == solved)
    #expect(byName(problem.random(seed: 1), problem) == drawn)
    #expect(byName(problem.random(seed: 2), problem) != drawn)
  }

  @Test func `with many groups hardly a sample stands beside its share`() {
    let problem = problem(2000, strata: 6, parts: 5, seed: 3)
    let errors = problem.errors(of: Balance.solve(problem))
    #expect(errors.label < 5 && errors.method < 15 && errors.size < 5, "\(errors)")
    let drawn = problem.errors(of: problem.random(seed: 3))
    #expect(drawn.method > 5 * errors.method && drawn.size < 20, "\(drawn)")
  }

  @Test func `pinned groups stay, and unequal shares are kept`() {
    var problem = problem(300, strata: 3, parts: 3, seed: 5)
    problem.shares = [0.8, 0.1, 0.1]
    for index in 0..<20 { problem.groups[index].pinned = 2 }
    let parts = Balance.solve(problem)
    #expect(parts[..<20].allSatisfy { $0 == 2 })
    #expect(problem.errors(of: parts).size < 3)
    #expect(problem.random(seed: 1)[..<20].allSatisfy { $0 == 2 })
    #expect(Balance.solve(BalanceProblem(groups: problem.groups, strata: problem.strata, shares: [1])).count == 300)
  }
}
