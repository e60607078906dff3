/// A sample of keys that does not depend on their order, and changes little when some come or go.
package enum KeySample {
  /// Places of the `count` keys with the least hashes, ascending; all where there are no more.
  ///
  /// A key's hash is a function of (seed, key, stage).
  package static func places(_ keys: [String], count: Int, seed: UInt64, stage: String) -> [Int] {
    guard keys.count > count else { return Array(keys.indices) }
    let hashes = keys.map { key in
      var random = KeyedRandom(seed: seed, key: key, stage: stage)
      return random.next()
    }
    return keys.indices.sorted { (hashes[$0], $0) < (hashes[$1], $1) }.prefix(count).sorted()
  }
}
