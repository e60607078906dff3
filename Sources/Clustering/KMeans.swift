package import Records

/// Lloyd's k-means.
///
/// The same features, options and instruction-set profile give the same bits on any number of threads.
///
/// Source: Lloyd 1982; seeding by Arthur and Vassilvitskii 2007, k-means++; spherical form by Dhillon and Modha 2001.
package enum KMeans {
  /// Fits clusters to `features`, of which there should be no held-out rows.
  ///
  /// - Parameter threads: how many threads to use, all cores if `nil`; does not change the result.
  /// - Throws: when there are no rows, an option makes no sense, or a value is not finite.
  package static func fit(
    _ features: FeatureMatrix, options: KMeansOptions, threads: Int? = nil
  ) throws(ClusteringError) -> KMeansResult {
    guard features.rows > 0, features.columns > 0 else {
      throw ClusteringError(
        code: .noRows, message: "there is nothing to cluster: \(features.rows) x \(features.columns) features")
    }
    guard options.clusters > 0, options.starts > 0, options.maximumIterations > 0, options.tolerance >= 0 else {
      throw ClusteringError(
        code: .badOption,
        message: "clusters, starts and iterations must be positive, tolerance not negative: \(options)")
    }
    try BLAS.require()
    try ClusteringError.requireFinite(features)
    let points = Points(features, metric: options.metric, threads: threads ?? Parallel.allCores)
    let clusters = distinctRows(of: points, upTo: options.clusters)
    var best: LloydRun?
    for start in 0..<options.starts {
      let run = LloydRun(points, clusters: clusters, start: start, options: options)
      if run.inertia < best?.inertia ?? .infinity { best = run }
    }
    guard let best else {
      throw ClusteringError(code: .notFinite, message: "distances overflow; scale the features down")
    }
    return finish(best, features, options, threads: points.threads)
  }

  /// The nearest centroid of each row; of equally near ones the first.
  ///
  /// - Throws: when a value is not finite or the centroids have other columns.
  package static func assign(
    _ features: FeatureMatrix, centroids: [Float], metric: FeatureMetric, threads: Int? = nil
  ) throws(ClusteringError) -> [Int] {
    guard features.columns > 0, !centroids.isEmpty, centroids.count % features.columns == 0 else {
      throw ClusteringError(
        code: .shapeMismatch,
        message: "\(centroids.count) centroid values do not fit features of \(features.columns) columns")
    }
    try BLAS.require()
    try ClusteringError.requireFinite(features)
    return place(features, centroids, metric, threads ?? Parallel.allCores).assignment
  }

  /// How many rows differ from all before them, counted no further than `limit`.
  private static func distinctRows(of points: Points, upTo limit: Int) -> Int {
    var distinct: [Int] = []
    for row in 0..<points.rows where !distinct.contains(where: { points[$0].elementsEqual(points[row]) }) {
      distinct.append(row)
      if distinct.count == limit { break }
    }
    return distinct.count
  }

  /// Nearest centroids and the squared distances to them.
  ///
  /// The shift comes from the centroids alone, so that a row's cluster does not depend on which others are asked about.
  private static func place(
    _ features: FeatureMatrix, _ centroids: [Float], _ metric: FeatureMetric, _ threads: Int
  ) -> (assignment: [Int], squaredDistances: [Float]) {
    let columns = features.columns
    let count = centroids.count / columns
    let shift = Points.means(
      centroids, columns: columns, assignment: [Int](repeating: 0, count: count), clusters: 1, threads: threads)
    func points(_ values: [Float]) -> Points {
      Points(values, columns: columns, metric: metric, shift: shift.map { Float($0) }, threads: threads)
    }
    let (rows, centres) = (points(features.values), points(centroids))
    let assignment = rows.nearest(centres)
    return (assignment, rows.squaredDistances(to: centres, assignment: assignment))
  }

  /// Moves centroids back to the features' own units, assigns to those, and numbers the clusters.
  private static func finish(
    _ run: LloydRun, _ features: FeatureMatrix, _ options: KMeansOptions, threads: Int
  ) -> KMeansResult {
    let columns = features.columns
    let centroids =
      switch options.metric {
      case .euclidean:
        Points.means(
          features.values, columns: columns, assignment: run.assignment, clusters: run.clusters, threads: threads
        ).map { Float($0) }
      case .spherical: run.centres.values
      }
    let placed = place(features, centroids, options.metric, threads)

    var sizes = [Int](repeating: 0, count: run.clusters)
    var firstRows = [Int](repeating: features.rows, count: run.clusters)
    for (row, cluster) in placed.assignment.enumerated() {
      sizes[cluster] += 1
      firstRows[cluster] = min(firstRows[cluster], row)
    }
    let order = sizes.indices.filter { sizes[$0] > 0 }.sorted {
      (-sizes[$0], firstRows[$0]) < (-sizes[$1], firstRows[$1])
    }
    var numbers = [Int](repeating: 0, count: run.clusters)
    for (number, cluster) in order.enumerated() { numbers[cluster] = number }
    return KMeansResult(
      centroids: order.flatMap { centroids[$0 * columns..<($0 + 1) * columns] },
      assignment: placed.assignment.map { numbers[$0] },
      squaredDistances: placed.squaredDistances,
      inertia: placed.squaredDistances.reduce(0) { $0 + Double($1) },
      iterations: run.iterations, converged: run.converged, clusters: order.count, requestedClusters: options.clusters)
  }
}
