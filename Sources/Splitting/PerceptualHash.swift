private import Foundation

/// 64 bits that change little when a picture is scaled, compressed or slightly retouched.
///
/// The ``Thumbnail`` goes through a two-dimensional DCT-II. Of the 8 x 8 coefficients of frequencies 1 ... 8 in each
/// direction (the mean and pure stripes are left out) a bit is 1 where the coefficient is above their median. The most
/// significant bit is vertical frequency 1, horizontal frequency 1; horizontal frequencies follow. A picture without any
/// contrast has no bit set; any other has 32, so that distances are even.
///
/// Source: Zauner 2010, "Implementation and benchmarking of perceptual image hash functions", DCT-based hash.
package struct PerceptualHash: Codable, Hashable, Sendable, Comparable {
  package let bits: UInt64

  package init(bits: UInt64) { self.bits = bits }

  package init(_ thumbnail: Thumbnail) {
    self.init(Self.coefficients(of: thumbnail, in: [.whole])[0], isMirrored: false)
  }

  /// The hash of the thumbnail's mirror picture.
  package init(mirrorOf thumbnail: Thumbnail) {
    self.init(Self.coefficients(of: thumbnail, in: [.whole])[0], isMirrored: true)
  }

  /// Number of bits that differ, at most 64.
  package func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

  package static func < (left: PerceptualHash, right: PerceptualHash) -> Bool { left.bits < right.bits }

  /// Hashes of the parts of a picture that `windows` name, and then of the same parts in a mirror.
  static func hashes(of thumbnail: Thumbnail, in windows: [ThumbnailWindow]) -> [PerceptualHash] {
    let coefficients = coefficients(of: thumbnail, in: windows)
    return [false, true].flatMap { isMirrored in
      coefficients.map { PerceptualHash($0, isMirrored: isMirrored) }
    }
  }

  // MARK: - Coefficients

  /// Coefficients smaller than this are rounding and count as 0; one grey level's noise gives some 0.3.
  private static let noise: Float = 0.01
  /// 1 for even horizontal frequencies, -1 for odd ones: what a mirror does to coefficients.
  private static let mirror = SIMD8<Float>(-1, 1, -1, 1, -1, 1, -1, 1)

  /// A row of horizontal frequencies 1 ... 8 per vertical frequency 1 ... 8.
  private typealias Coefficients = [SIMD8<Float>]

  private init(_ coefficients: Coefficients, isMirrored: Bool) {
    var values: [Float] = []
    values.reserveCapacity(64)
    for row in coefficients {
      let row = isMirrored ? row * Self.mirror : row
      for place in 0..<8 { values.append(abs(row[place]) < Self.noise ? 0 : row[place]) }
    }
    let sorted = values.sorted()
    let median = (sorted[31] + sorted[32]) / 2
    self.init(bits: values.reduce(0) { $0 << 1 | ($1 > median ? 1 : 0) })
  }

  private static func coefficients(of thumbnail: Thumbnail, in windows: [ThumbnailWindow]) -> [Coefficients] {
    let side = Thumbnail.sidePixels
    let pixels = thumbnail.luma.map(Float.init)
    var rows: [Interval: [SIMD8<Float>]] = [:]
    return windows.map { window in
      guard window.degrees == 0 else { return whole(thumbnail.turned(degrees: window.degrees)) }
      let interval = Interval(start: window.x, length: window.scale)
      let across =
        rows[interval]
        ?? {
          let cosines = basis(interval)
          let sums = (0..<side).map { row in
            var sum = SIMD8<Float>()
            for column in 0..<side { sum += cosines[column] * pixels[row * side + column] }
            return sum
          }
          rows[interval] = sums
          return sums
        }()
      let cosines = basis(Interval(start: window.y, length: window.scale))
      return (0..<8).map { frequency in
        var sum = SIMD8<Float>()
        for row in 0..<side { sum += across[row] * cosines[row][frequency] }
        return sum
      }
    }
  }

  private static func whole(_ pixels: [Float]) -> Coefficients {
    let side = Thumbnail.sidePixels
    let cosines = basis(Interval(start: 0, length: 1))
    var result = Coefficients(repeating: SIMD8(), count: 8)
    for row in 0..<side {
      var sum = SIMD8<Float>()
      for column in 0..<side { sum += cosines[column] * pixels[row * side + column] }
      for frequency in 0..<8 { result[frequency] += sum * cosines[row][frequency] }
    }
    return result
  }

  private struct Interval: Hashable {
    var start: Double
    var length: Double
  }

  private static let knownBases: [Interval: [SIMD8<Float>]] = {
    let intervals = Set(
      ThumbnailWindow.cuts.flatMap {
        [Interval(start: $0.x, length: $0.scale), Interval(start: $0.y, length: $0.scale)]
      })
    return Dictionary(uniqueKeysWithValues: intervals.map { ($0, makeBasis($0)) })
  }()

  private static func basis(_ interval: Interval) -> [SIMD8<Float>] { knownBases[interval] ?? makeBasis(interval) }

  /// For each pixel the cosines of frequencies 1 ... 8 over the interval, times the share of the pixel inside it.
  private static func makeBasis(_ interval: Interval) -> [SIMD8<Float>] {
    let side = Double(Thumbnail.sidePixels)
    return (0..<Thumbnail.sidePixels).map { pixel in
      let low = max(Double(pixel) / side, interval.start)
      let high = min(Double(pixel + 1) / side, interval.start + interval.length)
      guard high > low else { return SIMD8() }
      let place = ((low + high) / 2 - interval.start) / interval.length
      let weight = (high - low) * side * (2 / side).squareRoot()
      var values = SIMD8<Float>()
      for frequency in 1...8 { values[frequency - 1] = Float(cos(.pi * Double(frequency) * place) * weight) }
      return values
    }
  }
}
