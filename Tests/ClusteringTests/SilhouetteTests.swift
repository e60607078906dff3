import Clustering
import Records
import Testing

@Suite struct SilhouetteTests {
  private func bruteForce(_ features: FeatureMatrix, _ assignment: [Int], _ distance: ([Double], [Double]) -> Double)
    -> Double
  {
    let rows = (0..<features.rows).map { row(features, $0) }
    let clusters = Set(assignment).sorted()
    let values = rows.indices.map { own -> Double in
      func mean(_ cluster: Int) -> Double? {
        let others = rows.indices.filter { $0 != own && assignment[$0] == cluster }
        return others.isEmpty ? nil : others.reduce(0) { $0 + distance(rows[own], rows[$1]) } / Double(others.count)
      }
      guard let inside = mean(assignment[own]) else { return 0 }
      let outside = clusters.filter { $0 != assignment[own] }.compactMap(mean).min() ?? 0
      return (outside - inside) / max(inside, outside)
    }
    return values.reduce(0, +) / Double(values.count)
  }

  @Test(arguments: 0..<6) func `equals the definition`(seed: UInt64) throws {
    let features = blobs(rows: 80, columns: 4, centres: 3, apart: 2, seed: seed)
    // Cluster 4 has one row, cluster 3 none.
    let assignment = (0..<80).map { $0 == 7 ? 4 : $0 % 3 }
    let euclidean = try #require(try Silhouette.mean(features, assignment: assignment))
    #expect(abs(euclidean - bruteForce(features, assignment) { squaredDistance($0, $1).squareRoot() }) < 1e-5)
    let spherical = try #require(try Silhouette.mean(features, assignment: assignment, metric: .spherical))
    let cosine = bruteForce(features, assignment) { left, right in
      let lengths = (squaredDistance(left, [0, 0, 0, 0]) * squaredDistance(right, [0, 0, 0, 0])).squareRoot()
      return 1 - dot(left, right) / lengths
    }
    #expect(abs(spherical - cosine) < 1e-4)
  }

  @Test func `a sample comes near the whole and is the same each time`() throws {
    let features = blobs(rows: 900, columns: 6, centres: 3, apart: 5)
    let assignment = (0..<900).map { $0 % 3 }
    let whole = try #require(try Silhouette.mean(features, assignment: assignment))
    let sampled = try #require(
      try Silhouette.mean(features, assignment: assignment, sampleRows: 300, seed: 4, threads: 1))
    #expect(sampled != whole && abs(sampled - whole) < 0.02)
    #expect(try Silhouette.mean(features, assignment: assignment, sampleRows: 300, seed: 4, threads: 3) == sampled)
  }

  @Test func `one cluster has none`() throws {
    let features = blobs(rows: 5, columns: 2, centres: 1, apart: 1)
    #expect(try Silhouette.mean(features, assignment: [0, 0, 0, 0, 0]) == nil)
  }

  @Test func `the sweep finds the number of blobs and keeps its table`() throws {
    let features = blobs(rows: 240, columns: 8, centres: 4, apart: 12)
    let (choice, result) = try ClusterCountChoice.choose(
      features, range: 2...7, groups: 100, options: KMeansOptions(clusters: 0, seed: 3))
    #expect(choice.clusters == 4 && result.clusters == 4)
    #expect(choice.trials.map(\.clusters) == [2, 3, 4, 5, 6, 7])
    #expect(choice.trials.max { ($0.silhouette ?? 0) < ($1.silhouette ?? 0) }?.clusters == 4)
    #expect(choice.reason.contains("greatest mean silhouette"))
  }

  @Test func `the sweep stops at the number of groups and of distinct rows`() throws {
    let features = blobs(rows: 60, columns: 8, centres: 4, apart: 12)
    let capped = try ClusterCountChoice.choose(features, range: 2...7, groups: 3, options: KMeansOptions(clusters: 0))
      .choice
    #expect(capped.trials.map(\.clusters) == [2, 3])
    #expect(capped.reason.contains("3 groups"))
    let few = matrix([[0, 0], [0, 0], [5, 5], [5, 5], [9, 0]])
    let short = try ClusterCountChoice.choose(few, range: 2...7, groups: 9, options: KMeansOptions(clusters: 0))
    #expect(short.choice.trials.map(\.clusters) == [2, 3])
    #expect(short.choice.clusters == 3 && short.choice.reason.contains("distinct rows"))
    #expect {
      try ClusterCountChoice.choose(few, range: 2...7, groups: 1, options: KMeansOptions(clusters: 0))
    } throws: {
      ($0 as? ClusteringError)?.code == .badOption
    }
  }
}
