package import Records

/// The number of clusters by trying several: the one of greatest mean silhouette, the smaller of equals.
package struct ClusterCountChoice: Codable, Hashable, Sendable {
  /// What one number of clusters gave.
  package struct Trial: Codable, Hashable, Sendable {
    package var clusters: Int
    package var inertia: Double
    /// `nil` where fewer than two clusters were seen.
    package var silhouette: Double?
    package var converged: Bool
  }

  package var trials: [Trial]
  package var clusters: Int
  /// Why this number, for a reader of the report.
  package var reason: String

  /// Fits `range` numbers of clusters, none above `groups`, since a cluster needs a group of its own to be validated
  /// on.
  ///
  /// - Parameter options: of each fit; its own number of clusters is not used.
  /// - Returns: the choice and the fit that it chose.
  /// - Throws: when `range` begins above `groups`, and what ``KMeans/fit(_:options:threads:)`` throws.
  package static func choose(
    _ features: FeatureMatrix, range: ClosedRange<Int>, groups: Int, options: KMeansOptions, silhouetteRows: Int = 2000,
    threads: Int? = nil
  ) throws(ClusteringError) -> (choice: ClusterCountChoice, result: KMeansResult) {
    let most = min(range.upperBound, groups)
    guard range.lowerBound <= most else {
      throw ClusteringError(
        code: .badOption,
        message:
          "\(range.lowerBound) or more clusters asked for, only \(groups) groups there; ask for fewer or add data"
      )
    }
    var trials: [Trial] = []
    var best: (result: KMeansResult, silhouette: Double?)?
    var stopped = ""
    for clusters in range.lowerBound...most {
      var options = options
      options.clusters = clusters
      let result = try KMeans.fit(features, options: options, threads: threads)
      // Fewer than asked for: the numbers from here on would all give this same result.
      if let note = result.note { stopped = "; stopped at \(note)" }
      if result.note != nil, best != nil { break }
      let silhouette = try Silhouette.mean(
        features, assignment: result.assignment, metric: options.metric, sampleRows: silhouetteRows, seed: options.seed,
        threads: threads)
      trials.append(
        Trial(clusters: result.clusters, inertia: result.inertia, silhouette: silhouette, converged: result.converged))
      if best.map({ silhouette ?? -.infinity > $0.silhouette ?? -.infinity }) ?? true { best = (result, silhouette) }
      if result.note != nil { break }
    }
    guard let best else { throw ClusteringError(code: .noRows, message: "no number of clusters could be tried") }
    let cap = most < range.upperBound ? ", not above \(most) because there are \(groups) groups" : ""
    let tried = "of \(range.lowerBound) to \(most)\(cap)\(stopped)"
    let reason =
      best.silhouette.map { "greatest mean silhouette, \(rounded($0)), \(tried)" }
      ?? "no number gave two clusters to compare; the first \(tried)"
    return (ClusterCountChoice(trials: trials, clusters: best.result.clusters, reason: reason), best.result)
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
