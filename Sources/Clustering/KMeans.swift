package import Records

/// k-means by Lloyd's rounds or by mini-batches.
///
/// Every row goes to the centroid whose squared distance is least by float64, of equally near ones to that whose values
/// come first. How the least is found (products of matrices, bounds) never shows: the same features and options give the
/// same bits on any number of threads, and with any library of products.
///
/// Source: Lloyd 1982; spherical form by Dhillon and Modha 2001. See ``LloydRun``, ``MiniBatchRun``, ``Seeding``.
package enum KMeans {
  /// Times that clusters which end without rows are given the farthest ones before they are left out.
  private static let lastRounds = 8

  /// Fits clusters to `features`, of which there should be no held-out rows.
  ///
  /// - Parameters:
  ///   - initial: centroids to start from, float32 `[clusters, columns]`, instead of k-means++ and several starts.
  ///   - threads: how many threads to use, all cores if `nil`; does not change the result.
  /// - Throws: when there are no rows, an option makes no sense, or a value is not finite.
  package static func fit(
    _ features: some FeatureSource, options: KMeansOptions, from initial: [Float]? = nil, threads: Int? = nil
  ) throws(ClusteringError) -> KMeansResult {
    try BLAS.require()
    try check(options)
    return try FeatureRows.with(features, metric: options.metric, threads: threads) { rows throws(ClusteringError) in
      let survey = try FeatureSurvey(rows) { features.name(ofRow: $0) }
      if let initial {
        let given = try centres(initial, columns: rows.columns, metric: options.metric)
        guard given.count == options.clusters else {
          throw ClusteringError(
            code: .shapeMismatch,
            message: "\(given.count) centroids to start from, \(options.clusters) clusters asked for")
        }
        return run(rows, survey, from: given.values, start: 0, options)
      }
      var best: KMeansResult?
      for start in 0..<options.starts {
        let seeds = Seeding(rows, clusters: options.clusters, start: start, seed: options.seed).values
        let result = run(rows, survey, from: seeds, start: start, options)
        if result.inertia < best?.inertia ?? .infinity { best = result }
      }
      guard let best else {
        throw ClusteringError(code: .notFinite, message: "distances overflow; scale the features down")
      }
      return best
    }
  }

  /// Which centroid is nearest to a row, and how near.
  package struct Nearest: Hashable, Sendable {
    package var cluster: Int
    /// In the metric, computed in float64.
    package var squaredDistance: Float
  }

  /// The nearest centroid of each row; of equally near ones that whose values come first.
  ///
  /// - Throws: when a value is not finite or the centroids have other columns.
  package static func nearest(
    _ features: some FeatureSource, centroids: [Float], metric: FeatureMetric, threads: Int? = nil
  ) throws(ClusteringError) -> [Nearest] {
    try withAssignment(features, centroids: centroids, metric: metric, threads: threads) { rows, centres, assignment in
      zip(assignment, rows.squaredDistances(to: centres, assignment: assignment).each).map {
        Nearest(cluster: $0, squaredDistance: $1)
      }
    }
  }

  /// ``nearest(_:centroids:metric:threads:)`` without distances, which would take another look at every row.
  package static func assign(
    _ features: some FeatureSource, centroids: [Float], metric: FeatureMetric, threads: Int? = nil
  ) throws(ClusteringError) -> [Int] {
    try withAssignment(features, centroids: centroids, metric: metric, threads: threads) { $2 }
  }

  private static func withAssignment<Value>(
    _ features: some FeatureSource, centroids: [Float], metric: FeatureMetric, threads: Int?,
    _ body: (FeatureRows, Centres, [Int]) -> [Value]
  ) throws(ClusteringError) -> [Value] {
    guard features.columns > 0, !centroids.isEmpty, centroids.count % features.columns == 0 else {
      throw ClusteringError(
        code: .shapeMismatch,
        message: "\(centroids.count) centroid values do not fit features of \(features.columns) columns")
    }
    try BLAS.require()
    guard features.rows > 0 else { return [] }
    return try FeatureRows.with(features, metric: metric, threads: threads) { rows throws(ClusteringError) in
      _ = try FeatureSurvey(rows) { features.name(ofRow: $0) }
      let centres = try centres(centroids, columns: rows.columns, metric: metric)
      return body(rows, centres, rows.nearest(centres))
    }
  }

  private static func check(_ options: KMeansOptions) throws(ClusteringError) {
    var batchRows = 1
    if case .miniBatch(let rows) = options.algorithm { batchRows = rows }
    guard options.clusters > 0, options.starts > 0, options.maximumIterations > 0, options.tolerance >= 0, batchRows > 0
    else {
      throw ClusteringError(
        code: .badOption,
        message: "clusters, starts, iterations and batch must be positive, tolerance not negative: \(options)")
    }
  }

  /// Centroids that somebody gave, in order; of length 1 where the metric is spherical.
  private static func centres(
    _ values: [Float], columns: Int, metric: FeatureMetric
  ) throws(ClusteringError) -> Centres {
    guard !values.isEmpty, values.count % columns == 0 else {
      throw ClusteringError(
        code: .shapeMismatch, message: "\(values.count) centroid values do not fit features of \(columns) columns")
    }
    let matrix = FeatureMatrix(
      keys: (0..<values.count / columns).map { "centroid \($0)" }, columns: columns, values: values)
    let points = try FeatureRows.with(matrix, metric: metric, threads: 1) { rows throws(ClusteringError) in
      _ = try FeatureSurvey(rows) { matrix.keys[$0] }
      return rows.points(Array(0..<rows.count))
    }
    return Centres(points, columns: columns, groups: min(32, (matrix.rows + 3) & ~3))
  }

  private static func run(
    _ rows: FeatureRows, _ survey: FeatureSurvey, from values: [Float], start: Int, _ options: KMeansOptions
  ) -> KMeansResult {
    switch options.algorithm {
    case .lloyd:
      let run = LloydRun(rows, survey: survey, from: values, options: options)
      return finish(rows, run.centres, run.assignment, run.iterations, run.converged, options)
    case .miniBatch(let batchRows):
      let run = MiniBatchRun(
        rows, survey: survey, from: values, batchRows: batchRows, start: start, options: options)
      let centres = Centres(run.values, columns: rows.columns, groups: 4)
      return finish(rows, centres, rows.nearest(centres), run.iterations, run.converged, options)
    }
  }

  /// Sees to clusters without rows, and numbers the others.
  private static func finish(
    _ rows: FeatureRows, _ centres: Centres, _ assignment: [Int], _ iterations: Int, _ converged: Bool,
    _ options: KMeansOptions
  ) -> KMeansResult {
    var (centres, assignment) = (centres, assignment)
    var (sizes, firstRows) = count(assignment, clusters: centres.count)
    for _ in 0..<lastRounds where sizes.contains(0) {
      var values = centres.values
      let empty = sizes.indices.filter { sizes[$0] == 0 }
      for (centre, row) in zip(empty, rows.farthest(from: centres, assignment: assignment)) {
        values.replaceSubrange(centre * rows.columns..<(centre + 1) * rows.columns, with: rows.points([row]))
      }
      centres = Centres(values, columns: rows.columns, groups: centres.groups)
      assignment = rows.nearest(centres)
      (sizes, firstRows) = count(assignment, clusters: centres.count)
    }
    let (squaredDistances, inertia) = rows.squaredDistances(to: centres, assignment: assignment)
    let order = sizes.indices.filter { sizes[$0] > 0 }.sorted {
      (-sizes[$0], firstRows[$0]) < (-sizes[$1], firstRows[$1])
    }
    var numbers = [Int](repeating: 0, count: centres.count)
    for (number, cluster) in order.enumerated() { numbers[cluster] = number }
    return KMeansResult(
      centroids: order.flatMap { centres.values[$0 * rows.columns..<($0 + 1) * rows.columns] },
      assignment: assignment.map { numbers[$0] }, squaredDistances: squaredDistances, inertia: inertia,
      iterations: iterations, converged: converged, clusters: order.count, requestedClusters: options.clusters)
  }

  /// Rows in each cluster, and the first of them.
  private static func count(_ assignment: [Int], clusters: Int) -> (sizes: [Int], firstRows: [Int]) {
    var sizes = [Int](repeating: 0, count: clusters)
    var firstRows = [Int](repeating: assignment.count, count: clusters)
    for (row, cluster) in assignment.enumerated() {
      sizes[cluster] += 1
      firstRows[cluster] = min(firstRows[cluster], row)
    }
    return (sizes, firstRows)
  }
}
