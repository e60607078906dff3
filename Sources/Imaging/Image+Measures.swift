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
  /// Share of the variance that lies within blocks of 2 x 2 pixels, 0 ... 1; 0 for one colour.
  ///
  /// The finest level of the Haar transform: roughly the frequencies above half of the highest one. A picture that was
  /// enlarged, blurred or compressed hard has little there, noise three quarters. From whole sums, so exact to the last
  /// rounding; an odd last row or column is left out.
  package var fineDetail: Double
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
      laplacianVariance: try laplacianVariance(of: plane), fineDetail: fineDetail(of: plane))
  }

  private func fineDetail(of plane: [UInt8]) -> Double {
    guard width > 1, height > 1 else { return 0 }
    var (sum, squares, blockSquares) = (0, 0, 0)
    plane.withUnsafeBufferPointer { values in
      for row in stride(from: 0, to: height - 1, by: 2) {
        for column in stride(from: 0, to: width - 1, by: 2) {
          let start = row &* width &+ column
          let (a, b) = (Int(values[start]), Int(values[start &+ 1]))
          let (c, d) = (Int(values[start &+ width]), Int(values[start &+ width &+ 1]))
          let block = a &+ b &+ c &+ d
          sum &+= block
          squares &+= a &* a &+ b &* b &+ c &* c &+ d &* d
          blockSquares &+= block &* block
        }
      }
    }
    let count = Double(width / 2 * (height / 2) * 4)
    let variance = Double(squares) / count - (Double(sum) / count) * (Double(sum) / count)
    guard variance > 1e-9 else { return 0 }
    return min(1, max(0, (Double(squares) - Double(blockSquares) / 4) / count / variance))
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
