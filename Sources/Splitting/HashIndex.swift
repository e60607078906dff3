/// Finds the pairs of hashes that differ in few bits without comparing all.
///
/// The 64 bits are cut into one band more than bits may differ: two near hashes agree in at least one band, so only
/// hashes that share a band's value are compared.
///
/// Source: Norouzi, Punjani and Fleet 2012, multi-index hashing.
package struct HashIndex: Sendable {
  /// Indices of the hashes given, `first` before `second`.
  package struct Pair: Hashable, Sendable, Comparable {
    package var first: Int
    package var second: Int

    package init(_ first: Int, _ second: Int) { (self.first, self.second) = (first, second) }

    package static func < (left: Pair, right: Pair) -> Bool {
      (left.first, left.second) < (right.first, right.second)
    }
  }

  /// Distinct hashes, ascending, each with the indices that have it.
  private let distinct: [(hash: PerceptualHash, members: [Int])]

  package init(_ hashes: [PerceptualHash]) {
    var members: [PerceptualHash: [Int]] = [:]
    for (index, hash) in hashes.enumerated() { members[hash, default: []].append(index) }
    distinct = members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Every pair at most `radius` bits apart, in order.
  ///
  /// Grows with the square of the number of equal hashes; where only who hangs together matters, ``links(within:)`` is
  /// far shorter.
  package func pairs(within radius: Int) throws(SplittingError) -> [Pair] {
    var pairs: [Pair] = []
    for (_, members) in distinct {
      for (place, first) in members.enumerated() { pairs += members[(place + 1)...].map { Pair(first, $0) } }
    }
    try forEachNearPair(within: radius) { left, right in
      for first in left { pairs += right.map { Pair(min(first, $0), max(first, $0)) } }
    }
    return pairs.sorted()
  }

  /// Pairs that connect the same hashes as ``pairs(within:)`` does, directly or through others: equal hashes in a
  /// chain, and of two near hashes the first members only.
  package func links(within radius: Int) throws(SplittingError) -> [Pair] {
    var links: [Pair] = []
    for (_, members) in distinct { links += zip(members, members.dropFirst()).map { Pair($0, $1) } }
    try forEachNearPair(within: radius) { left, right in
      links.append(Pair(min(left[0], right[0]), max(left[0], right[0])))
    }
    return links.sorted()
  }

  /// Calls `body` once for each two different hashes at most `radius` apart, with the indices that have them.
  private func forEachNearPair(within radius: Int, _ body: ([Int], [Int]) -> Void) throws(SplittingError) {
    guard (0...63).contains(radius) else {
      throw SplittingError(
        code: .badOption, message: "hashes of 64 bits cannot be compared within \(radius); use 0 to 63")
    }
    let bands = (0...radius).map { band in
      let (low, high) = (64 * band / (radius + 1), 64 * (band + 1) / (radius + 1))
      return (high - low == 64 ? UInt64.max : (1 << UInt64(high - low)) - 1) << UInt64(low)
    }
    for (place, mask) in bands.enumerated() {
      let buckets = Dictionary(grouping: distinct.indices) { distinct[$0].hash.bits & mask }
      for bucket in buckets.values {
        for (offset, left) in bucket.enumerated() {
          for right in bucket[(offset + 1)...] {
            let difference = distinct[left].hash.bits ^ distinct[right].hash.bits
            // A pair that agrees in an earlier band as well was met there.
            guard difference.nonzeroBitCount <= radius, !bands[..<place].contains(where: { difference & $0 == 0 })
            else { continue }
            body(distinct[left].members, distinct[right].members)
          }
        }
      }
    }
  }
}
