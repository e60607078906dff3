import Records
import Testing

@Suite struct KeySampleTests {
  private let keys = (0..<200).map { "key \($0)" }

  private func sample(_ keys: [String], _ count: Int, seed: UInt64 = 1, stage: String = "test") -> [String] {
    KeySample.places(keys, count: count, seed: seed, stage: stage).map { keys[$0] }
  }

  @Test func `the order of keys has no part in it, and few that go change few`() {
    let whole = sample(keys, 50)
    #expect(whole.count == 50 && Set(whole).count == 50)
    #expect(Set(sample(keys.reversed(), 50)) == Set(whole))
    // Without one that was drawn, one other comes in its place.
    let without = sample(keys.filter { $0 != whole[7] }, 50)
    #expect(Set(without).subtracting(whole).count == 1 && Set(whole).subtracting(without) == [whole[7]])
    // Without one that was not drawn, nothing changes.
    let others = keys.filter { !whole.contains($0) }
    #expect(sample(keys.filter { $0 != others[3] }, 50) == whole)
  }

  @Test func `seeds and stages draw otherwise, and all is all`() {
    #expect(sample(keys, 50) != sample(keys, 50, seed: 2))
    #expect(sample(keys, 50) != sample(keys, 50, stage: "other"))
    #expect(sample(keys, 200) == keys && sample(keys, 500) == keys && sample(keys, 0).isEmpty)
  }
}
