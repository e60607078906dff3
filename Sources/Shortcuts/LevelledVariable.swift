private import Foundation
internal import Records

/// A variable as a table of few levels, so that every measure is a function of counts: weights of groups come and go at the
/// price of one addition per item.
struct LevelledVariable {
  struct Level {
    /// Levels of one rank are tied.
    var rank: Int
    /// Only pairs of one stratum are compared; `nil` for items that are not ranked.
    var stratum: Int?
    var bin: Int
  }

  /// Most ranks of a variable; more are joined by rank, neighbours first.
  static let rankLimit = 1024

  /// Twice the level of each item, and 1 more for a fake.
  let cellOfItem: [Int32]
  /// In order of stratum and rank.
  let levels: [Level]
  let binCount: Int

  /// - Parameters:
  ///   - scores: higher means more fake; `nil` leaves an item out of the ranking.
  ///   - strata: fold of each item; `nil` where all are compared with all.
  init(scores: [Double?], strata: [Int]?, binning: Binning, labels: [Label]) {
    struct Place: Hashable, Comparable {
      var stratum: Int
      var rank: Int
      var bin: Int
      static func < (left: Place, right: Place) -> Bool {
        (left.stratum, left.rank, left.bin) < (right.stratum, right.rank, right.bin)
      }
    }
    let ranks = Self.ranks(of: scores)
    let places = scores.indices.map { index in
      ranks[index].map { Place(stratum: strata?[index] ?? 0, rank: $0, bin: binning.binOfItem[index]) }
        ?? Place(stratum: -1, rank: -1, bin: binning.binOfItem[index])
    }
    let distinct = Set(places).sorted()
    let codes = Dictionary(distinct.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    levels = distinct.map { Level(rank: $0.rank, stratum: $0.stratum < 0 ? nil : $0.stratum, bin: $0.bin) }
    cellOfItem = zip(places, labels).map { Int32((codes[$0] ?? 0) * 2 + $1.rawValue) }
    binCount = binning.count
  }

  /// The rank of each score among the distinct ones.
  private static func ranks(of scores: [Double?]) -> [Int?] {
    let order = scores.indices.filter { scores[$0] != nil }.sorted { (scores[$0] ?? 0) < (scores[$1] ?? 0) }
    var exact = [Int?](repeating: nil, count: scores.count)
    var joined = exact
    var rank = -1
    for (place, index) in order.enumerated() {
      if place == 0 || scores[index] != scores[order[place - 1]] {
        rank += 1
        joined[index] = place * rankLimit / order.count
      } else {
        joined[index] = joined[order[place - 1]]
      }
      exact[index] = rank
    }
    return rank < rankLimit ? exact : joined
  }

  var cellCount: Int { levels.count * 2 }

  /// Area under the ROC curve, over pairs of one stratum; `nil` where there is no such pair.
  ///
  /// - Parameter counts: items of each cell.
  func areaUnderCurve(_ counts: [Int32]) -> Double? {
    var (doubledWins, pairs) = (0, 0)
    var (reals, fakes, realsBelow) = (0, 0, 0)
    var index = 0
    while index < levels.count {
      let (stratum, rank) = (levels[index].stratum, levels[index].rank)
      var (realsHere, fakesHere) = (0, 0)
      while index < levels.count, levels[index].stratum == stratum, levels[index].rank == rank {
        realsHere += Int(counts[index * 2])
        fakesHere += Int(counts[index * 2 + 1])
        index += 1
      }
      guard stratum != nil else { continue }
      doubledWins += fakesHere * (2 * realsBelow + realsHere)
      realsBelow += realsHere
      (reals, fakes) = (reals + realsHere, fakes + fakesHere)
      if index == levels.count || levels[index].stratum != stratum {
        pairs += reals * fakes
        (reals, fakes, realsBelow) = (0, 0, 0)
      }
    }
    return pairs > 0 ? Double(doubledWins) / (2 * Double(pairs)) : nil
  }

  /// Information of the variable's bins on the label, bits, as counted: too high by ``bias(_:observations:)``.
  func information(_ counts: [Int32]) -> Double {
    let table = binTable(counts)
    let total = table.reduce(0) { $0 + $1.real + $1.fake }
    guard total > 0 else { return 0 }
    let (reals, fakes) = (table.reduce(0) { $0 + $1.real }, table.reduce(0) { $0 + $1.fake })
    func term(_ count: Double, _ row: Double, _ column: Double) -> Double {
      count > 0 ? count / total * log2(count * total / (row * column)) : 0
    }
    return table.reduce(0) { sum, bin in
      let row = bin.real + bin.fake
      return sum + term(bin.real, row, reals) + term(bin.fake, row, fakes)
    }
  }

  /// What counting alone adds to the information of so many independent observations, bits.
  ///
  /// Source: Miller 1955, Note on the bias of information estimates; cells counted as occupied.
  func bias(_ counts: [Int32], observations: Int) -> Double {
    let table = binTable(counts)
    let cells = table.reduce(0) { $0 + ($1.real > 0 ? 1 : 0) + ($1.fake > 0 ? 1 : 0) }
    let rows = table.count { $0.real + $0.fake > 0 }
    let columns = (table.contains { $0.real > 0 } ? 1 : 0) + (table.contains { $0.fake > 0 } ? 1 : 0)
    return Double(cells - rows - columns + 1) / (2 * Double(max(1, observations)) * log(2))
  }

  private func binTable(_ counts: [Int32]) -> [(real: Double, fake: Double)] {
    var table = [(real: Double, fake: Double)](repeating: (0, 0), count: binCount)
    for (index, level) in levels.enumerated() {
      table[level.bin].real += Double(counts[index * 2])
      table[level.bin].fake += Double(counts[index * 2 + 1])
    }
    return table
  }

  /// Items of each cell, each counted once.
  var counts: [Int32] {
    var counts = [Int32](repeating: 0, count: cellCount)
    for cell in cellOfItem { counts[Int(cell)] += 1 }
    return counts
  }
}
