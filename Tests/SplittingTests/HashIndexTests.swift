import Records
import Splitting
import Testing

@Suite struct HashIndexTests {
  /// Hashes at random, in tight clusters around some of them, and several times the same.
  private static func hashes(_ kind: String, count: Int) -> [PerceptualHash] {
    var random = KeyedRandom(seed: 8, key: kind, stage: "test")
    var hashes = (0..<count / 3).map { _ in PerceptualHash(bits: random.next()) }
    while hashes.count < count {
      let centre = hashes[kind == "clustered" ? random.integer(below: 4) : random.integer(below: count / 3)]
      hashes.append(centre.changed(random.integer(below: 14), &random))
    }
    random.shuffle(&hashes)
    return hashes
  }

  private static func bruteForce(_ hashes: [PerceptualHash], _ radius: Int) -> [HashIndex.Pair] {
    hashes.indices.flatMap { first in
      hashes.indices.dropFirst(first + 1).filter { hashes[first].distance(to: hashes[$0]) <= radius }
        .map { HashIndex.Pair(first, $0) }
    }
  }

  @Test(arguments: Array(0...12) + [20, 40, 63], ["spread", "clustered"])
  func `the index finds the pairs that brute force finds`(radius: Int, kind: String) throws {
    let hashes = Self.hashes(kind, count: 150)
    let expected = Self.bruteForce(hashes, radius)
    let index = HashIndex(hashes)
    #expect(!expected.isEmpty)
    #expect(try index.pairs(within: radius) == expected)
    let links = try index.links(within: radius)
    #expect(Set(links).isSubset(of: expected))
    #expect(components(links, hashes.count) == components(expected, hashes.count))
  }

  @Test(arguments: 0...12) func `matches of queries are what brute force finds, in the order of queries`(
    radius: Int
  ) throws {
    let (hashes, queries) = (Self.hashes("spread", count: 300), Array(Self.hashes("spread", count: 200).prefix(90)))
    let matches = try HashIndex(hashes).matches(of: queries, within: radius) { query, index in query != index }
    var expected: Set<HashIndex.Match> = []
    for (query, hash) in queries.enumerated() {
      for index in hashes.indices where query != index && hash.distance(to: hashes[index]) <= radius {
        expected.insert(HashIndex.Match(query: query, index: index, distance: hash.distance(to: hashes[index])))
      }
    }
    #expect(Set(matches) == expected && matches.count == expected.count)
    #expect(matches.map(\.query) == matches.map(\.query).sorted())
  }

  @Test(arguments: [4, 8, 12]) func `many hashes are searched as few are`(radius: Int) throws {
    var random = KeyedRandom(seed: 3, key: "many", stage: "test")
    var hashes = (0..<10_000).map { _ in PerceptualHash(bits: random.next()) }
    var planted: Set<HashIndex.Pair> = []
    for index in 0..<60 {
      planted.insert(HashIndex.Pair(index * 100, hashes.count))
      hashes.append(hashes[index * 100].changed(index % (radius + 1), &random))
    }
    #expect(planted.isSubset(of: try HashIndex(hashes).pairs(within: radius)))
  }

  @Test func `a radius of 64 or below 0 is an error`() {
    for radius in [-1, 64] {
      #expect { try HashIndex([]).pairs(within: radius) } throws: { ($0 as? SplittingError)?.code == .badOption }
    }
  }

  /// The least member of each element's component, by repeated relabelling.
  private func components(_ pairs: [HashIndex.Pair], _ count: Int) -> [Int] {
    var labels = Array(0..<count)
    var changed = true
    while changed {
      changed = false
      for pair in pairs where labels[pair.first] != labels[pair.second] {
        let least = min(labels[pair.first], labels[pair.second])
        (labels[pair.first], labels[pair.second]) = (least, least)
        changed = true
      }
    }
    return labels
  }
}
