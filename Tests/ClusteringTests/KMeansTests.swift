import Clustering
import Records
import Testing

@Suite struct KMeansTests {
  @Test(arguments: FeatureMetric.allCases) func `finds well separated blobs`(metric: FeatureMetric) throws {
    let features = blobs(rows: 300, columns: 12, centres: 3, apart: 20)
    let result = try KMeans.fit(features, options: KMeansOptions(clusters: 3, metric: metric, seed: 5))
    let truth = (0..<300).map { $0 % 3 }
    #expect(try ClusterAgreement.adjustedRandIndex(result.assignment, truth) == 1)
    #expect(result.converged && result.note == nil)
    #expect(result.clusters == 3)
  }

  @Test(arguments: 0..<12) func `is a fixed point by brute force`(seed: UInt64) throws {
    let features = blobs(rows: 120, columns: 5, centres: 4, apart: 1, seed: seed)
    var options = KMeansOptions(clusters: 4, starts: 1, tolerance: 0, seed: seed)
    options.maximumIterations = 500
    let result = try KMeans.fit(features, options: options)
    #expect(result.converged)
    var inertia = 0.0
    for index in 0..<features.rows {
      let distances = (0..<4).map { squaredDistance(row(features, index), centroid(result, $0, columns: 5)) }
      let own = distances[result.assignment[index]]
      #expect(own <= (distances.min() ?? 0) + 1e-5)
      #expect(abs(Double(result.squaredDistances[index]) - own) < 1e-4)
      inertia += own
    }
    #expect(abs(result.inertia - inertia) < 1e-3)
    for cluster in 0..<4 {
      let members = result.assignment.indices.filter { result.assignment[$0] == cluster }.map { row(features, $0) }
      for column in 0..<5 {
        let mean = members.reduce(0) { $0 + $1[column] } / Double(members.count)
        #expect(abs(mean - centroid(result, cluster, columns: 5)[column]) < 1e-5)
      }
    }
  }

  @Test func `a few starts reach the best of all divisions of a small set`() throws {
    let features = blobs(rows: 9, columns: 2, centres: 2, apart: 1, seed: 3)
    let result = try KMeans.fit(features, options: KMeansOptions(clusters: 2, starts: 20, tolerance: 0))
    var best = Double.infinity
    for division in 1..<(1 << 8) {
      let sides = [true, false].map { side in
        (0..<9).filter { (division >> $0 & 1 == 1) == side }.map { row(features, $0) }
      }
      let inertia = sides.reduce(0.0) { sum, members in
        let mean = (0..<2).map { column in members.reduce(0) { $0 + $1[column] } / Double(members.count) }
        return sum + members.reduce(0) { $0 + squaredDistance($1, mean) }
      }
      best = min(best, inertia)
    }
    #expect(abs(result.inertia - best) < 1e-4)
  }

  @Test(arguments: FeatureMetric.allCases) func `the number of threads changes no bit`(metric: FeatureMetric) throws {
    let features = blobs(rows: 2500, columns: 70, centres: 6, apart: 1)
    let options = KMeansOptions(clusters: 6, starts: 2, maximumIterations: 5, metric: metric, seed: 2)
    let alone = try KMeans.fit(features, options: options, threads: 1)
    for threads in [2, 3, 8] { #expect(try KMeans.fit(features, options: options, threads: threads) == alone) }
    #expect(try KMeans.assign(features, centroids: alone.centroids, metric: metric, threads: 3) == alone.assignment)
  }

  @Test func `clusters are numbered by size, then by their first row`() throws {
    let features = matrix([[9], [0], [0.1], [0.2], [5], [9.1], [20]])
    for seed in 0..<6 as Range<UInt64> {
      let result = try KMeans.fit(features, options: KMeansOptions(clusters: 4, starts: 8, seed: seed))
      #expect(result.assignment == [1, 0, 0, 0, 2, 1, 3])
    }
  }

  @Test func `features far from the origin keep their digits`() throws {
    let near = blobs(rows: 200, columns: 8, centres: 2, apart: 6)
    let far = blobs(rows: 200, columns: 8, centres: 2, apart: 6, offset: 5000)
    let options = KMeansOptions(clusters: 2, seed: 1)
    #expect(try KMeans.fit(far, options: options).assignment == KMeans.fit(near, options: options).assignment)
  }

  @Test func `duplicates lower the number of clusters, and the result says so`() throws {
    let features = matrix(Array(repeating: [1, 2], count: 5) + Array(repeating: [3, 4], count: 4))
    let result = try KMeans.fit(features, options: KMeansOptions(clusters: 5))
    #expect(result.clusters == 2)
    #expect(result.assignment == [0, 0, 0, 0, 0, 1, 1, 1, 1])
    #expect(result.centroids == [1, 2, 3, 4])
    #expect(result.inertia == 0)
    #expect(result.note?.contains("2 clusters in place of 5") == true)
  }

  @Test(arguments: 0..<20) func `no cluster is empty, however many there are`(seed: UInt64) throws {
    var random = KeyedRandom(seed: seed, key: "grid", stage: "test")
    let features = matrix((0..<40).map { _ in [Float(random.integer(below: 4)), Float(random.integer(below: 4))] })
    let distinct = Set((0..<40).map { row(features, $0) }).count
    for clusters in [3, 9, distinct, distinct + 3] {
      let result = try KMeans.fit(features, options: KMeansOptions(clusters: clusters, starts: 1, seed: seed))
      #expect(Set(result.assignment) == Set(0..<min(clusters, distinct)))
    }
  }

  @Test func `spherical clusters look at direction alone`() throws {
    let features = matrix([[1, 0], [100, 1], [0, 1], [1, 100], [0, 0]])
    let result = try KMeans.fit(features, options: KMeansOptions(clusters: 2, metric: .spherical))
    #expect(result.assignment[0] == result.assignment[1])
    #expect(result.assignment[2] == result.assignment[3])
    #expect(result.assignment[0] != result.assignment[2])
    for cluster in 0..<2 {
      #expect(abs(squaredDistance(centroid(result, cluster, columns: 2), [0, 0]) - 1) < 1e-6)
    }
  }

  @Test func `a row's cluster does not depend on the other rows asked about`() throws {
    let train = blobs(rows: 200, columns: 6, centres: 3, apart: 3)
    let fitted = try KMeans.fit(train, options: KMeansOptions(clusters: 3))
    let heldOut = blobs(rows: 50, columns: 6, centres: 3, apart: 3, seed: 9, offset: 40)
    let both = FeatureMatrix(
      keys: train.keys + heldOut.keys.map { "z\($0)" }, columns: 6, values: train.values + heldOut.values)
    let together = try KMeans.assign(both, centroids: fitted.centroids, metric: .euclidean)
    #expect(Array(together.prefix(200)) == fitted.assignment)
    #expect(try KMeans.assign(heldOut, centroids: fitted.centroids, metric: .euclidean) == Array(together.suffix(50)))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func `a value that is not finite is named`(value: Float) throws {
    var features = blobs(rows: 10, columns: 3, centres: 2, apart: 1)
    features.values[4 * 3 + 2] = value
    let error = try #require(throws: ClusteringError.self) {
      try KMeans.fit(features, options: KMeansOptions(clusters: 2))
    }
    #expect(error.code == .notFinite)
    #expect(error.message.contains(features.keys[4]))
  }

  @Test func `nothing to cluster and wrong shapes are errors`() {
    let features = blobs(rows: 4, columns: 3, centres: 2, apart: 1)
    #expect {
      try KMeans.fit(FeatureMatrix(keys: [], columns: 3, values: []), options: KMeansOptions(clusters: 2))
    } throws: {
      ($0 as? ClusteringError)?.code == .noRows
    }
    #expect { try KMeans.fit(features, options: KMeansOptions(clusters: 0)) } throws: {
      ($0 as? ClusteringError)?.code == .badOption
    }
    #expect { try KMeans.assign(features, centroids: [1, 2], metric: .euclidean) } throws: {
      ($0 as? ClusteringError)?.code == .shapeMismatch
    }
  }

  private func centroid(_ result: KMeansResult, _ cluster: Int, columns: Int) -> [Double] {
    result.centroids[cluster * columns..<(cluster + 1) * columns].map(Double.init)
  }
}
