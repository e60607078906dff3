package import Records

/// The number of clusters by trying several: the one of greatest mean silhouette among those that come out alike from
/// different seeds, the smaller of equals.
package struct ClusterCountChoice: Codable, Hashable, Sendable {
  /// What one number of clusters gave.
  package struct Trial: Codable, Hashable, Sendable {
    package var clusters: Int
    package var inertia: Double
    /// `nil` where fewer than two clusters were seen.
    package var silhouette: Double?
    /// Ends of the silhouette's 95 % interval; both are the silhouette itself where every row was looked at.
    package var silhouetteLow: Double?
    package var silhouetteHigh: Double?
    /// Mean adjusted Rand index over pairs of fits from different seeds; `nil` for a single fit.
    package var stability: Double?
    package var converged: Bool
  }

  /// How the trials are looked at.
  package struct Measures: Codable, Hashable, Sendable {
    /// Rows whose silhouette is worked out; `nil` for all.
    package var silhouetteRows: Int?
    /// Fits of each number, each from seeds of its own.
    package var fits: Int

    package init(silhouetteRows: Int? = 2000, fits: Int = 3) {
      self.silhouetteRows = silhouetteRows
      self.fits = fits
    }
  }

  package var trials: [Trial]
  package var clusters: Int
  /// Why this number, for a reader of the report.
  package var reason: String

  /// From which stability on a number is taken for what the data have, not for chance.
  static let leastStability = 0.8

  /// Fits `range` numbers of clusters, none above `groups`, since a cluster needs a group of its own to be validated
  /// on.
  ///
  /// - Parameter options: of each fit; its own number of clusters is not used.
  /// - Returns: the choice and the fit that it chose.
  /// - Throws: when `range` begins above `groups`, and what ``KMeans/fit(_:options:threads:)`` throws.
  package static func choose(
    _ features: FeatureMatrix, range: ClosedRange<Int>, groups: Int, options: KMeansOptions,
    measures: Measures = Measures(), threads: Int? = nil
  ) throws(ClusteringError) -> (choice: ClusterCountChoice, result: KMeansResult) {
    let most = min(range.upperBound, groups)
    guard range.lowerBound <= most else {
      throw ClusteringError(
        code: .badOption,
        message:
          "\(range.lowerBound) or more clusters asked for, only \(groups) families there; ask for fewer or add data"
      )
    }
    var trials: [Trial] = []
    var results: [KMeansResult] = []
    var stopped = ""
    for clusters in range.lowerBound...most {
      var options = options
      options.clusters = clusters
      let result = try KMeans.fit(features, options: options, threads: threads)
      // Fewer than asked for: the numbers from here on would all give this same result.
      if let note = result.note { stopped = "; stopped at \(note)" }
      if result.note != nil, !trials.isEmpty { break }
      let silhouette = try Silhouette(
        features, assignment: result.assignment, metric: options.metric, sampleRows: measures.silhouetteRows,
        seed: options.seed, threads: threads)
      let stability = try stability(of: result, features, options: options, fits: measures.fits, threads: threads)
      trials.append(
        Trial(
          clusters: result.clusters, inertia: result.inertia, silhouette: silhouette?.mean,
          silhouetteLow: silhouette?.low, silhouetteHigh: silhouette?.high, stability: stability,
          converged: result.converged))
      results.append(result)
      if result.note != nil { break }
    }
    let (best, why) = best(of: trials)
    let cap = most < range.upperBound ? ", not above \(most), the number of families" : ""
    let tried =
      range.lowerBound == range.upperBound
      ? "the only number asked for" : "of \(range.lowerBound) to \(most)\(cap)"
    let choice = ClusterCountChoice(
      trials: trials, clusters: results[best].clusters, reason: "\(why), \(tried)\(stopped)")
    return (choice, results[best])
  }

  /// Mean agreement of every two of some fits, the first being `result`.
  private static func stability(
    of result: KMeansResult, _ features: FeatureMatrix, options: KMeansOptions, fits: Int, threads: Int?
  ) throws(ClusteringError) -> Double? {
    guard fits > 1 else { return nil }
    var assignments = [result.assignment]
    for fit in 1..<fits {
      var options = options
      options.seed = options.seed &+ UInt64(fit) &* 0x9E37_79B9_7F4A_7C15
      assignments.append(try KMeans.fit(features, options: options, threads: threads).assignment)
    }
    var sum = 0.0
    for (place, assignment) in assignments.enumerated() {
      for other in assignments[..<place] { sum += try ClusterAgreement.adjustedRandIndex(assignment, other) }
    }
    return sum / Double(fits * (fits - 1) / 2)
  }

  /// Place of the trial to take, and why in words.
  private static func best(of trials: [Trial]) -> (place: Int, reason: String) {
    let stable = trials.indices.filter { trials[$0].stability ?? 1 >= leastStability }
    let candidates = stable.isEmpty ? Array(trials.indices) : stable
    let best =
      candidates.max { (trials[$0].silhouette ?? -2, -$0) < (trials[$1].silhouette ?? -2, -$1) } ?? trials.startIndex
    let trial = trials[best]
    guard let silhouette = trial.silhouette, let low = trial.silhouetteLow, let high = trial.silhouetteHigh else {
      return (best, "no number gave two clusters to compare; the first")
    }
    let interval = low < high ? " (\(rounded(low)) to \(rounded(high)))" : ""
    let stability = trial.stability.map { ", stability \(rounded($0))" } ?? ""
    let among =
      stable.isEmpty
      ? " although no number has a stability of \(leastStability)"
      : stable.count < trials.count
        ? " among those with a stability of \(leastStability) or more: \(stable.map { "\(trials[$0].clusters)" }.joined(separator: ", "))"
        : ""
    return (best, "greatest mean silhouette, \(rounded(silhouette))\(interval)\(stability)\(among)")
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
