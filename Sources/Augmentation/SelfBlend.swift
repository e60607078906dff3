package import Imaging
package import Records

/// Self-blended images: a face changed a little and blended into the picture it came from.
///
/// The blending boundary and the mismatch of colour and sharpness across it are what face swaps have in common; a model
/// that learns from these sees no generator's fingerprint.
///
/// Source: Shiohara and Yamasaki 2022, "Detecting Deepfakes with Self-Blended Images". Differences: the mask comes from
/// five landmarks (or a box) instead of 68 or 81; always the inserted face is transformed and never the picture around
/// it, so that outside the mask every pixel stays what it was and a made picture has no other trace; sharpness is lost
/// by a factor up to 2, not 4, which at the size of crops is a smear.
package enum SelfBlend {
  /// Makes one self-blended image.
  ///
  /// - Parameters:
  ///   - image: a crop with some margin around the face.
  ///   - landmarks: right eye, left eye, nose, right and left mouth corner in pixels of `image`; when there are not
  ///     five, the box is used.
  ///   - faceBox: the face's box in pixels of `image`.
  /// - Returns: A picture of the same size; the outermost 4 % of the shorter side are those of `image`.
  /// - Throws: ``AugmentationError`` when the face lies outside the picture, ``ImagingError`` when a library fails.
  package static func make(
    from image: Image, landmarks: [Point], faceBox: Box, random: inout KeyedRandom
  ) throws -> Image {
    let face = FaceEllipse(landmarks: landmarks, box: faceBox)
    let move = AffineTransform.similarity(
      about: face.centre, scale: random.uniform(0.95...1 / 0.95), degrees: 0,
      shift: Point(
        x: random.uniform(-0.03...0.03) * 2 * face.across, y: random.uniform(-0.015...0.015) * 2 * face.along))
    let inserted = try perturbed(image, random: &random).warped(
      by: move, width: image.width, height: image.height, interpolation: .linear, border: .reflect)
    let mask = try face.moved(by: move).softMask(width: image.width, height: image.height, random: &random)
    guard mask.contains(where: { $0 > 0 }) else {
      throw AugmentationError.faceOutsidePicture("box \(faceBox) in \(image.width) x \(image.height) pixels")
    }
    let quarters = [1, 2, 3, 4, 4, 4][random.integer(below: 6)]
    return blend(inserted, into: image, mask: mask, quarters: quarters)
  }

  /// The picture with other colours, and sharper or coarser than it was.
  private static func perturbed(_ image: Image, random: inout KeyedRandom) throws(ImagingError) -> Image {
    var colours = ColourMatrix.hue(degrees: random.uniform(-5...5))
      .followed(by: .saturation(random.uniform(0.85...1.15)))
      .followed(by: .contrast(random.uniform(0.9...1.1), brightness: random.uniform(-0.1...0.1) * 255))
    if random.chance(0.3) {
      colours = colours.followed(
        by: .shift(red: random.uniform(-20...20), green: random.uniform(-20...20), blue: random.uniform(-20...20)))
    }
    let recoloured = image.recoloured(by: colours)
    return random.chance(0.5)
      ? try recoloured.coarsened(factor: random.uniform(0.5...0.85))
      : try recoloured.sharpened(amount: random.uniform(0.3...1))
  }

  /// `inserted` over `image` by `mask` times `quarters` of four.
  private static func blend(_ inserted: Image, into image: Image, mask: [UInt8], quarters: Int) -> Image {
    var result = image
    result.pixels.withUnsafeMutableBufferPointer { pixels in
      inserted.pixels.withUnsafeBufferPointer { inserted in
        mask.withUnsafeBufferPointer { mask in
          for index in pixels.indices {
            let weight = Int(mask[index / 3]) * quarters
            let sum = weight * Int(inserted[index]) + (1020 - weight) * Int(pixels[index])
            pixels[index] = UInt8((sum + 510) / 1020)
          }
        }
      }
    }
    return result
  }
}
