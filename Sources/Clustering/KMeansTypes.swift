/// How centres are found.
package enum KMeansAlgorithm: Codable, Hashable, Sendable {
  /// Every row in every round, until nothing moves.
  case lloyd
  /// Samples of so many rows, one a round, until it gets no better: for more rows than can be read often.
  case miniBatch(rows: Int)
}

/// How to divide rows of features into clusters.
package struct KMeansOptions: Codable, Hashable, Sendable {
  /// Clusters wanted; fewer come out where there are fewer distinct rows.
  package var clusters: Int
  /// Independent starts, of which the one of least inertia is kept.
  package var starts: Int
  /// Rounds of a start at most; of one batch each where ``algorithm`` takes samples.
  package var maximumIterations: Int
  /// Stops when the centroids' squared movement is at most this share of the mean variance of a column.
  package var tolerance: Double
  package var metric: FeatureMetric
  package var algorithm: KMeansAlgorithm
  package var seed: UInt64

  package init(
    clusters: Int, starts: Int = 4, maximumIterations: Int = 100, tolerance: Double = 1e-4,
    metric: FeatureMetric = .euclidean, algorithm: KMeansAlgorithm = .lloyd, seed: UInt64 = 0
  ) {
    self.clusters = clusters
    self.starts = starts
    self.maximumIterations = maximumIterations
    self.tolerance = tolerance
    self.metric = metric
    self.algorithm = algorithm
    self.seed = seed
  }
}

/// Clusters of rows, largest first; of equally large ones, the one with the first row first.
package struct KMeansResult: Codable, Hashable, Sendable {
  /// float32 `[clusters, columns]`, of the features' own units; of length 1 where the metric is spherical.
  package var centroids: [Float]
  /// Cluster of each row: the nearest centroid, as ``KMeans/assign(_:centroids:metric:threads:)`` gives it.
  package var assignment: [Int]
  /// Squared distance of each row to its centroid, in the metric, computed in float64.
  package var squaredDistances: [Float]
  /// Sum of ``squaredDistances``.
  package var inertia: Double
  /// Rounds of the kept start.
  package var iterations: Int
  package var converged: Bool
  /// Clusters that came out.
  package var clusters: Int
  /// Clusters that were asked for.
  package var requestedClusters: Int

  /// What the user should know about the result, if anything.
  package var note: String? {
    guard clusters < requestedClusters else { return nil }
    return "\(clusters) clusters in place of \(requestedClusters): there are no more distinct rows"
  }
}
