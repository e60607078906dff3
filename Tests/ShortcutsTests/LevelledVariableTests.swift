import Evaluation
import Foundation
import Records
import Testing

@testable import Shortcuts

@Suite struct LevelledVariableTests {
  /// Few values, so that many are equal; groups of several items; weights of 0 ... 3.
  private struct Case {
    var table: ShortcutTable
    var scores: [Double?]
    var strata: [Int]
    var weights: [Int32]

    init(_ seed: UInt64) throws {
      var random = KeyedRandom(seed: seed, key: "case", stage: "test")
      let items = (0..<40 + random.integer(below: 40)).map { index in
        ShortcutTable.Item(
          key: String(index + 100), group: String(random.integer(below: 15)), label: random.chance(0.5) ? .real : .fake)
      }
      table = try ShortcutTable(items, [])
      scores = items.map { _ in random.chance(0.1) ? nil : Double(random.integer(below: 12)) }
      strata = items.map { _ in random.integer(below: 3) }
      weights = (0..<table.groupCount).map { _ in Int32(random.integer(below: 4)) }
    }

    var weightOfItem: [Double] {
      table.groups.enumerated().flatMap { group, range in range.map { _ in Double(weights[group]) } }
    }
  }

  @Test(arguments: 0..<60) func `weighted area equals the weighted count of ordered pairs`(seed: UInt64) throws {
    let this = try Case(seed)
    let variable = ShortcutVariable("x", .numbers(this.scores))
    let levelled = LevelledVariable(
      scores: this.scores, strata: this.strata, binning: Binning(variable, observations: 80),
      labels: this.table.items.map(\.label))
    let counts = GroupBootstrap.counts(levelled, groupStarts: this.table.groupStarts, weights: this.weights)
    var (wins, pairs) = (0.0, 0.0)
    let weight = this.weightOfItem
    for fake in this.scores.indices where this.table.items[fake].label == .fake {
      for real in this.scores.indices where this.table.items[real].label == .real {
        guard let high = this.scores[fake], let low = this.scores[real], this.strata[fake] == this.strata[real] else {
          continue
        }
        pairs += weight[fake] * weight[real]
        wins += weight[fake] * weight[real] * (high > low ? 1 : high == low ? 0.5 : 0)
      }
    }
    #expect(levelled.areaUnderCurve(counts) == (pairs > 0 ? wins / pairs : nil))
  }

  @Test(arguments: 0..<20) func `unit weights and one stratum give the area of RankMetrics`(seed: UInt64) throws {
    let this = try Case(seed)
    let labels = this.table.items.map(\.label)
    let scores = this.scores.map { $0 ?? -1 }
    let levelled = LevelledVariable(
      scores: scores, strata: nil, binning: .one(labels.count), labels: labels)
    #expect(
      levelled.areaUnderCurve(levelled.counts) == (try RankMetrics.areaUnderCurve(scores: scores, labels: labels)))
  }

  @Test(arguments: 0..<20) func `information equals that of the joint table`(seed: UInt64) throws {
    let this = try Case(seed)
    let binning = Binning(ShortcutVariable("x", .numbers(this.scores)), observations: 80)
    let labels = this.table.items.map(\.label)
    let levelled = LevelledVariable(scores: this.scores, strata: nil, binning: binning, labels: labels)
    let count = Double(labels.count)
    func entropy(_ keys: [String]) -> Double {
      Dictionary(grouping: keys, by: \.self).values.reduce(0) { sum, members in
        sum - Double(members.count) / count * log2(Double(members.count) / count)
      }
    }
    let bins = binning.binOfItem.map { "\($0)" }
    let expected =
      entropy(bins) + entropy(labels.map(\.name)) - entropy(zip(bins, labels).map { "\($0)\($1.name)" })
    #expect(abs(levelled.information(levelled.counts) - expected) < 1e-12)
  }

  @Test func `more ranks than the limit are joined without a visible change of the area`() {
    var random = KeyedRandom(seed: 1, key: "ranks", stage: "test")
    let labels: [Label] = (0..<5000).map { _ in random.chance(0.5) ? .real : .fake }
    let scores: [Double?] = labels.map { random.normal() + ($0 == .fake ? 1 : 0) }
    let levelled = LevelledVariable(scores: scores, strata: nil, binning: .one(labels.count), labels: labels)
    #expect(levelled.levels.count <= LevelledVariable.rankLimit)
    let exact = try? RankMetrics.areaUnderCurve(scores: scores.compactMap(\.self), labels: labels)
    #expect(abs((levelled.areaUnderCurve(levelled.counts) ?? 0) - (exact ?? 1)) < 1e-4)
  }

  @Test func `corrected information of noise is nothing on average`() throws {
    var (raw, corrected) = (0.0, 0.0)
    let items = Tables.items(groups: 60, items: 1)
    for seed in 0..<200 as Range<UInt64> {
      let binning = Binning(
        ShortcutVariable("x", .numbers(Tables.numbers(items, shift: 0, seed: seed))), observations: items.count)
      let levelled = LevelledVariable(
        scores: items.map { _ in nil }, strata: nil, binning: binning, labels: items.map(\.label))
      let counts = levelled.counts
      raw += levelled.information(counts) / 200
      corrected += (levelled.information(counts) - levelled.bias(counts, observations: items.count)) / 200
    }
    #expect(raw > 0.05, "the test shows nothing: \(raw)")
    #expect(abs(corrected) < 0.015, "\(corrected) bits left of \(raw)")
  }
}

@Suite struct BinningTests {
  @Test func `few distinct numbers have a bin each, many are cut evenly, absent ones stand apart`() {
    let few = Binning(ShortcutVariable("x", .numbers([3, 1, 3, nil, 1, 2, .nan])), observations: 7)
    #expect(few.binOfItem == [2, 0, 2, 3, 0, 1, 3] && few.count == 4)
    let many = Binning(ShortcutVariable("x", .numbers((0..<1600).map { Double($0 * 7 % 1600) })), observations: 1600)
    #expect(many.count == 16)
    #expect(Dictionary(grouping: many.binOfItem, by: \.self).values.allSatisfy { $0.count == 100 })
    // Nine tenths have one value: it stays whole, and the rest is cut all the same.
    let skewed = Binning(
      ShortcutVariable("x", .numbers((0..<1000).map { Double(max(0, $0 - 900)) })), observations: 1000)
    // Fourteen values of seven pairs are no fourteen categories.
    #expect(Binning(ShortcutVariable("x", .numbers((0..<14).map(Double.init))), observations: 14).count == 2)
    #expect(Set(skewed.binOfItem[0..<900]).count == 1 && skewed.count >= 2 && skewed.count <= 16)
    #expect(zip(skewed.binOfItem, skewed.binOfItem.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func `rare categories share one bin once there are too many`() {
    let values: [String?] = (0..<300).map { $0 < 200 ? "common\($0 % 4)" : "rare\($0)" }
    let binning = Binning(ShortcutVariable("x", .categories(values)), observations: 300)
    #expect(binning.count == Binning.categoryLimit)
    #expect(binning.names.last == Binning.others)
    #expect(Set(binning.binOfItem[0..<200]).count == 4)
    let absent = Binning(ShortcutVariable("x", .categories(["a", nil])), observations: 2)
    #expect(absent.names == ["(none)", "a"])
  }
}
