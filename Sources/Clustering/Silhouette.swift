package import Records

/// How much nearer rows are to their own cluster than to the next, from -1 to 1.
///
/// A row's value is (b - a) / max(a, b): a is its mean distance to the others of its cluster, b the least mean distance
/// to another cluster; 0 for a row alone in its cluster. Distances are Euclidean, or 1 - cos for the spherical metric.
///
/// Source: Rousseeuw 1987.
package struct Silhouette: Codable, Hashable, Sendable {
  /// Mean over the rows that were looked at, each held against all rows.
  package var mean: Double
  /// Where the mean over all rows lies with 95 % confidence, by the spread of the rows looked at; ``mean`` itself where
  /// those are all.
  package var low: Double
  package var high: Double

  /// Others that are held against at once; fixed, so that no bit depends on the number of threads.
  private static let otherRows = 4096

  /// Looks at all rows, or at a random sample where there are more than `sampleRows`; `nil` where fewer than two
  /// clusters are seen.
  ///
  /// - Parameter sampleRows: `nil` for all.
  package init?(
    _ features: FeatureMatrix, assignment: [Int], metric: FeatureMetric = .euclidean, sampleRows: Int? = 2000,
    seed: UInt64 = 0, threads: Int? = nil
  ) throws(ClusteringError) {
    guard assignment.count == features.rows, assignment.allSatisfy({ $0 >= 0 }) else {
      throw ClusteringError(
        code: .shapeMismatch, message: "\(assignment.count) clusters (none below 0 allowed) for \(features.rows) rows")
    }
    try BLAS.require()
    try ClusteringError.requireFinite(features)
    var sizes = [Int](repeating: 0, count: (assignment.max() ?? -1) + 1)
    for cluster in assignment { sizes[cluster] += 1 }
    guard sizes.count(where: { $0 > 0 }) > 1 else { return nil }
    var rows = Array(0..<features.rows)
    if let sampleRows, rows.count > sampleRows {
      var random = KeyedRandom(seed: seed, key: "rows", stage: "silhouette")
      random.shuffle(&rows)
      rows = rows.prefix(sampleRows).sorted()
    }
    let sums = Self.sums(
      features, rows: rows, assignment: assignment, clusters: sizes.count, metric: metric,
      threads: threads ?? Parallel.allCores)
    let values = rows.enumerated().map { place, row in
      Self.value(of: assignment[row], sums: sums[place * sizes.count..<(place + 1) * sizes.count], sizes: sizes)
    }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // What was drawn without being put back tells more, and all that there is leaves nothing open.
    let unseen = Double(features.rows - values.count) / Double(max(1, features.rows - 1))
    let margin = values.count > 1 ? 1.96 * (squares / (count - 1) / count * unseen).squareRoot() : 0
    (self.mean, low, high) = (mean, max(-1, mean - margin), min(1, mean + margin))
  }

  /// Sum of the distances from each of `rows` to every cluster's rows, itself left out: `[rows, clusters]`.
  private static func sums(
    _ features: FeatureMatrix, rows: [Int], assignment: [Int], clusters: Int, metric: FeatureMetric, threads: Int
  ) -> [Double] {
    let shift = Points.means(of: features, threads: threads).map { Float($0) }
    func points(_ features: FeatureMatrix) -> Points {
      Points(features.values, columns: features.columns, metric: metric, shift: shift, threads: threads)
    }
    let looked = points(features.selecting(rows))
    var sums = [Double](repeating: 0, count: rows.count * clusters)
    sums.withUnsafeMutableBufferPointer { sums in
      nonisolated(unsafe) let target = sums
      for start in stride(from: 0, to: features.rows, by: otherRows) {
        let others = Array(start..<min(start + otherRows, features.rows))
        looked.forEachRow(distancesTo: points(features.selecting(others))) { place, squaredDistances in
          for (other, squared) in squaredDistances.enumerated() where start + other != rows[place] {
            target[place * clusters + assignment[start + other]] +=
              metric == .euclidean ? Double(squared).squareRoot() : Double(squared) / 2
          }
        }
      }
    }
    return sums
  }

  private static func value(of own: Int, sums: ArraySlice<Double>, sizes: [Int]) -> Double {
    guard sizes[own] > 1 else { return 0 }
    let inside = sums[sums.startIndex + own] / Double(sizes[own] - 1)
    var outside = Double.infinity
    for cluster in sizes.indices where cluster != own && sizes[cluster] > 0 {
      outside = min(outside, sums[sums.startIndex + cluster] / Double(sizes[cluster]))
    }
    let greater = max(inside, outside)
    return greater > 0 ? (outside - inside) / greater : 0
  }
}
