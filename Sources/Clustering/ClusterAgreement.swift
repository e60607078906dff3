private import Foundation

/// How alike two ways of dividing the same things are, whatever their parts are called.
package enum ClusterAgreement {
  /// Mutual information over the mean of the two entropies: 1 for equal divisions, also when both have one
  /// part.
  ///
  /// Source: Strehl and Ghosh 2002, with the arithmetic mean.
  package static func normalizedMutualInformation(
    _ left: [some Hashable], _ right: [some Hashable]
  ) throws(ClusteringError) -> Double {
    let table = try ContingencyTable(left, right)
    func entropy(_ counts: [Int]) -> Double {
      counts.reduce(0) { $0 - Double($1) / table.total * log(Double($1) / table.total) }
    }
    let (leftEntropy, rightEntropy) = (entropy(table.leftCounts), entropy(table.rightCounts))
    guard leftEntropy + rightEntropy > 0 else { return 1 }
    let information = table.cells.reduce(0) { sum, cell in
      let expected = Double(table.leftCounts[cell.left]) * Double(table.rightCounts[cell.right]) / table.total
      return sum + Double(cell.count) / table.total * log(Double(cell.count) / expected)
    }
    return min(1, max(0, 2 * information / (leftEntropy + rightEntropy)))
  }

  /// Share of pairs that both divisions treat alike, less what chance gives: 1 for equal divisions, about 0 for
  /// unrelated ones, below 0 for worse.
  ///
  /// Source: Hubert and Arabie 1985.
  package static func adjustedRandIndex(
    _ left: [some Hashable], _ right: [some Hashable]
  ) throws(ClusteringError) -> Double {
    let table = try ContingencyTable(left, right)
    func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }
    let together = table.cells.reduce(0) { $0 + pairs($1.count) }
    let leftPairs = table.leftCounts.reduce(0) { $0 + pairs($1) }
    let rightPairs = table.rightCounts.reduce(0) { $0 + pairs($1) }
    let expected = leftPairs * rightPairs / max(1, pairs(Int(table.total)))
    let greatest = (leftPairs + rightPairs) / 2
    return greatest == expected ? 1 : (together - expected) / (greatest - expected)
  }
}

/// How many things are in each part of both divisions; parts numbered by first appearance, so that sums have one order.
private struct ContingencyTable {
  var leftCounts: [Int]
  var rightCounts: [Int]
  /// Those that are not empty, by left and right part.
  var cells: [(left: Int, right: Int, count: Int)]
  var total: Double

  init(_ left: [some Hashable], _ right: [some Hashable]) throws(ClusteringError) {
    guard left.count == right.count else {
      throw ClusteringError(code: .shapeMismatch, message: "divisions of \(left.count) and \(right.count) things")
    }
    let (leftParts, rightParts) = (Self.numbered(left), Self.numbered(right))
    leftCounts = [Int](repeating: 0, count: (leftParts.max() ?? -1) + 1)
    rightCounts = [Int](repeating: 0, count: (rightParts.max() ?? -1) + 1)
    var counts: [Int: Int] = [:]
    for (left, right) in zip(leftParts, rightParts) {
      leftCounts[left] += 1
      rightCounts[right] += 1
      counts[left * rightCounts.count + right, default: 0] += 1
    }
    let width = rightCounts.count
    cells = counts.sorted { $0.key < $1.key }.map { ($0.key / width, $0.key % width, $0.value) }
    total = Double(left.count)
  }

  private static func numbered<Part: Hashable>(_ parts: [Part]) -> [Int] {
    var numbers: [Part: Int] = [:]
    return parts.map { part in
      if let number = numbers[part] { return number }
      numbers[part] = numbers.count
      return numbers.count - 1
    }
  }
}
