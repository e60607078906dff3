private import COpenCVImage

/// What the luma of a picture tells of it.
package struct LumaMeasures: Hashable, Sendable {
  /// 0 ... 255; from whole sums, so exact to the last rounding.
  package var mean: Double
  /// Standard deviation, exact likewise.
  package var deviation: Double
  /// Variance of the 3x3 Laplacian: the larger, the sharper; 0 for one colour.
  ///
  /// Source: Pech-Pacheco et al. 2000, variance of the Laplacian as a measure of focus.
  package var laplacianVariance: Double
}

extension Image {
  /// Luma, `UInt8`, full range, row-major `[height, width]`.
  ///
  /// `(77 R + 150 G + 29 B + 128) / 256` in whole numbers.
  ///
  /// Source: ITU-R BT.601, full range.
  package func luma() -> [UInt8] {
    let count = width * height
    return [UInt8](unsafeUninitializedCapacity: count) { output, initialised in
      pixels.withUnsafeBufferPointer { input in
        for index in 0..<count {
          // At most 255: 256 * 255 + 128 in 16 bits.
          let sum =
            77 &* UInt16(input[3 &* index]) &+ 150 &* UInt16(input[3 &* index &+ 1])
            &+ 29 &* UInt16(input[3 &* index &+ 2])
          output[index] = UInt8(truncatingIfNeeded: (sum &+ 128) &>> 8)
        }
      }
      initialised = count
    }
  }

  /// Measures of ``luma()``.
  ///
  /// - Throws: ``ImagingError`` when the library is missing.
  package func lumaMeasures() throws(ImagingError) -> LumaMeasures {
    let plane = luma()
    var sum = 0
    var sumOfSquares = 0
    plane.withUnsafeBufferPointer { values in
      for value in values {
        sum &+= Int(value)
        sumOfSquares &+= Int(value) &* Int(value)
      }
    }
    let count = Double(plane.count)
    let mean = Double(sum) / count
    return LumaMeasures(
      mean: mean, deviation: max(0, Double(sumOfSquares) / count - mean * mean).squareRoot(),
      laplacianVariance: try laplacianVariance(of: plane))
  }

  private func laplacianVariance(of plane: [UInt8]) throws(ImagingError) -> Double {
    let functions = try OpenCV.functions()
    var variance = 0.0
    var error = dfcv_image_error()
    let status = plane.withUnsafeBufferPointer { plane in
      // An `Image` has at least one pixel, so the buffer has an address.
      guard let bytes = plane.baseAddress else { return dfcv_image_bad_argument }
      return functions.laplacian_variance(
        dfcv_image_source(bytes: bytes, size: plane.count, width: Int32(width), height: Int32(height)),
        &variance, &error)
    }
    try OpenCV.check(status, error, "sharpness of \(width) x \(height) pixels")
    return variance
  }
}
