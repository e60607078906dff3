private import Records

/// One start of k-means, run to its end.
struct LloydRun {
  let clusters: Int
  private(set) var centres: Points
  private(set) var assignment: [Int]
  private(set) var inertia = 0.0
  private(set) var iterations = 0
  private(set) var converged = false

  private let points: Points
  private let metric: FeatureMetric

  /// - Requires: at least `clusters` distinct rows.
  init(_ points: Points, clusters: Int, start: Int, options: KMeansOptions) {
    self.points = points
    self.clusters = clusters
    metric = options.metric
    var random = KeyedRandom(seed: options.seed, key: "start-\(start)", stage: "k-means")
    centres = Self.seeds(points, clusters, metric, &random)
    assignment = points.nearest(centres)
    let limit = options.tolerance * Self.meanVariance(points)
    while iterations < options.maximumIterations, !converged {
      iterations += 1
      fillEmptyClusters()
      let moved = moveCentres()
      let before = assignment
      assignment = points.nearest(centres)
      converged = assignment == before || moved <= limit
    }
    fillEmptyClusters()
    inertia = points.squaredDistances(to: centres, assignment: assignment).reduce(0) { $0 + Double($1) }
  }

  /// k-means++: the first centre at random, each next one with a probability that grows with the squared distance to
  /// the nearest centre so far.
  private static func seeds(
    _ points: Points, _ clusters: Int, _ metric: FeatureMetric, _ random: inout KeyedRandom
  ) -> Points {
    var chosen = [random.integer(below: points.rows)]
    var nearest = [Float](repeating: .infinity, count: points.rows)
    while chosen.count < clusters {
      let latest = points[chosen[chosen.count - 1]]
      nearest = zip(nearest, points.squaredDistances { _ in latest }).map { min($0, $1) }
      var rest = random.uniform() * nearest.reduce(0) { $0 + Double($1) }
      // Rounding may leave a little after the last row: then the last that is no centre's twin.
      var next = nearest.lastIndex { $0 > 0 } ?? 0
      for (row, distance) in nearest.enumerated() where distance > 0 {
        rest -= Double(distance)
        if rest < 0 {
          next = row
          break
        }
      }
      chosen.append(next)
    }
    return centre(points, chosen.flatMap { points[$0] }, metric)
  }

  /// Centres from rows that are already shifted or scaled.
  private static func centre(_ points: Points, _ values: [Float], _ metric: FeatureMetric) -> Points {
    Points(
      values, columns: points.columns, metric: metric, shift: [Float](repeating: 0, count: points.columns),
      threads: points.threads)
  }

  private static func meanVariance(_ points: Points) -> Double {
    let means = points.means([Int](repeating: 0, count: points.rows), clusters: 1)
    let spread = points.squaredLengths.reduce(0) { $0 + Double($1) } / Double(points.rows)
    return max(0, spread - means.reduce(0) { $0 + $1 * $1 }) / Double(points.columns)
  }

  /// Gives each cluster without rows the row that lies farthest from its centre, of those that are not alone.
  private mutating func fillEmptyClusters() {
    var sizes = [Int](repeating: 0, count: clusters)
    for cluster in assignment { sizes[cluster] += 1 }
    guard sizes.contains(0) else { return }
    let distances = points.squaredDistances(to: centres, assignment: assignment)
    var farthest = distances.indices.sorted { (-distances[$0], $0) < (-distances[$1], $1) }[...]
    for cluster in sizes.indices where sizes[cluster] == 0 {
      while let row = farthest.popFirst() {
        guard sizes[assignment[row]] > 1 else { continue }
        sizes[assignment[row]] -= 1
        sizes[cluster] = 1
        assignment[row] = cluster
        break
      }
    }
  }

  /// Puts every centre at the mean of its rows and tells how far, squared, they moved together.
  private mutating func moveCentres() -> Double {
    var values = points.means(assignment, clusters: clusters).map { Float($0) }
    // The mean of opposite unit rows has no direction; such a centre stays where it was.
    for index in 0..<clusters {
      let range = index * points.columns..<(index + 1) * points.columns
      if metric == .spherical, values[range].allSatisfy({ $0 == 0 }) {
        values.replaceSubrange(range, with: centres[index])
      }
    }
    let moved = Self.centre(points, values, metric)
    defer { centres = moved }
    return zip(moved.values, centres.values).reduce(0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
  }
}
