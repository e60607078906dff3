package import Records

/// The orthogonal directions in which features vary most.
///
/// The sign of each direction makes its largest entry (the first of equals) positive, so that it does not hang on the
/// solver.
///
/// Source: Pearson 1901; eigenvectors of the covariance matrix by LAPACK's divide and conquer.
package struct PrincipalComponents: Codable, Hashable, Sendable {
  /// Mean of each column.
  package var mean: [Float]
  /// float32 `[components, columns]`, orthonormal rows, greatest variance first.
  package var components: [Float]
  /// Variance along each component, with n - 1 in the denominator.
  package var variances: [Double]
  /// Sum of the variances of all columns.
  package var totalVariance: Double

  package var count: Int { variances.count }

  /// Rows centred and multiplied at once; fixed, so that no bit depends on the number of threads.
  private static let blockRows = 1024
  private static let blockColumns = 128

  /// Fits up to `components` directions: no more than columns, nor than rows less one.
  ///
  /// - Throws: when there are fewer than two rows, or a value is not finite.
  package static func fit(
    _ features: FeatureMatrix, components: Int, threads: Int? = nil
  ) throws(ClusteringError) -> PrincipalComponents {
    guard features.rows > 1, features.columns > 0, components > 0 else {
      throw ClusteringError(
        code: .noRows,
        message: "\(components) components need at least 1 column and 2 rows: \(features.rows) x \(features.columns)")
    }
    try BLAS.require()
    try ClusteringError.requireFinite(features)
    let (threads, size) = (threads ?? Parallel.allCores, features.columns)
    let mean = Points.means(of: features, threads: threads)
    let covariance = covariance(features, mean: mean, threads: threads)
    guard let (values, vectors) = BLAS.symmetricEigenvectors(covariance, size: size) else {
      throw ClusteringError(
        code: .noConvergence, message: "the covariance matrix's eigenvectors were not found; scale the features")
    }
    let kept = (0..<size).reversed().prefix(min(components, features.rows - 1))
    return PrincipalComponents(
      mean: mean.map { Float($0) },
      components: kept.flatMap { index in
        let vector = vectors[index * size..<(index + 1) * size]
        let largest = vector.max { abs($0) < abs($1) } ?? 0
        return vector.map { Float(largest < 0 ? -$0 : $0) }
      },
      variances: kept.map { max(0, values[$0]) },
      totalVariance: (0..<size).reduce(0) { $0 + covariance[$1 * size + $1] })
  }

  /// The coordinates of each row along the components: float32 `[rows, count]`.
  package func transform(_ features: FeatureMatrix, threads: Int? = nil) throws(ClusteringError) -> FeatureMatrix {
    guard features.columns == mean.count else {
      throw ClusteringError(
        code: .shapeMismatch, message: "fitted on \(mean.count) columns, asked about \(features.columns)")
    }
    try BLAS.require()
    try ClusteringError.requireFinite(features)
    let points = Points(
      features.values, columns: features.columns, metric: .euclidean, shift: mean, threads: threads ?? Parallel.allCores
    )
    return FeatureMatrix(keys: features.keys, columns: count, values: points.products(with: components, count: count))
  }

  /// float64 `[columns, columns]`, blocks of rows added in order; threads share the columns of the result.
  private static func covariance(_ features: FeatureMatrix, mean: [Double], threads: Int) -> [Double] {
    let size = features.columns
    var sums = [Double](repeating: 0, count: size * size)
    var centred = [Double](repeating: 0, count: min(blockRows, features.rows) * size)
    for start in stride(from: 0, to: features.rows, by: blockRows) {
      let rows = min(blockRows, features.rows - start)
      for row in 0..<rows {
        for column in 0..<size {
          centred[row * size + column] = Double(features.values[(start + row) * size + column]) - mean[column]
        }
      }
      sums.withUnsafeMutableBufferPointer { sums in
        centred.withUnsafeBufferPointer { centred in
          guard let target = sums.baseAddress, let source = centred.baseAddress else { return }
          nonisolated(unsafe) let (result, matrix) = (target, source)
          Parallel.forEachBlock(of: blockColumns, in: size, threads: threads) { columns in
            BLAS.addSquare(of: matrix, rows: rows, width: size, columns: columns, to: result)
          }
        }
      }
    }
    return sums.map { $0 / Double(features.rows - 1) }
  }
}
