private import Records

/// Finds the hashes that differ in few bits without comparing all.
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

  /// One of the questions and a hash that is near it.
  package struct Match: Hashable, Sendable {
    /// Index of the question.
    package var query: Int
    /// Index of the hash.
    package var index: Int
    /// Bits that differ.
    package var distance: Int

    package init(query: Int, index: Int, distance: Int) {
      (self.query, self.index, self.distance) = (query, index, distance)
    }
  }

  /// Distinct hashes, ascending.
  private let distinct: [UInt64]
  /// Indices of the hashes given, by hash; those of `distinct[place]` stand at `starts[place] ..< starts[place + 1]`.
  private let members: [Int]
  private let starts: [Int]

  /// Questions or hashes handled at once.
  private static let block = 4096

  package init(_ hashes: [PerceptualHash]) {
    members = hashes.indices.sorted { (hashes[$0].bits, $0) < (hashes[$1].bits, $1) }
    var distinct: [UInt64] = []
    var starts: [Int] = []
    for (place, member) in members.enumerated() where hashes[member].bits != distinct.last {
      distinct.append(hashes[member].bits)
      starts.append(place)
    }
    self.distinct = distinct
    self.starts = starts + [members.count]
  }

  private func members(_ place: Int) -> ArraySlice<Int> { members[starts[place]..<starts[place + 1]] }

  /// Every pair at most `radius` bits apart, in order.
  ///
  /// Grows with the square of the number of equal hashes; where only who hangs together matters, ``links(within:)`` is
  /// far shorter.
  package func pairs(within radius: Int) throws(SplittingError) -> [Pair] {
    var pairs: [Pair] = []
    for place in distinct.indices {
      let equal = members(place)
      for (offset, first) in equal.enumerated() { pairs += equal.dropFirst(offset + 1).map { Pair(first, $0) } }
    }
    for near in try nearPlaces(within: radius) {
      for first in members(near.first) {
        for second in members(near.second) { pairs.append(Pair(min(first, second), max(first, second))) }
      }
    }
    return pairs.sorted()
  }

  /// Pairs that connect the same hashes as ``pairs(within:)`` does, directly or through others: equal hashes in a
  /// chain, and of two near hashes the first members only.
  package func links(within radius: Int) throws(SplittingError) -> [Pair] {
    var links: [Pair] = []
    for place in distinct.indices { links += zip(members(place), members(place).dropFirst()).map { Pair($0, $1) } }
    for near in try nearPlaces(within: radius) {
      let (left, right) = (members[starts[near.first]], members[starts[near.second]])
      links.append(Pair(min(left, right), max(left, right)))
    }
    return links.sorted()
  }

  /// For every one of `queries` the hashes at most `radius` bits from it, those that `isWanted` lets pass, in the order
  /// of the queries.
  ///
  /// - Parameter isWanted: index of the query and of the hash; called on several threads.
  package func matches(
    of queries: [PerceptualHash], within radius: Int,
    where isWanted: @Sendable (_ query: Int, _ index: Int) -> Bool = { _, _ in true }
  ) throws(SplittingError) -> [Match] {
    let bands = try HashBands(distinct, radius: radius)
    return ParallelBlocks.map(of: Self.block, in: queries.count) { block in
      var matches: [Match] = []
      for query in block {
        bands.forEachNear(queries[query].bits) { place, distance in
          for index in members(place) where isWanted(query, index) {
            matches.append(Match(query: query, index: index, distance: distance))
          }
        }
      }
      return matches
    }.flatMap { $0 }
  }

  /// Every two different hashes at most `radius` apart, as places in `distinct`.
  private func nearPlaces(within radius: Int) throws(SplittingError) -> [Pair] {
    let bands = try HashBands(distinct, radius: radius)
    return bands.bands.indices.flatMap { band in
      ParallelBlocks.map(of: Self.block, in: distinct.count) { block in
        var pairs: [Pair] = []
        bands.forEachNearPair(of: block, in: band) { pairs.append(Pair($0, $1)) }
        return pairs
      }.flatMap { $0 }
    }
  }
}
