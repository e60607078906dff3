private import CPixelKernels

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
      if let output = output.baseAddress { dfpx_luma(pixels, count, output) }
      initialised = count
    }
  }

  /// Measures of ``luma()``.
  package func lumaMeasures() -> LumaMeasures {
    var sums = dfpx_sums()
    dfpx_sum(luma(), width, height, &sums)
    let count = Double(width * height)
    let mean = Double(sums.values) / count
    let laplacianMean = Double(sums.laplacians) / count
    return LumaMeasures(
      mean: mean, deviation: max(0, Double(sums.squares) / count - mean * mean).squareRoot(),
      laplacianVariance: Double(sums.laplacian_squares) / count - laplacianMean * laplacianMean,
      fineDetail: fineDetail(sums))
  }

  private func fineDetail(_ sums: dfpx_sums) -> Double {
    guard width > 1, height > 1 else { return 0 }
    let count = Double(width / 2 * (height / 2) * 4)
    let mean = Double(sums.block_values) / count
    let squares = Double(sums.block_value_squares)
    let variance = squares / count - mean * mean
    guard variance > 1e-9 else { return 0 }
    return min(1, max(0, (squares - Double(sums.block_squares) / 4) / count / variance))
  }
}

/// How large the steps of luma between neighbouring pixels are, across the lines of the 8 x 8 grid and elsewhere.
package struct GridSteps: Hashable, Sendable {
  /// Mean step across the grid's lines, grey levels; not a number where there are none.
  package var onGrid: Double
  /// Mean of all other steps.
  package var elsewhere: Double
}

extension Image {
  /// Steps of ``luma()``, where the picture lies in its frame at column `x` and row `y`, at which the grid begins.
  ///
  /// - Requires: `x` and `y` not negative.
  package func gridSteps(x: Int, y: Int) -> GridSteps {
    precondition(x >= 0 && y >= 0, "(\(x), \(y))")
    var steps = dfpx_steps()
    dfpx_step(luma(), width, height, x, y, &steps)
    return GridSteps(
      onGrid: Double(steps.on_grid) / Double(steps.grid_count),
      elsewhere: Double(steps.elsewhere) / Double(steps.elsewhere_count))
  }
}
