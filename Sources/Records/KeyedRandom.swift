private import Crypto
private import Foundation

/// A random number generator that is a pure function of (seed, key, stage): the same draws on any machine, in any order
/// of work, on any number of workers.
///
/// The 256-bit SHA-256 of the three is the state of xoshiro256**. Its own draws are used everywhere, because the
/// standard library does not promise how `random(in:using:)` turns bits into numbers.
///
/// Source: Blackman and Vigna 2018, xoshiro256**.
package struct KeyedRandom: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  package init(seed: UInt64, key: String, stage: String) {
    var builder = FingerprintBuilder("random")
    builder.add("seed", String(seed))
    builder.add("key", key)
    builder.add("stage", stage)
    let hex = Array(builder.finish().hex.utf8)
    func word(_ index: Int) -> UInt64 {
      hex[index * 16..<(index + 1) * 16].reduce(0) { $0 << 4 | UInt64($1 < 58 ? $1 - 48 : $1 - 87) }
    }
    state = (word(0), word(1), word(2), word(3) | 1)
  }

  package mutating func next() -> UInt64 {
    func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
    let result = rotate(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotate(state.3, 45)
    return result
  }

  /// Uniform in 0 ..< 1, 53 bits.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in `range`.
  package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Uniform in 0 ..< `bound`, without bias.
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "bound must be positive")
    let limit = UInt64(bound)
    let threshold = (0 &- limit) % limit
    while true {
      let product = next().multipliedFullWidth(by: limit)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// True with the given probability.
  package mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Standard normal, by Box and Muller's transform; two uniform draws each.
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// Fisher and Yates' shuffle with this generator's own draws.
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(index, integer(below: index + 1))
    }
  }
}
