package import Records
private import Synchronization

/// Rows of features that point nearly the same way.
///
/// All rows are held against all, in blocks of matrix products: exact, and for n rows of d numbers 2 n^2 d operations.
/// Reduce what belongs together to its mean first.
package struct NearNeighbours: Sendable, Hashable {
  /// Two rows, `first` before `second`.
  package struct Pair: Sendable, Hashable {
    package var first: Int
    package var second: Int
    /// Cosine of the angle between them.
    package var cosine: Float
  }

  /// Pairs at least as near as asked for, ordered by their rows.
  package private(set) var pairs: [Pair] = []
  /// For each row the largest cosine with a row of another group; -1 where there is none.
  package private(set) var nearestCosines: [Float]

  /// Rows of a block, and of what it is held against at once; fixed, so that no bit depends on the number of threads.
  private static let blockRows = 512

  /// - Parameters:
  ///   - minimumCosine: the least that two rows of a pair have.
  ///   - groups: for each row the group within which nothing is compared.
  /// - Throws: when a value is not finite, or there are not as many groups as rows.
  package init(
    _ features: FeatureMatrix, minimumCosine: Float, groups: [Int], threads: Int? = nil
  ) throws(ClusteringError) {
    try BLAS.require()
    try ClusteringError.requireFinite(features)
    guard groups.count == features.rows else {
      throw ClusteringError(code: .shapeMismatch, message: "\(groups.count) groups for \(features.rows) rows")
    }
    let threads = threads ?? Parallel.allCores
    let points = Points(features, metric: .spherical, threads: threads)
    let found = Mutex((pairs: [Pair](), nearest: [Float](repeating: -1, count: features.rows)))
    Parallel.forEachBlock(of: Self.blockRows, in: points.rows, threads: threads) { block in
      var (pairs, nearest): ([Pair], [Float]) = ([], [Float](repeating: -1, count: block.count))
      for start in stride(from: 0, to: points.rows, by: Self.blockRows) {
        let others = start..<min(points.rows, start + Self.blockRows)
        points.withProducts(block, others) { products in
          for (place, row) in block.enumerated() {
            for (otherPlace, other) in others.enumerated() where groups[row] != groups[other] {
              let cosine = products[place * others.count + otherPlace]
              nearest[place] = max(nearest[place], cosine)
              if cosine >= minimumCosine, row < other {
                pairs.append(Pair(first: row, second: other, cosine: cosine))
              }
            }
          }
        }
      }
      found.withLock { [pairs, nearest] in
        $0.pairs += pairs
        $0.nearest.replaceSubrange(block, with: nearest)
      }
    }
    (pairs, nearestCosines) = found.withLock { ($0.pairs, $0.nearest) }
    pairs.sort { ($0.first, $0.second) < ($1.first, $1.second) }
  }
}

extension Points {
  /// Calls `body` with the products of some rows with some others, float32 `[rows, others]`.
  fileprivate func withProducts(_ rows: Range<Int>, _ others: Range<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void)
  {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * others.count) { products in
      values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress, let result = products.baseAddress else { return }
        BLAS.multiplyTransposed(
          start + rows.lowerBound * columns, start + others.lowerBound * columns, rows: rows.count,
          columns: others.count, inner: columns, scale: 1, into: result)
      }
      body(UnsafeBufferPointer(products))
    }
  }
}
