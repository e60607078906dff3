private import Records

/// Lloyd's rounds from given centres to their end, every point looked at only where bounds leave a doubt.
///
/// Gives the same assignment in every round as a comparison of all distances would, to the bit.
///
/// Source: Lloyd 1982; bounds as in ``DistanceBounds``; sums carried along, exactly, as in ``ClusterSums``.
struct LloydRun {
  private(set) var centres: Centres
  private(set) var iterations = 0
  private(set) var converged = false

  private let rows: FeatureRows
  private let metric: FeatureMetric
  private let bounds: DistanceBounds
  private let sums: ClusterSums
  private let workers: [LloydWorker]
  private var movement: [Float]
  private var groupMovement: [Float]

  /// - Parameter values: the centres to start from, float32 `[clusters, columns]`, finite; of length 1 where the metric is
  ///   spherical.
  init(_ rows: FeatureRows, survey: FeatureSurvey, from values: [Float], options: KMeansOptions) {
    self.rows = rows
    metric = options.metric
    let (columns, clusters) = (rows.columns, values.count / rows.columns)
    let groups = DistanceBounds.groups(centres: clusters, rows: rows.count)
    let order = Centres.grouped(values, columns: columns, groups: groups)
    centres = Centres(
      order.flatMap { values[$0 * columns..<($0 + 1) * columns] }, columns: columns, groups: groups)
    bounds = DistanceBounds(rows: rows.count, groups: groups)
    sums = ClusterSums(clusters: clusters, largest: survey.largest, rows: rows.count)
    movement = [Float](repeating: 0, count: clusters)
    groupMovement = [Float](repeating: 0, count: groups)
    workers = (0..<rows.threads).map { [rows, bounds, centres] _ in
      LloydWorker(
        rows, bounds, search: NearestSearch(rows, paddedCentres: centres.members * groups),
        changes: ClusterSums(clusters: clusters, largest: survey.largest, rows: rows.count))
    }
    let limit = options.tolerance * survey.meanVariance
    _ = assign()
    while iterations < options.maximumIterations, !converged {
      iterations += 1
      let filled = fillEmptyClusters()
      let moved = moveCentres()
      let changed = assign()
      converged = changed == 0 && filled == 0 || moved <= limit
    }
  }

  /// Centre of each row.
  var assignment: [Int] { (0..<rows.count).map { Int(bounds.centres[$0]) } }

  /// Finds the nearest centre of every point; how many got another one.
  private mutating func assign() -> Int {
    movement.withUnsafeBufferPointer { movement in
      groupMovement.withUnsafeBufferPointer { groupMovement in
        guard let movement = movement.baseAddress, let groupMovement = groupMovement.baseAddress else { return }
        rows.forEachStripe(workers: workers) { worker, stripe in
          worker.assign(stripe, centres, movement: movement, groupMovement: groupMovement)
        }
      }
    }
    return workers.reduce(0) { $0 + $1.hand(to: sums) }
  }

  /// Gives each cluster without points the one that lies farthest from its centre, of those that are not alone; how many
  /// were filled.
  private func fillEmptyClusters() -> Int {
    let empty = sums.counts.indices.filter { sums.counts[$0] == 0 }
    guard !empty.isEmpty else { return 0 }
    let assignment = assignment
    var filled = 0
    for row in rows.farthest(from: centres, assignment: assignment) where filled < empty.count {
      let (old, new) = (assignment[row], empty[filled])
      guard sums.counts[old] > 1 else { continue }
      sums.move(rows.start(of: row), scale: rows.scale(of: row), from: old, to: new)
      bounds.forget(row, centre: new)
      filled += 1
    }
    return filled
  }

  /// Puts every centre at the mean of its points, and tells how far, squared, they moved together.
  private mutating func moveCentres() -> Double {
    let before = centres.values
    let columns = centres.columns
    let values = sums.means(else: before, metric: metric)
    centres = Centres(values, columns: columns, groups: centres.groups)
    var moved = 0.0
    groupMovement = [Float](repeating: 0, count: centres.groups)
    for centre in 0..<centres.count {
      var squares = 0.0
      for place in centre * columns..<(centre + 1) * columns {
        let difference = Double(values[place]) - Double(before[place])
        squares += difference * difference
      }
      moved += squares
      movement[centre] = Float(squares.squareRoot()).nextUp.nextUp
      if squares == 0 { movement[centre] = 0 }
      let group = centre % centres.groups
      groupMovement[group] = max(groupMovement[group], movement[centre])
    }
    return moved
  }
}
