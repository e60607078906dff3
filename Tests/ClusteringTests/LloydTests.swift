import Clustering
import Records
import Testing

/// Lloyd's rounds with all that makes them fast, beside ``PlainLloyd``.
@Suite struct LloydTests {
  struct Case: CustomTestStringConvertible {
    var columns: Int
    var clusters: Int
    var apart: Double
    var offset = 0.0
    var scale: Float = 1
    var testDescription: String {
      "\(columns) columns, \(clusters) clusters, \(apart) apart, \(offset) off, x \(scale)"
    }
  }

  static let cases = [
    Case(columns: 1, clusters: 1, apart: 1), Case(columns: 2, clusters: 5, apart: 3),
    Case(columns: 7, clusters: 3, apart: 0), Case(columns: 16, clusters: 20, apart: 1),
    Case(columns: 33, clusters: 33, apart: 4), Case(columns: 18, clusters: 70, apart: 2),
    Case(columns: 70, clusters: 9, apart: 0.5), Case(columns: 12, clusters: 9, apart: 2, offset: 3000),
    Case(columns: 12, clusters: 9, apart: 2, scale: 1e-12), Case(columns: 12, clusters: 40, apart: 2, scale: 1e12),
    Case(columns: 5, clusters: 8, apart: 1, offset: -1e6),
  ]

  @Test(arguments: cases, FeatureMetric.allCases) func `every round is that of plain Lloyd`(
    one: Case, metric: FeatureMetric
  ) throws {
    var features = blobs(
      rows: 300, columns: one.columns, centres: max(2, one.clusters / 2), apart: one.apart, seed: 3, offset: one.offset)
    features.values = features.values.map { $0 * one.scale }
    let initial = start(features, one.clusters)
    for iterations in [1, 2, 4, 30] {
      let options = KMeansOptions(
        clusters: one.clusters, starts: 1, maximumIterations: iterations, tolerance: 0, metric: metric)
      let fast = try KMeans.fit(features, options: options, from: initial.flatMap { $0 })
      let plain = PlainLloyd(features, from: initial, metric: metric, iterations: fast.iterations)
      // Numbers of clusters differ; of which rows belong together must not one.
      #expect(numbered(plain.assignment) == fast.assignment)
      #expect(abs(fast.inertia - plain.inertia) <= 1e-6 * plain.inertia)
      if fast.converged { break }
      #expect(fast.iterations == iterations)
    }
  }

  /// Small whole numbers: a third of all rows is as near to one centre as to another, and many are equal.
  @Test(arguments: 0..<10 as Range<UInt64>) func `ties and copies are settled as plain Lloyd settles them`(seed: UInt64)
    throws
  {
    var random = KeyedRandom(seed: seed, key: "ties", stage: "test")
    let features = matrix((0..<400).map { _ in (0..<3).map { _ in Float(random.integer(below: 4)) } })
    let initial = start(features, 7)
    let fast = try KMeans.fit(
      features, options: KMeansOptions(clusters: 7, starts: 1, maximumIterations: 4, tolerance: 0),
      from: initial.flatMap { $0 })
    let plain = PlainLloyd(features, from: initial, metric: .euclidean, iterations: fast.iterations)
    #expect(numbered(plain.assignment) == fast.assignment)
    #expect(try KMeans.assign(features, centroids: fast.centroids, metric: .euclidean) == fast.assignment)
  }

  @Test func `columns of very different size keep their digits`() throws {
    let narrow = blobs(rows: 500, columns: 2, centres: 2, apart: 9)
    let features = matrix((0..<500).map { [1e7, narrow.values[$0 * 2], narrow.values[$0 * 2 + 1], 1e-6 * Float($0)] })
    let result = try KMeans.fit(features, options: KMeansOptions(clusters: 2, seed: 2))
    #expect(result.clusters == 2 && result.centroids[0] == 1e7)
    for cluster in 0..<2 {
      let members = result.assignment.indices.filter { result.assignment[$0] == cluster }
      for column in 1..<4 {
        let mean = members.reduce(0) { $0 + row(features, $1)[column] } / Double(members.count)
        #expect(result.centroids[cluster * 4 + column] == Float(mean))
      }
    }
  }

  @Test(arguments: FeatureMetric.allCases) func `centres that nothing is near are given the farthest rows`(
    metric: FeatureMetric
  ) throws {
    let features = blobs(rows: 300, columns: 6, centres: 5, apart: 5)
    let initial =
      [[Float]](repeating: [1, 1, 1, 1, 1, 1], count: 3) + [[-900, 0, 0, 0, 0, 0], [0, 900, 0, -90, 0, 0]]
    for iterations in [1, 100] {
      let result = try KMeans.fit(
        features,
        options: KMeansOptions(clusters: 5, starts: 1, maximumIterations: iterations, tolerance: 0, metric: metric),
        from: initial.flatMap { $0 })
      #expect(result.clusters == 5 && Set(result.assignment) == Set(0..<5))
    }
  }

  @Test(arguments: FeatureMetric.allCases) func `threads and stripes change no bit`(metric: FeatureMetric) throws {
    let features = blobs(rows: 6500, columns: 24, centres: 40, apart: 2)
    let options = KMeansOptions(clusters: 50, starts: 1, maximumIterations: 5, tolerance: 0, metric: metric, seed: 4)
    let alone = try KMeans.fit(features, options: options, threads: 1)
    for threads in [2, 5] { #expect(try KMeans.fit(features, options: options, threads: threads) == alone) }
    #expect(try KMeans.assign(features, centroids: alone.centroids, metric: metric, threads: 2) == alone.assignment)
  }

  @Test func `centroids to start from must fit`() {
    let features = blobs(rows: 40, columns: 3, centres: 2, apart: 1)
    for (initial, code) in [
      ([1, 2] as [Float], ClusteringError.Code.shapeMismatch), ([1, 2, 3], .shapeMismatch),
      ([1, 2, 3, 4, 5, .nan], .notFinite), ([], .shapeMismatch),
    ] {
      #expect { try KMeans.fit(features, options: KMeansOptions(clusters: 2), from: initial) } throws: {
        ($0 as? ClusteringError)?.code == code
      }
    }
  }

  @Test func `distances that overflow are an error`() {
    var features = blobs(rows: 40, columns: 3, centres: 2, apart: 1)
    features.values[7] = 1e30
    #expect { try KMeans.fit(features, options: KMeansOptions(clusters: 2)) } throws: {
      ($0 as? ClusteringError)?.message.contains("scale the features down") == true
    }
  }

  /// Some rows as centroids, all different.
  private func start(_ features: FeatureMatrix, _ clusters: Int) -> [[Float]] {
    var random = KeyedRandom(seed: 1, key: "start", stage: "test")
    var rows = Array(0..<features.rows)
    random.shuffle(&rows)
    var chosen: [[Float]] = []
    for row in rows {
      let values = Array(features.values[row * features.columns..<(row + 1) * features.columns])
      if chosen.count < clusters, !chosen.contains(values) { chosen.append(values) }
    }
    return chosen
  }

  /// The same clusters, the largest first, of equally large ones that with the first row.
  private func numbered(_ assignment: [Int]) -> [Int] {
    let members = Dictionary(grouping: assignment.indices) { assignment[$0] }
    let order = members.sorted { (-$0.value.count, $0.value[0]) < (-$1.value.count, $1.value[0]) }.map(\.key)
    let numbers = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    return assignment.map { numbers[$0] ?? -1 }
  }
}
