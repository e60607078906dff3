private import CRowKernels

/// Sums and numbers of the points of each cluster: float64 `[clusters, columns]`, without a rounding on the way.
///
/// Every value is first rounded to a grid of its column, so coarse that a sum of as many as there are rows still has all
/// its digits in float64, and so fine (2^-50 of rows times greatest magnitude) that a mean is out by less than float32 can
/// hold for any number of rows below 2^26. Such sums are exact: they come out the same in any order, on any number of threads, and
/// when a point is moved from one cluster to another they are what they would be anew.
///
/// Source: Demmel and Nguyen 2013, reproducible summation by rounding beforehand; here with one grid a column.
final class ClusterSums {
  let clusters: Int
  let columns: Int
  /// Rows in each cluster; may be negative where these are changes.
  private(set) var counts: [Int]
  private let sums: UnsafeMutablePointer<Double>
  private let anchors: UnsafeMutablePointer<Double>

  /// - Parameters:
  ///   - largest: greatest magnitude in each column.
  ///   - rows: how many are summed at most.
  init(clusters: Int, largest: [Float], rows: Int) {
    self.clusters = clusters
    columns = largest.count
    counts = [Int](repeating: 0, count: clusters)
    sums = .allocate(capacity: clusters * columns)
    sums.initialize(repeating: 0, count: clusters * columns)
    anchors = .allocate(capacity: columns)
    for (column, magnitude) in largest.enumerated() {
      let most = Double(rows) * Double(magnitude)
      // Adding 1.5 * 2^52 steps of the grid, and taking them off again, leaves a whole number of steps.
      let exponent = most > 0 ? most.exponent + 2 : 0
      (anchors + column).initialize(to: Double(sign: .plus, exponent: exponent, significand: 1.5))
    }
  }

  deinit {
    sums.deallocate()
    anchors.deallocate()
  }

  /// Adds a point to a cluster.
  @inline(__always)
  func add(_ row: UnsafePointer<Float>, scale: Float, to cluster: Int) {
    counts[cluster] += 1
    dfr_add(row, scale, anchors, columns, sums + cluster * columns)
  }

  /// Moves a point from one cluster to another.
  @inline(__always)
  func move(_ row: UnsafePointer<Float>, scale: Float, from old: Int, to new: Int) {
    counts[old] -= 1
    counts[new] += 1
    dfr_move(row, scale, anchors, columns, sums + old * columns, sums + new * columns)
  }

  /// Takes over what `other` holds, and empties it.
  func absorb(_ other: ClusterSums) {
    for cluster in 0..<clusters {
      counts[cluster] += other.counts[cluster]
      other.counts[cluster] = 0
    }
    for index in 0..<clusters * columns {
      sums[index] += other.sums[index]
      other.sums[index] = 0
    }
  }

  /// Forgets everything.
  func clear() {
    for cluster in 0..<clusters { counts[cluster] = 0 }
    sums.update(repeating: 0, count: clusters * columns)
  }

  /// Sum of a cluster's points, `[columns]`.
  func sum(of cluster: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: sums + cluster * columns, count: columns)
  }
}

extension ClusterSums {
  /// Mean of each cluster's points, float32 `[clusters, columns]`; of length 1 where the metric is spherical.
  ///
  /// - Parameter former: what a cluster without points keeps, and one whose mean has no direction.
  func means(else former: [Float], metric: FeatureMetric) -> [Float] {
    var values = former
    for cluster in 0..<clusters where counts[cluster] > 0 {
      let sum = sum(of: cluster)
      let divisor: Double
      switch metric {
      case .euclidean: divisor = Double(counts[cluster])
      case .spherical:
        divisor = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        if divisor == 0 { continue }
      }
      for column in 0..<columns { values[cluster * columns + column] = Float(sum[column] / divisor) }
    }
    return values
  }
}
