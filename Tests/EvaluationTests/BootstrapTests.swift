import Records
import Testing

@testable import Evaluation

@Suite struct BootstrapTests {
  private func draw(_ seed: UInt64) -> (scores: [Double], labels: [Label], weights: [Int32]) {
    var random = KeyedRandom(seed: seed, key: "weights", stage: "test")
    let count = 3 + random.integer(below: 40)
    let scores = (0..<count).map { _ in Double(random.integer(below: 9)) / 8 }
    let labels: [Label] = (0..<count).map { _ in random.chance(0.5) ? .fake : .real }
    return (scores, labels, (0..<count).map { _ in Int32(random.integer(below: 4)) })
  }

  @Test(arguments: 0..<200) func `a weight is so many copies`(seed: UInt64) throws {
    let (scores, labels, weights) = draw(seed)
    let copies = scores.indices.flatMap { Array(repeating: $0, count: Int(weights[$0])) }
    let weighted = try MeasuredItems(scores: scores, labels: labels, threshold: 0.4).values(weights: weights)
    let copied = try MeasuredItems(
      scores: copies.map { scores[$0] }, labels: copies.map { labels[$0] }, threshold: 0.4
    ).values()
    for metric in Metric.allCases {
      switch (weighted[metric], copied[metric]) {
      case (let left?, let right?): #expect(abs(left - right) < 1e-12, "\(metric)")
      case (nil, nil): break
      default: Issue.record("\(metric): \(weighted[metric] as Any) and \(copied[metric] as Any)")
      }
    }
  }

  @Test func `groups are drawn whole, and as many of each kind as there are`() {
    let groups = ["a", "a", "b", "b", "c", "c", "d", "e", "f", "f"]
    let kinds = [0, 1, 0, 1, 0, 1, 0, 0, 0, 0]
    let draws = GroupDraws(
      groups: groups, kinds: kinds, options: BootstrapOptions(draws: 60, seed: 3, threads: 2))
    let columns = draws.columns(seeds: [1, 3]) { weights, seeds in
      let isWhole = weights[0] == weights[1] && weights[2] == weights[3] && weights[4] == weights[5]
      let mixed = weights[0] + weights[2] + weights[4]
      let reals = weights[6] + weights[7] + weights[8]
      return [isWhole && weights[8] == weights[9] ? 1 : 0, Double(mixed), Double(reals), Double(seeds[1].count)]
    }
    #expect(columns[0].allSatisfy { $0 == 1 })
    #expect(columns[1].allSatisfy { $0 == 3 } && columns[2].allSatisfy { $0 == 3 } && columns[3].allSatisfy { $0 == 3 })
  }

  @Test func `intervals cover the truth about as often as they say`() throws {
    // The mean of a class' share of right decisions: 12 groups, one item each, right with probability 0.5.
    var covered = 0
    for trial in 0..<60 {
      var random = KeyedRandom(seed: UInt64(trial), key: "cover", stage: "test")
      let items = (0..<24).map { index in
        Judgement(
          key: "\(index)", video: "\(index)", group: "\(index)", dataset: "d", label: index < 12 ? .real : .fake,
          scores: [random.uniform()])
      }
      let estimates = try Estimates(
        items, threshold: 0.5, bootstrap: BootstrapOptions(draws: 100, seed: 1, threads: 1))
      let area = try #require(estimates[.areaUnderCurve])
      covered += (area.low ?? 1) <= 0.5 && 0.5 <= (area.high ?? 0) ? 1 : 0
    }
    #expect((52...60).contains(covered), "\(covered) of 60")
  }

  @Test func `kinds with one or two groups are drawn together`() {
    let draws = GroupDraws(
      groups: ["a", "b", "c", "d"], kinds: [0, 1, 2, 3], options: BootstrapOptions(draws: 50, seed: 1, threads: 1))
    let first = draws.columns(seeds: []) { weights, _ in [Double(weights[0])] }[0]
    #expect(Set(first).count > 1, "a group alone in its kind is in every draw")
  }
}
