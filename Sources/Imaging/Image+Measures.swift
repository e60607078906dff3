private import COpenCVImage

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
          let sum = 77 * Int(input[index * 3]) + 150 * Int(input[index * 3 + 1]) + 29 * Int(input[index * 3 + 2])
          output[index] = UInt8((sum + 128) >> 8)
        }
      }
      initialised = count
    }
  }

  /// Variance of the 3x3 Laplacian of ``luma()``: the larger, the sharper; 0 for one colour.
  ///
  /// Source: Pech-Pacheco et al. 2000, variance of the Laplacian as a measure of focus.
  ///
  /// - Throws: ``ImagingError`` when the library is missing.
  package func sharpness() throws(ImagingError) -> Double {
    let functions = try OpenCV.functions()
    var variance = 0.0
    var error = dfcv_image_error()
    let status = luma().withUnsafeBufferPointer { plane in
      // An `Image` has at least one pixel, so the buffer has an address.
      guard let bytes = plane.baseAddress else { return dfcv_image_bad_argument }
      return functions.laplacian_variance(
        dfcv_image_source(bytes: bytes, size: plane.count, width: Int32(width), height: Int32(height)),
        &variance, &error)
    }
    try OpenCV.check(status, error, "sharpness of \(width) x \(height) pixels")
    return variance
  }

  /// Mean and standard deviation of ``luma()``; from whole sums, so exact to the last rounding.
  package func brightnessAndContrast() -> (mean: Double, deviation: Double) {
    let plane = luma()
    var sum = 0
    var sumOfSquares = 0
    plane.withUnsafeBufferPointer { values in
      for value in values {
        sum += Int(value)
        sumOfSquares += Int(value) * Int(value)
      }
    }
    let count = Double(plane.count)
    let mean = Double(sum) / count
    return (mean, max(0, Double(sumOfSquares) / count - mean * mean).squareRoot())
  }
}
