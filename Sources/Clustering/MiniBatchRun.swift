private import Records

/// k-means by small samples: each moves the centres of its points to the mean of all that they were ever given.
///
/// Reads a part of the features alone, however many there are; the result is near Lloyd's, not equal to it.
///
/// Source: Sculley 2010, with the step of a whole batch at once; the rule to stop is scikit-learn's: the batch's inertia,
/// smoothed, has not fallen for ten batches.
struct MiniBatchRun {
  /// Batches without a fall of the smoothed inertia after which the centres are taken to stand.
  private static let patience = 10

  /// float32 `[clusters, columns]`.
  private(set) var values: [Float]
  /// Batches taken.
  private(set) var iterations = 0
  private(set) var converged = false

  /// - Parameters:
  ///   - values: the centres to start from.
  ///   - batchRows: rows of a sample.
  init(
    _ rows: FeatureRows, survey: FeatureSurvey, from values: [Float], batchRows: Int, start: Int, options: KMeansOptions
  ) {
    self.values = values
    let batchRows = min(batchRows, rows.count)
    let clusters = values.count / rows.columns
    let sums = ClusterSums(clusters: clusters, largest: survey.largest, rows: batchRows * options.maximumIterations)
    let workers = (0..<rows.threads).map { _ in
      Worker(
        search: NearestSearch(rows, paddedCentres: (clusters + 3) & ~3),
        sums: ClusterSums(clusters: clusters, largest: survey.largest, rows: batchRows * options.maximumIterations))
    }
    let rate = min(1, 2 * Double(batchRows) / Double(rows.count + 1))
    var random = KeyedRandom(seed: options.seed, key: "batches-\(start)", stage: "k-means")
    var (smoothed, least, waited) = (0.0, Double.infinity, 0)
    while iterations < options.maximumIterations, !converged {
      iterations += 1
      let batch = Seeding.sample(of: rows.count, wanted: batchRows, &random)
      let distances = step(rows, batch, sums, workers, options.metric)
      let inertia = distances.reduce(0) { $0 + Double($1) }
      smoothed = iterations == 1 ? inertia : smoothed + (inertia - smoothed) * rate
      waited = smoothed < least ? 0 : waited + 1
      least = min(least, smoothed)
      converged = waited >= Self.patience
      fillEmptyClusters(rows, batch, distances, sums)
    }
  }

  private struct Worker {
    let search: NearestSearch
    let sums: ClusterSums
  }

  /// Assigns a batch and moves the centres; the squared distances of its rows to the centres before.
  private mutating func step(
    _ rows: FeatureRows, _ batch: [Int], _ sums: ClusterSums, _ workers: [Worker], _ metric: FeatureMetric
  ) -> [Float] {
    let columns = rows.columns
    let centres = Centres(values, columns: columns, groups: 4)
    let distances = [Float](unsafeUninitializedCapacity: batch.count) { buffer, initialized in
      nonisolated(unsafe) let target = buffer
      centres.values.withUnsafeBufferPointer { values in
        guard let values = values.baseAddress else { return }
        Parallel.forEachBlock(of: NearestSearch.batchRows, in: batch.count, workers: workers) { worker, block in
          // Found come in the order in which they were added.
          var place = block.lowerBound
          func take(_ found: NearestSearch.Found) {
            target.initializeElement(
              at: place, to: rows.squaredDistance(found.row, to: values + found.centre * columns))
            worker.sums.add(rows.start(of: found.row), scale: rows.scale(of: found.row), to: found.centre)
            place += 1
          }
          for row in batch[block] { worker.search.add(row, centres, take) }
          worker.search.finish(centres, take)
          rows.release(batch[block])
        }
      }
      initialized = batch.count
    }
    for worker in workers { sums.absorb(worker.sums) }
    values = sums.means(else: values, metric: metric)
    return distances
  }

  /// Puts centres that no point ever came to on the batch's farthest rows.
  private mutating func fillEmptyClusters(
    _ rows: FeatureRows, _ batch: [Int], _ distances: [Float], _ sums: ClusterSums
  ) {
    let empty = sums.counts.indices.filter { sums.counts[$0] == 0 }
    guard !empty.isEmpty else { return }
    let farthest = batch.indices.filter { distances[$0] > 0 }.sorted { (-distances[$0], $0) < (-distances[$1], $1) }
    for (cluster, place) in zip(empty, farthest) {
      values.replaceSubrange(
        cluster * rows.columns..<(cluster + 1) * rows.columns, with: rows.points([batch[place]]))
    }
  }
}
