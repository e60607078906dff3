private import Foundation

/// 64 bits that change little when a picture is scaled, compressed or slightly retouched.
///
/// The picture's luma, 32 x 32, goes through a two-dimensional DCT-II. Of the 8 x 8 coefficients of frequencies 1 ... 8
/// in each direction (the mean and pure stripes are left out) a bit is 1 where the coefficient is above their median.
/// The most significant bit is vertical frequency 1, horizontal frequency 1; horizontal frequencies follow. A picture
/// without any contrast has no bit set.
///
/// Source: Zauner 2010, "Implementation and benchmarking of perceptual image hash functions", DCT-based hash.
package struct PerceptualHash: Codable, Hashable, Sendable, Comparable {
  package let bits: UInt64

  package init(bits: UInt64) { self.bits = bits }

  /// Side of the picture that is hashed, pixels.
  package static let sizePixels = 32
  /// Coefficients smaller than this are rounding and count as 0.
  private static let noise = 1e-6

  /// `cosines[frequency - 1][pixel]` of the DCT-II, scaled to length 1.
  private static let cosines: [[Double]] = (1...8).map { frequency in
    let step = Double.pi * Double(frequency) / Double(sizePixels)
    return (0..<sizePixels).map { pixel in cos(step * (Double(pixel) + 0.5)) / 4 }
  }

  /// - Parameters:
  ///   - luma: 32 x 32, row-major, 0 ... 255.
  ///   - mirrored: hashes the picture seen in a mirror, left and right exchanged.
  /// - Throws: when `luma` has another number of values.
  package init(luma: [Double], mirrored: Bool = false) throws(SplittingError) {
    let side = Self.sizePixels
    guard luma.count == side * side else {
      throw SplittingError(code: .wrongSize, message: "\(luma.count) luma values; a hash is made of \(side) x \(side)")
    }
    // Rows first: across[row][horizontal frequency].
    let across = (0..<side).map { row in
      let line = luma[row * side..<(row + 1) * side]
      let pixels = mirrored ? Array(line.reversed()) : Array(line)
      return Self.cosines.map { cosine in zip(pixels, cosine).reduce(0.0) { $0 + $1.0 * $1.1 } }
    }
    let coefficients = Self.cosines.flatMap { cosine in
      (0..<8).map { horizontal in
        let sum = zip(across, cosine).reduce(0.0) { $0 + $1.0[horizontal] * $1.1 }
        return abs(sum) < Self.noise ? 0 : sum
      }
    }
    let sorted = coefficients.sorted()
    let median = (sorted[31] + sorted[32]) / 2
    bits = coefficients.reduce(0) { $0 << 1 | ($1 > median ? 1 : 0) }
  }

  /// Number of bits that differ, at most 64.
  package func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

  package static func < (left: PerceptualHash, right: PerceptualHash) -> Bool { left.bits < right.bits }
}
