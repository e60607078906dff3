import Imaging
import Records

extension Image {
  /// The picture with Gaussian noise of `levels` (of 255) added to every channel of every pixel.
  func withNoise(levels: Double, random: inout KeyedRandom) -> Image {
    var result = self
    result.pixels.withUnsafeMutableBufferPointer { pixels in
      for index in pixels.indices {
        let value = (Double(pixels[index]) + levels * random.normal()).rounded()
        pixels[index] = UInt8(min(255, max(0, value)))
      }
    }
    return result
  }

  /// The picture plus `amount` times its difference from a blur of one pixel (unsharp masking).
  func sharpened(amount: Double) throws(ImagingError) -> Image {
    let blurred = try gaussianBlurred(sigma: 1)
    let weight = Int((amount * 256).rounded())
    var result = self
    result.pixels.withUnsafeMutableBufferPointer { pixels in
      blurred.pixels.withUnsafeBufferPointer { smooth in
        for index in pixels.indices {
          let value = Int(pixels[index])
          pixels[index] = UInt8(min(255, max(0, value + (weight * (value - Int(smooth[index])) + 128) >> 8)))
        }
      }
    }
    return result
  }

  /// The picture reduced to `factor` of its size by area means, and enlarged again linearly.
  func coarsened(factor: Double) throws(ImagingError) -> Image {
    try resized(
      width: max(1, Int((Double(width) * factor).rounded())), height: max(1, Int((Double(height) * factor).rounded())),
      interpolation: .area
    ).resized(width: width, height: height, interpolation: .linear)
  }
}
