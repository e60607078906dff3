package import Records

/// How much nearer rows are to their own cluster than to the next, from -1 to 1.
///
/// A row's value is (b - a) / max(a, b): a is its mean distance to the others of its cluster, b the least mean distance
/// to another cluster; 0 for a row alone in its cluster. Distances are Euclidean, or 1 - cos for the spherical metric.
///
/// Source: Rousseeuw 1987.
package enum Silhouette {
  /// Mean over the rows, or over a random sample of them where there are more than `sampleRows`; `nil` where fewer than
  /// two clusters are seen.
  package static func mean(
    _ features: FeatureMatrix, assignment: [Int], metric: FeatureMetric = .euclidean, sampleRows: Int = 2000,
    seed: UInt64 = 0, threads: Int? = nil
  ) throws(ClusteringError) -> Double? {
    guard assignment.count == features.rows, assignment.allSatisfy({ $0 >= 0 }) else {
      throw ClusteringError(
        code: .shapeMismatch, message: "\(assignment.count) clusters (none below 0 allowed) for \(features.rows) rows")
    }
    try BLAS.require()
    try ClusteringError.requireFinite(features)
    var rows = Array(0..<features.rows)
    if rows.count > sampleRows {
      var random = KeyedRandom(seed: seed, key: "rows", stage: "silhouette")
      random.shuffle(&rows)
      rows = rows.prefix(sampleRows).sorted()
    }
    let clusters = rows.map { assignment[$0] }
    var sizes = [Int](repeating: 0, count: (clusters.max() ?? -1) + 1)
    for cluster in clusters { sizes[cluster] += 1 }
    guard sizes.count(where: { $0 > 0 }) > 1 else { return nil }

    let points = Points(features.selecting(rows), metric: metric, threads: threads ?? Parallel.allCores)
    let values = [Double](unsafeUninitializedCapacity: rows.count) { [sizes] buffer, count in
      nonisolated(unsafe) let target = buffer
      points.forEachRow(distancesTo: points) { row, squaredDistances in
        var sums = [Double](repeating: 0, count: sizes.count)
        for (other, squared) in squaredDistances.enumerated() where other != row {
          sums[clusters[other]] += metric == .euclidean ? Double(squared).squareRoot() : Double(squared) / 2
        }
        target.initializeElement(at: row, to: value(of: clusters[row], sums: sums, sizes: sizes))
      }
      count = rows.count
    }
    return values.reduce(0, +) / Double(values.count)
  }

  private static func value(of own: Int, sums: [Double], sizes: [Int]) -> Double {
    guard sizes[own] > 1 else { return 0 }
    let inside = sums[own] / Double(sizes[own] - 1)
    var outside = Double.infinity
    for cluster in sizes.indices where cluster != own && sizes[cluster] > 0 {
      outside = min(outside, sums[cluster] / Double(sizes[cluster]))
    }
    let greater = max(inside, outside)
    return greater > 0 ? (outside - inside) / greater : 0
  }
}
