package import Records

/// How far apart two sets of rows of the same columns lie.
package enum SetDistance {
  /// Others that are held against at once; fixed, so that no bit depends on the number of threads.
  private static let otherRows = 4096

  /// The squared Fréchet distance of the normal distributions that have the sets' means and covariances:
  /// |m - n|^2 + tr(S + T - 2 (S T)^1/2).
  ///
  /// Biased upwards for few rows: compare it with that of sets of the same sizes drawn at random.
  ///
  /// Source: Dowson and Landau 1982.
  ///
  /// - Throws: when a set has fewer than two rows, the columns differ, or a value is not finite.
  package static func frechet(_ left: FeatureMatrix, _ right: FeatureMatrix) throws(ClusteringError) -> Double {
    try requireComparable(left, right)
    guard left.rows > 1, right.rows > 1 else {
      throw ClusteringError(
        code: .noRows, message: "sets of \(left.rows) and \(right.rows) rows; covariances take two rows each")
    }
    let size = left.columns
    let (leftMoments, rightMoments) = (Moments(left), Moments(right))
    let root = try squareRoot(leftMoments.covariance, size: size)
    let product = multiply(multiply(root, rightMoments.covariance, size: size), root, size: size)
    let eigenvalues = try eigenvectors(product, size: size).values
    var distance = -2 * eigenvalues.reduce(0) { $0 + max(0, $1).squareRoot() }
    for column in 0..<size {
      let difference = leftMoments.mean[column] - rightMoments.mean[column]
      distance += difference * difference
      distance += leftMoments.covariance[column * size + column] + rightMoments.covariance[column * size + column]
    }
    return max(0, distance)
  }

  /// Mean Euclidean distance of the rows of `rows` to the nearest of `others`.
  ///
  /// - Throws: when a set is empty, the columns differ, or a value is not finite.
  package static func meanNearest(
    of rows: FeatureMatrix, among others: FeatureMatrix, threads: Int? = nil
  ) throws(ClusteringError) -> Double {
    try requireComparable(rows, others)
    let threads = threads ?? Parallel.allCores
    let shift = Points.means(of: others, threads: threads).map { Float($0) }
    func points(_ features: FeatureMatrix) -> Points {
      Points(features.values, columns: features.columns, metric: .euclidean, shift: shift, threads: threads)
    }
    let looked = points(rows)
    var nearest = [Float](repeating: .infinity, count: rows.rows)
    nearest.withUnsafeMutableBufferPointer { nearest in
      nonisolated(unsafe) let target = nearest
      for start in stride(from: 0, to: others.rows, by: otherRows) {
        let block = Array(start..<min(start + otherRows, others.rows))
        looked.forEachRow(distancesTo: points(others.selecting(block))) { row, squaredDistances in
          for squared in squaredDistances { target[row] = min(target[row], squared) }
        }
      }
    }
    return nearest.reduce(0) { $0 + Double($1.squareRoot()) } / Double(rows.rows)
  }

  private static func requireComparable(_ left: FeatureMatrix, _ right: FeatureMatrix) throws(ClusteringError) {
    guard left.columns == right.columns, left.columns > 0, left.rows > 0, right.rows > 0 else {
      throw ClusteringError(
        code: .shapeMismatch,
        message: "\(left.rows) x \(left.columns) against \(right.rows) x \(right.columns) features")
    }
    try BLAS.require()
    try ClusteringError.requireFinite(left)
    try ClusteringError.requireFinite(right)
  }

  /// Mean and covariance of rows, with n - 1 in the denominator.
  private struct Moments {
    var mean: [Double]
    var covariance: [Double]

    init(_ features: FeatureMatrix) {
      let (rows, size) = (features.rows, features.columns)
      mean = [Double](repeating: 0, count: size)
      for row in 0..<rows {
        for column in 0..<size { mean[column] += Double(features.values[row * size + column]) }
      }
      for column in 0..<size { mean[column] /= Double(rows) }
      covariance = [Double](repeating: 0, count: size * size)
      for row in 0..<rows {
        for column in 0..<size {
          let value = Double(features.values[row * size + column]) - mean[column]
          for other in 0...column {
            covariance[column * size + other] += value * (Double(features.values[row * size + other]) - mean[other])
          }
        }
      }
      for column in 0..<size {
        for other in 0...column {
          covariance[column * size + other] /= Double(rows - 1)
          covariance[other * size + column] = covariance[column * size + other]
        }
      }
    }
  }

  /// The symmetric matrix whose square is `matrix`, which has no negative eigenvalues but by rounding.
  private static func squareRoot(_ matrix: [Double], size: Int) throws(ClusteringError) -> [Double] {
    let (values, vectors) = try eigenvectors(matrix, size: size)
    var result = [Double](repeating: 0, count: size * size)
    for (index, value) in values.enumerated() where value > 0 {
      let root = value.squareRoot()
      for row in 0..<size {
        for column in 0..<size {
          result[row * size + column] += root * vectors[index * size + row] * vectors[index * size + column]
        }
      }
    }
    return result
  }

  private static func eigenvectors(
    _ matrix: [Double], size: Int
  ) throws(ClusteringError) -> (values: [Double], vectors: [Double]) {
    guard let result = BLAS.symmetricEigenvectors(matrix, size: size) else {
      throw ClusteringError(
        code: .noConvergence, message: "a covariance's eigenvectors were not found; scale the features")
    }
    return result
  }

  private static func multiply(_ left: [Double], _ right: [Double], size: Int) -> [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for inner in 0..<size {
        let factor = left[row * size + inner]
        for column in 0..<size { result[row * size + column] += factor * right[inner * size + column] }
      }
    }
    return result
  }
}
