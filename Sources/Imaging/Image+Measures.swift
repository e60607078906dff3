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

extension Image {
  /// Share of the variance of ``luma()`` that lies within blocks of 2 x 2 pixels, 0 ... 1; 0 for one colour.
  ///
  /// The finest level of the Haar transform: roughly the frequencies above half of the highest one. A picture that was
  /// enlarged, blurred or compressed hard has little there, noise three quarters. From whole sums, so exact to the last
  /// rounding; an odd last row or column is left out.
  package func fineDetail() -> Double {
    guard width > 1, height > 1 else { return 0 }
    var (sum, squares, blockSquares) = (0, 0, 0)
    luma().withUnsafeBufferPointer { values in
      for row in stride(from: 0, to: height - 1, by: 2) {
        for column in stride(from: 0, to: width - 1, by: 2) {
          let start = row * width + column
          let (a, b) = (Int(values[start]), Int(values[start + 1]))
          let (c, d) = (Int(values[start + width]), Int(values[start + width + 1]))
          let block = a + b + c + d
          sum += block
          squares += a * a + b * b + c * c + d * d
          blockSquares += block * block
        }
      }
    }
    let count = Double(width / 2 * (height / 2) * 4)
    let variance = Double(squares) / count - (Double(sum) / count) * (Double(sum) / count)
    guard variance > 1e-9 else { return 0 }
    return min(1, max(0, (Double(squares) - Double(blockSquares) / 4) / count / variance))
  }
}
