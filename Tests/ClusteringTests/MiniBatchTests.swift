import Clustering
import Records
import Testing

@Suite struct MiniBatchTests {
  private func options(_ clusters: Int, batch: Int, metric: FeatureMetric = .euclidean) -> KMeansOptions {
    KMeansOptions(clusters: clusters, starts: 2, metric: metric, algorithm: .miniBatch(rows: batch), seed: 3)
  }

  @Test(arguments: FeatureMetric.allCases) func `finds well separated blobs`(metric: FeatureMetric) throws {
    let features = blobs(rows: 3000, columns: 12, centres: 4, apart: 15)
    let result = try KMeans.fit(features, options: options(4, batch: 200, metric: metric))
    #expect(try ClusterAgreement.adjustedRandIndex(result.assignment, (0..<3000).map { $0 % 4 }) == 1)
    #expect(try KMeans.assign(features, centroids: result.centroids, metric: metric) == result.assignment)
  }

  @Test func `is little worse than Lloyd where clusters overlap`() throws {
    let features = blobs(rows: 6000, columns: 8, centres: 6, apart: 2)
    let batch = try KMeans.fit(features, options: options(6, batch: 600))
    let lloyd = try KMeans.fit(features, options: KMeansOptions(clusters: 6, starts: 2, seed: 3))
    #expect(batch.inertia < 1.03 * lloyd.inertia)
    #expect(batch.iterations <= 100)
  }

  @Test func `the number of threads changes no bit`() throws {
    let features = blobs(rows: 5000, columns: 20, centres: 7, apart: 1)
    let alone = try KMeans.fit(features, options: options(7, batch: 1500), threads: 1)
    for threads in [2, 3] {
      #expect(try KMeans.fit(features, options: options(7, batch: 1500), threads: threads) == alone)
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>) func `no cluster is empty`(seed: UInt64) throws {
    var random = KeyedRandom(seed: seed, key: "grid", stage: "test")
    let features = matrix((0..<60).map { _ in [Float(random.integer(below: 4)), Float(random.integer(below: 4))] })
    let distinct = Set((0..<60).map { row(features, $0) }).count
    var options = options(distinct, batch: 10)
    options.seed = seed
    #expect(try Set(KMeans.fit(features, options: options).assignment) == Set(0..<distinct))
  }

  @Test func `a batch is at least one row`() {
    let features = blobs(rows: 40, columns: 3, centres: 2, apart: 1)
    #expect { try KMeans.fit(features, options: options(2, batch: 0)) } throws: {
      ($0 as? ClusteringError)?.code == .badOption
    }
  }
}
