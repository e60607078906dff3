package import Imaging

/// Where a fake's crop differs from its original's: 1 - SSIM, grey.
///
/// SSIM of every channel with a uniform window of 7 pixels, sample covariance, K1 = 0.01, K2 = 0.03, range 255, edges
/// mirrored; `255 (1 - SSIM)` cut to a whole number in 0...255 for every channel, then the luma of the three.
///
/// Source: Wang et al. 2004, Image quality assessment; scikit-image's `structural_similarity` with its defaults, and the
/// masks of DFDC's winner. Unlike theirs, a value over 255 (SSIM below 0) stays 255 instead of wrapping round.
package struct DifferenceMask: Hashable, Sendable {
  /// Side of the window, pixels; the least side of a crop.
  package static let windowPixels = 7
  /// A fake whose mask has no more than this many pixels above ``noiseLevel`` shows nothing of the manipulation.
  package static let noisePixels = 32
  package static let noiseLevel: UInt8 = 20

  package let width: Int
  package let height: Int
  /// Row-major, `width * height`; 0 where the crops are alike.
  package let values: [UInt8]

  /// Compares two crops of one transform.
  ///
  /// - Throws: ``DifferenceMaskError`` for crops of different or too small sizes.
  package static func make(fake: Image, original: Image) throws(DifferenceMaskError) -> DifferenceMask {
    guard fake.width == original.width, fake.height == original.height else {
      throw .differentSizes(fake: [fake.width, fake.height], original: [original.width, original.height])
    }
    guard min(fake.width, fake.height) >= windowPixels else {
      throw .tooSmall(width: fake.width, height: fake.height)
    }
    var window = SimilarityWindow(width: fake.width, height: fake.height)
    return DifferenceMask(
      width: fake.width, height: fake.height, values: window.differences(fake.pixels, original.pixels))
  }

  /// How many pixels are above `level`.
  package func changedPixels(above level: UInt8) -> Int { values.count { $0 > level } }

  /// Whether so little differs that the label `fake` is noise: at most 32 pixels above 20.
  ///
  /// Source: DFDC's winner counts a fake's crop as valid only with more than 32 pixels above 20.
  package var isLabelNoise: Bool { changedPixels(above: Self.noiseLevel) <= Self.noisePixels }
}

/// Two crops that cannot be compared.
package enum DifferenceMaskError: Error, Hashable, Sendable, CustomStringConvertible {
  case differentSizes(fake: [Int], original: [Int])
  case tooSmall(width: Int, height: Int)

  /// The kind of failure; never changes its meaning.
  package var code: String {
    switch self {
    case .differentSizes: "different-crop-sizes"
    case .tooSmall: "crop-too-small"
    }
  }

  package var description: String {
    switch self {
    case .differentSizes(let fake, let original):
      "difference mask: the fake's crop has \(fake) pixels, the original's \(original); cut both to one size"
    case .tooSmall(let width, let height):
      "difference mask: \(width) x \(height) pixels; a side has to be \(DifferenceMask.windowPixels) or more"
    }
  }
}
