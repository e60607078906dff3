private import Foundation

/// Hashes sorted by each of a few bands of their bits, for one radius.
///
/// Two hashes within the radius agree in at least one band up to that band's share of the radius, so only buckets whose
/// band differs in so few bits are looked at. How many bands is chosen by what it costs for so many hashes. A pair that
/// several bands would give is given by the first.
///
/// Source: Norouzi, Punjani and Fleet 2012, "Fast search in Hamming space with multi-index hashing".
struct HashBands: Sendable {
  struct Band: Sendable {
    /// Bits of the hash, spread, that belong to it: so many from `shift` on.
    let shift: UInt64
    let width: Int
    /// Bits in which the band may differ.
    let radius: Int
    /// Every difference of at most `radius` bits, 0 first.
    let differences: [UInt32]
    /// Where the bucket of each value starts; one more than there are values.
    private(set) var starts: [UInt32]
    /// Hashes and their places, by bucket.
    private(set) var hashes: [UInt64]
    private(set) var places: [UInt32]

    var mask: UInt64 { ((1 << UInt64(width)) - 1) << shift }

    func value(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: (hash & mask) >> shift) }

    init(_ hashes: [UInt64], shift: Int, width: Int, radius: Int) {
      self.shift = UInt64(shift)
      self.width = width
      self.radius = radius
      differences = HashBands.differences(width: width, radius: radius)
      starts = [UInt32](repeating: 0, count: 1 << width + 1)
      self.hashes = [UInt64](repeating: 0, count: hashes.count)
      places = [UInt32](repeating: 0, count: hashes.count)
      for hash in hashes { starts[Int(value(hash)) + 1] += 1 }
      for index in 1..<starts.count { starts[index] += starts[index - 1] }
      var next = starts
      for (place, hash) in hashes.enumerated() {
        let bucket = Int(value(hash))
        self.hashes[Int(next[bucket])] = hash
        places[Int(next[bucket])] = UInt32(place)
        next[bucket] += 1
      }
    }
  }

  let radius: Int
  let bands: [Band]

  /// - Throws: for a radius that 64 bits do not allow, and for more hashes than 32 bits can count.
  init(_ hashes: [UInt64], radius: Int) throws(SplittingError) {
    guard (0...63).contains(radius) else {
      throw SplittingError(
        code: .badOption, message: "hashes of 64 bits cannot be compared within \(radius); use 0 to 63")
    }
    guard hashes.count < UInt32.max else {
      throw SplittingError(code: .badOption, message: "\(hashes.count) hashes are more than an index holds")
    }
    self.radius = radius
    let spread = hashes.map(Self.spread)
    let count = Self.bandCount(hashes.count, radius: radius)
    bands = (0..<count).map { band in
      let (low, high) = (64 * band / count, 64 * (band + 1) / count)
      return Band(spread, shift: low, width: high - low, radius: Self.radius(of: band, of: count, within: radius))
    }
  }

  /// A band's share of the radius: were every band further apart than its share, all 64 bits were beyond the radius.
  private static func radius(of band: Int, of count: Int, within radius: Int) -> Int {
    radius / count - (band <= radius % count ? 0 : 1)
  }

  /// Neighbouring frequencies of a picture go together; spread over the bands, they fill the buckets more evenly.
  private static func spread(_ hash: UInt64) -> UInt64 {
    var result: UInt64 = 0
    for bit: UInt64 in 0..<64 { result |= (hash >> bit & 1) << (bit &* 27 & 63) }
    return result
  }

  /// The number of bands whose search costs least: a look into a bucket some eight times as much as a comparison.
  private static func bandCount(_ hashes: Int, radius: Int) -> Int {
    func cost(_ count: Int) -> Double {
      let width = 64 / count
      return (0..<count).reduce(0) { sum, band in
        let looks = (0...max(0, self.radius(of: band, of: count, within: radius))).reduce(0.0) {
          $0 + choices(width, $1)
        }
        return sum + looks * (8 + Double(hashes) / pow(2, Double(width)))
      } + pow(2, Double(width)) * Double(count) / Double(max(1, hashes))
    }
    // Wider bands than 22 bits would need tables larger than the hashes; narrower ones than the radius allows, none.
    return (3...max(3, radius + 1)).min { cost($0) < cost($1) } ?? 3
  }

  private static func choices(_ count: Int, _ chosen: Int) -> Double {
    chosen > count ? 0 : (0..<chosen).reduce(1.0) { $0 * Double(count - $1) / Double($1 + 1) }
  }

  /// Every value of `width` bits with at most `radius` of them set, fewest first; none for a negative radius.
  private static func differences(width: Int, radius: Int) -> [UInt32] {
    guard radius >= 0 else { return [] }
    var all: [UInt32] = [0]
    var last: [UInt32] = [0]
    for _ in 0..<min(radius, width) {
      // A further bit above the highest, so that none is made twice.
      last = last.flatMap { value in
        (UInt32.bitWidth - value.leadingZeroBitCount..<width).map { value | 1 << UInt32($0) }
      }
      all += last
    }
    return all
  }

  /// Whether a band before `band` gives the same two hashes.
  @inline(__always) private func isKnown(_ difference: UInt64, before band: Int) -> Bool {
    for earlier in 0..<band where (difference & bands[earlier].mask).nonzeroBitCount <= bands[earlier].radius {
      return true
    }
    return false
  }

  /// Calls `body` with the place and distance of each hash at most the radius from `query`.
  func forEachNear(_ query: UInt64, _ body: (_ place: Int, _ distance: Int) -> Void) {
    let query = Self.spread(query)
    for index in bands.indices {
      bands[index].forEachInBuckets(around: query, from: 0) { place, hash, _ in
        let difference = hash ^ query
        guard difference.nonzeroBitCount <= radius, !isKnown(difference, before: index) else { return }
        body(place, difference.nonzeroBitCount)
      }
    }
  }

  /// Calls `body` with the places, lesser first, of each pair within the radius that `band` gives and no band before it,
  /// for hashes in a part of the band's order.
  func forEachNearPair(of part: Range<Int>, in band: Int, _ body: (_ first: Int, _ second: Int) -> Void) {
    let sorted = bands[band]
    for index in part {
      let (query, own) = (sorted.hashes[index], Int(sorted.places[index]))
      let value = sorted.value(query)
      sorted.forEachInBuckets(around: query, from: value) { place, hash, bucket in
        // Of two buckets the pair is met from the lesser one alone, within a bucket from the lesser place.
        guard bucket != value || place > own else { return }
        let difference = hash ^ query
        guard difference.nonzeroBitCount <= radius, !isKnown(difference, before: band) else { return }
        body(min(own, place), max(own, place))
      }
    }
  }
}

extension HashBands.Band {
  /// Calls `body` for the hashes in the buckets whose value differs from the query's in a few bits and is not below
  /// `least`.
  @inline(__always) fileprivate func forEachInBuckets(
    around query: UInt64, from least: UInt32, _ body: (_ place: Int, _ hash: UInt64, _ bucket: UInt32) -> Void
  ) {
    let value = value(query)
    starts.withUnsafeBufferPointer { starts in
      hashes.withUnsafeBufferPointer { hashes in
        places.withUnsafeBufferPointer { places in
          for difference in differences {
            let bucket = value ^ difference
            guard bucket >= least else { continue }
            for index in Int(starts[Int(bucket)])..<Int(starts[Int(bucket) + 1]) {
              body(Int(places[index]), hashes[index], bucket)
            }
          }
        }
      }
    }
  }
}
