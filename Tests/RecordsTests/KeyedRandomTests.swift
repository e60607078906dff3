import Records
import Testing

@Suite("Keyed random numbers")
struct KeyedRandomTests {
  /// First draws of an independent implementation: SHA-256 of the fields, then xoshiro256**.
  @Test(
    "The first draws are pinned",
    arguments: [
      (0, "", "", [0x275c_0acb_1313_d8e7, 0x2fad_382f_f3bd_7bd7, 0x77a5_038e_ac8d_9acc]),
      (
        17, "dfdc/part_0/a=2emp4/000000000040/0/crop", "shard",
        [0xfed6_d884_582a_f5e2, 0xbde6_6b80_2bc4_5d4e, 0x660d_d832_97c6_fb88]
      ),
      (.max, "é", "train", [0x482f_791b_b547_cc32, 0x37d7_e60b_757d_b394, 0x23bf_c041_5e76_6d73]),
    ] as [(UInt64, String, String, [UInt64])])
  func firstDraws(seed: UInt64, key: String, stage: String, expected: [UInt64]) {
    var random = KeyedRandom(seed: seed, key: key, stage: stage)
    #expect(expected.indices.map { _ in random.next() } == expected)
  }

  @Test("Integers and fractions of the first draws are pinned")
  func derivedDraws() {
    var random = KeyedRandom(seed: 17, key: "a", stage: "b")
    #expect((0..<5).map { _ in random.integer(below: 1000) } == [410, 133, 489, 729, 554])
    random = KeyedRandom(seed: 17, key: "a", stage: "b")
    #expect((0..<3).map { _ in random.uniform() } == [0.4102838606374013, 0.13391412076695786, 0.4892091951633182])
  }

  @Test("Draws of one key do not depend on draws of others, nor on the order of work")
  func drawsAreIndependentOfOrder() {
    func draws(_ key: String) -> [UInt64] {
      var random = KeyedRandom(seed: 5, key: key, stage: "order")
      return (0..<4).map { _ in random.next() }
    }
    let keys = (0..<20).map { "sample-\($0)" }
    let forward = keys.map(draws)
    #expect(forward == Array(keys.reversed().map(draws).reversed()))
    var interleaved = keys.map { KeyedRandom(seed: 5, key: $0, stage: "order") }
    var drawn = keys.map { _ in [UInt64]() }
    for _ in 0..<4 { for index in keys.indices { drawn[index].append(interleaved[index].next()) } }
    #expect(drawn == forward)
  }

  @Test("Seed, key and stage each matter, and their borders do too")
  func everyPartMatters() {
    func first(_ seed: UInt64, _ key: String, _ stage: String) -> UInt64 {
      var random = KeyedRandom(seed: seed, key: key, stage: stage)
      return random.next()
    }
    let draws = [
      first(1, "ab", "c"), first(2, "ab", "c"), first(1, "a", "bc"), first(1, "ab", "d"), first(11, "b", "c"),
    ]
    #expect(Set(draws).count == draws.count)
  }

  @Test("Integers stay below their bound and fill it evenly", arguments: [1, 2, 3, 7, 10, 100])
  func integersAreUniform(bound: Int) {
    var random = KeyedRandom(seed: 3, key: "integers", stage: "\(bound)")
    var counts = [Int](repeating: 0, count: bound)
    let draws = 20_000
    for _ in 0..<draws { counts[random.integer(below: bound)] += 1 }
    let expected = Double(draws) / Double(bound)
    // Five standard deviations of a count.
    #expect(counts.allSatisfy { abs(Double($0) - expected) <= 5 * expected.squareRoot() }, "\(counts)")
  }

  @Test("The widest bound is kept")
  func widestBound() {
    var random = KeyedRandom(seed: 4, key: "wide", stage: "test")
    let draws = (0..<1000).map { _ in random.integer(below: .max) }
    #expect(draws.allSatisfy { (0..<Int.max).contains($0) })
    #expect(draws.contains { $0 > Int.max / 2 })
  }

  @Test("Fractions are in 0 ..< 1 with the mean and spread of a uniform law, normals with those of a normal one")
  func momentsAreRight() {
    var random = KeyedRandom(seed: 6, key: "moments", stage: "test")
    let count = 20_000.0
    let uniform = (0..<20_000).map { _ in random.uniform() }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    #expect(abs(uniform.reduce(0, +) / count - 0.5) < 0.01)
    #expect(abs(uniform.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / count - 1.0 / 12) < 0.003)
    let normal = (0..<20_000).map { _ in random.normal() }
    #expect(abs(normal.reduce(0, +) / count) < 0.03)
    #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / count - 1) < 0.05)
    #expect((0..<20_000).count { _ in random.chance(0.25) } > 4600)
    #expect((0..<1000).allSatisfy { _ in (-2.0...3).contains(random.uniform(-2...3)) })
  }

  @Test("A shuffle keeps all elements and makes every order")
  func shuffleReachesEveryOrder() {
    var random = KeyedRandom(seed: 7, key: "shuffle", stage: "test")
    var orders: [[Int]: Int] = [:]
    for _ in 0..<6000 {
      var elements = [0, 1, 2]
      random.shuffle(&elements)
      orders[elements, default: 0] += 1
    }
    #expect(orders.count == 6)
    #expect(orders.values.allSatisfy { (850...1150).contains($0) }, "\(orders)")
  }
}
