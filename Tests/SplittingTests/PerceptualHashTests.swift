import Foundation
import Records
import Splitting
import Testing

@Suite struct PerceptualHashTests {
  /// A smooth picture of random waves.
  private func picture(_ seed: UInt64, noise: Double = 0, gain: Double = 1) -> [Double] {
    var random = KeyedRandom(seed: seed, key: "picture", stage: "test")
    let waves = (0..<12).map { _ in
      (random.uniform(0.02...0.25), random.uniform(0.02...0.25), random.uniform(0...6), random.uniform(2...15))
    }
    return (0..<1024).map { index in
      let (row, column) = (Double(index / 32), Double(index % 32))
      let value = waves.reduce(128.0) { $0 + $1.3 * sin($1.0 * row + $1.1 * column + $1.2) }
      return gain * (value + noise * random.normal())
    }
  }

  private func mirrored(_ luma: [Double]) -> [Double] { (0..<1024).map { luma[$0 / 32 * 32 + 31 - $0 % 32] } }

  @Test(arguments: 0..<20) func `noise and gain change few bits, another picture many`(seed: UInt64) throws {
    let hash = try PerceptualHash(luma: picture(seed))
    #expect(hash.distance(to: try PerceptualHash(luma: picture(seed, noise: 0.05))) <= 6)
    #expect(hash.distance(to: try PerceptualHash(luma: picture(seed, gain: 0.7))) == 0)
    #expect(hash.distance(to: try PerceptualHash(luma: picture(seed + 100))) >= 12)
    #expect((20...40).contains(hash.bits.nonzeroBitCount))
  }

  @Test(arguments: 0..<5) func `the mirrored hash is the mirror picture's hash`(seed: UInt64) throws {
    let luma = picture(seed)
    #expect(try PerceptualHash(luma: luma, mirrored: true) == PerceptualHash(luma: mirrored(luma)))
    #expect(try PerceptualHash(luma: luma, mirrored: true) != PerceptualHash(luma: luma))
  }

  @Test func `bits are where the document says`() throws {
    // A single wave of vertical frequency 2 and horizontal frequency 3 gives one coefficient.
    let luma = (0..<1024).map { index in
      let (row, column) = (Double(index / 32) + 0.5, Double(index % 32) + 0.5)
      return 128 + 50 * cos(Double.pi * row * 2 / 32) * cos(Double.pi * column * 3 / 32)
    }
    #expect(try PerceptualHash(luma: luma).bits == 1 << UInt64(63 - (1 * 8 + 2)))
  }

  @Test func `a flat picture has no bit set, and sizes are checked`() throws {
    #expect(try PerceptualHash(luma: [Double](repeating: 200, count: 1024)).bits == 0)
    #expect { try PerceptualHash(luma: [1, 2]) } throws: { ($0 as? SplittingError)?.code == .wrongSize }
  }

  @Test(arguments: [0, 1, 3, 4, 10, 40]) func `the index finds the pairs that brute force finds`(radius: Int) throws {
    var random = KeyedRandom(seed: 8, key: "hashes", stage: "test")
    var hashes = (0..<60).map { _ in PerceptualHash(bits: random.next()) }
    for index in 0..<90 {
      var bits = hashes[index % 60].bits
      for _ in 0..<random.integer(below: 7) { bits ^= 1 << UInt64(random.integer(below: 64)) }
      hashes.append(PerceptualHash(bits: bits))
    }
    random.shuffle(&hashes)
    var expected: [HashIndex.Pair] = []
    for first in hashes.indices {
      for second in hashes.indices where second > first && hashes[first].distance(to: hashes[second]) <= radius {
        expected.append(HashIndex.Pair(first, second))
      }
    }
    let index = HashIndex(hashes)
    #expect(!expected.isEmpty)
    #expect(try index.pairs(within: radius) == expected)
    let links = try index.links(within: radius)
    #expect(Set(links).isSubset(of: expected))
    #expect(components(links, hashes.count) == components(expected, hashes.count))
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
