internal import Records

/// How far apart two rows of features are.
package enum FeatureMetric: String, Codable, Hashable, Sendable, CaseIterable {
  /// Squared Euclidean distance.
  case euclidean
  /// Squared Euclidean distance of the rows scaled to length 1: 2 - 2 cos. A row of zeros stays one.
  case spherical
}

/// Rows made ready for distances by matrix products: float32 `[rows, columns]` and their squared lengths.
///
/// Euclidean rows are moved by a common shift, so that ||x||^2 - 2xc + ||c||^2 does not lose its digits where features
/// lie far from the origin; spherical rows are scaled to length 1. Costs one copy of the features.
struct Points: Sendable {
  /// Rows handled at once; fixed, so that no bit depends on the number of threads.
  static let blockRows = 1024
  /// Columns summed at once; narrower strips would read memory in too small pieces.
  private static let blockColumns = 256

  let rows: Int
  let columns: Int
  private(set) var values: [Float]
  private(set) var squaredLengths: [Float]
  let threads: Int

  /// - Parameter shift: what is taken from every row, for ``FeatureMetric/euclidean`` only.
  init(_ values: [Float], columns: Int, metric: FeatureMetric, shift: [Float], threads: Int) {
    let rows = columns == 0 ? 0 : values.count / columns
    self.rows = rows
    self.columns = columns
    self.threads = threads
    self.values = [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      nonisolated(unsafe) let target = buffer
      Parallel.forEachBlock(of: Self.blockRows, in: rows, threads: threads) { block in
        for row in block {
          let range = row * columns..<(row + 1) * columns
          switch metric {
          case .euclidean:
            for (column, index) in range.enumerated() {
              target.initializeElement(at: index, to: values[index] - shift[column])
            }
          case .spherical:
            let length = values[range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let scale = length > 0 ? 1 / length : 0
            for index in range { target.initializeElement(at: index, to: Float(Double(values[index]) * scale)) }
          }
        }
      }
      count = rows * columns
    }
    squaredLengths = []
    let origin = [Float](repeating: 0, count: columns)[...]
    squaredLengths = squaredDistances { _ in origin }
  }

  /// The points of `features`, centred on their mean where the metric is Euclidean.
  init(_ features: FeatureMatrix, metric: FeatureMetric, threads: Int) {
    let shift = metric == .euclidean ? Self.means(of: features, threads: threads).map { Float($0) } : []
    self.init(features.values, columns: features.columns, metric: metric, shift: shift, threads: threads)
  }

  subscript(row: Int) -> ArraySlice<Float> { values[row * columns..<(row + 1) * columns] }

  /// Squared distance of each row to what `other` gives for it, by their difference: 0 exactly when they are equal.
  ///
  /// `other` is called on several threads.
  func squaredDistances(to other: @Sendable (_ row: Int) -> ArraySlice<Float>) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows) { buffer, count in
      nonisolated(unsafe) let target = buffer
      Parallel.forEachBlock(of: Self.blockRows, in: rows, threads: threads) { block in
        for row in block { target.initializeElement(at: row, to: squaredDistance(self[row], other(row))) }
      }
      count = rows
    }
  }

  /// Products of every row with each of `count` others, float32 `[rows, count]`.
  func products(with others: [Float], count otherCount: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows * otherCount) { buffer, count in
      nonisolated(unsafe) let target = buffer
      Parallel.forEachBlock(of: Self.blockRows, in: rows, threads: threads) { block in
        guard let start = target.baseAddress else { return }
        multiply(block, with: others, count: otherCount, scale: 1, into: start + block.lowerBound * otherCount)
      }
      count = rows * otherCount
    }
  }

  /// Squared distances of every row to every centre, handed to `body` a row at a time; `body` runs on several threads.
  func forEachRow(
    distancesTo centres: Points, _ body: @Sendable (_ row: Int, _ squaredDistances: UnsafeBufferPointer<Float>) -> Void
  ) {
    Parallel.forEachBlock(of: Self.blockRows, in: rows, threads: threads) { block in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: block.count * centres.rows) { distances in
        guard let start = distances.baseAddress else { return }
        multiply(block, with: centres.values, count: centres.rows, scale: -2, into: start)
        for (place, row) in block.enumerated() {
          let distances = UnsafeMutableBufferPointer(start: start + place * centres.rows, count: centres.rows)
          for centre in distances.indices {
            distances[centre] = max(0, distances[centre] + squaredLengths[row] + centres.squaredLengths[centre])
          }
          body(row, UnsafeBufferPointer(distances))
        }
      }
    }
  }

  private func multiply(
    _ block: Range<Int>, with others: [Float], count: Int, scale: Float, into result: UnsafeMutablePointer<Float>
  ) {
    values.withUnsafeBufferPointer { values in
      others.withUnsafeBufferPointer { others in
        guard let left = values.baseAddress, let right = others.baseAddress else { return }
        BLAS.multiplyTransposed(
          left + block.lowerBound * columns, right, rows: block.count, columns: count, inner: columns, scale: scale,
          into: result)
      }
    }
  }

  /// The mean row of `features`.
  static func means(of features: FeatureMatrix, threads: Int) -> [Double] {
    means(
      features.values, columns: features.columns, assignment: [Int](repeating: 0, count: features.rows), clusters: 1,
      threads: threads)
  }

  /// Mean of the rows of each cluster, summed in float64 in the order of the rows.
  ///
  /// Threads share the columns, so that no sum is divided between them.
  static func means(_ values: [Float], columns: Int, assignment: [Int], clusters: Int, threads: Int) -> [Double] {
    var sizes = [Int](repeating: 0, count: clusters)
    for cluster in assignment { sizes[cluster] += 1 }
    var means = [Double](repeating: 0, count: clusters * columns)
    means.withUnsafeMutableBufferPointer { sums in
      values.withUnsafeBufferPointer { values in
        guard let sumsStart = sums.baseAddress, let valuesStart = values.baseAddress else { return }
        nonisolated(unsafe) let (sums, values) = (sumsStart, valuesStart)
        Parallel.forEachBlock(of: blockColumns, in: columns, threads: threads) { [sizes] block in
          for (row, cluster) in assignment.enumerated() {
            let sum = sums + cluster * columns + block.lowerBound
            let value = values + row * columns + block.lowerBound
            for place in 0..<block.count { sum[place] += Double(value[place]) }
          }
          for (cluster, size) in sizes.enumerated() where size > 0 {
            for column in block { sums[cluster * columns + column] /= Double(size) }
          }
        }
      }
    }
    return means
  }
}

/// Sum of the squared differences, in eight lanes and then the rest, so that its order is the same on every machine.
private func squaredDistance(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Float {
  left.withUnsafeBytes { left in
    right.withUnsafeBytes { right in
      var lanes = SIMD8<Float>()
      let stride = MemoryLayout<SIMD8<Float>>.size
      let whole = left.count / stride * stride
      for offset in Swift.stride(from: 0, to: whole, by: stride) {
        let difference =
          left.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
          - right.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
        lanes += difference * difference
      }
      var sum = lanes.sum()
      for offset in Swift.stride(from: whole, to: left.count, by: MemoryLayout<Float>.size) {
        let difference =
          left.loadUnaligned(fromByteOffset: offset, as: Float.self)
          - right.loadUnaligned(fromByteOffset: offset, as: Float.self)
        sum += difference * difference
      }
      return sum
    }
  }
}
