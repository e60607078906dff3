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
    let euclidean = try #require(try Silhouette(features, assignment: assignment)).mean
    #expect(abs(euclidean - bruteForce(features, assignment) { squaredDistance($0, $1).squareRoot() }) < 1e-5)
    let spherical = try #require(try Silhouette(features, assignment: assignment, metric: .spherical)).mean
    let cosine = bruteForce(features, assignment) { left, right in
      let lengths = (squaredDistance(left, [0, 0, 0, 0]) * squaredDistance(right, [0, 0, 0, 0])).squareRoot()
      return 1 - dot(left, right) / lengths
    }
    #expect(abs(spherical - cosine) < 1e-4)
  }

  @Test func `a sample comes near the whole and is the same each time`() throws {
    let features = blobs(rows: 900, columns: 6, centres: 3, apart: 5)
    let assignment = (0..<900).map { $0 % 3 }
    let whole = try #require(try Silhouette(features, assignment: assignment, sampleRows: nil))
    #expect(whole.low == whole.mean && whole.high == whole.mean)
    // Of 200 samples, each with an interval of 95 %, about ten miss the whole.
    let samples = try (0..<200).map {
      try #require(try Silhouette(features, assignment: assignment, sampleRows: 100, seed: $0))
    }
    #expect(samples.allSatisfy { $0.low < $0.mean && $0.mean < $0.high && abs($0.mean - whole.mean) < 0.05 })
    #expect(samples.count { $0.low <= whole.mean && whole.mean <= $0.high } >= 178)
    #expect(Set(samples).count == 200)
    let again = try Silhouette(features, assignment: assignment, sampleRows: 100, seed: 4, threads: 3)
    #expect(again == samples[4])
  }

  @Test func `one cluster has none`() throws {
    let features = blobs(rows: 5, columns: 2, centres: 1, apart: 1)
    #expect(try Silhouette(features, assignment: [0, 0, 0, 0, 0]) == nil)
  }

  @Test func `the sweep finds the number of blobs and keeps its table`() throws {
    let features = blobs(rows: 240, columns: 8, centres: 4, apart: 12)
    let (choice, result) = try ClusterCountChoice.choose(
      features, range: 2...7, groups: 100, options: KMeansOptions(clusters: 0, seed: 3))
    #expect(choice.clusters == 4 && result.clusters == 4)
    #expect(choice.trials.map(\.clusters) == [2, 3, 4, 5, 6, 7])
    #expect(choice.trials.max { ($0.silhouette ?? 0) < ($1.silhouette ?? 0) }?.clusters == 4)
    #expect(choice.reason.contains("greatest mean silhouette") && choice.reason.contains("of 2 to 7"))
    #expect(choice.trials[2].stability == 1)
    #expect(choice.trials.allSatisfy { ($0.silhouetteLow ?? 2) <= ($0.silhouette ?? 0) && $0.stability ?? 2 <= 1 })
  }

  /// Noise has a greatest silhouette, too; what only chance divides so is not taken while something else is stable.
  @Test func `what another seed divides otherwise is not chosen`() throws {
    // Two blobs, one of them long: 2 is what the data have, more is chance.
    let features = blobs(rows: 300, columns: 6, centres: 2, apart: 6)
    let (choice, _) = try ClusterCountChoice.choose(
      features, range: 2...6, groups: 100, options: KMeansOptions(clusters: 0, starts: 1, seed: 3))
    #expect(choice.clusters == 2 && choice.trials[0].stability == 1)
    #expect(choice.trials.dropFirst().contains { $0.stability ?? 1 < 0.8 })
    let noise = blobs(rows: 300, columns: 30, centres: 1, apart: 0)
    let (doubtful, _) = try ClusterCountChoice.choose(
      noise, range: 3...5, groups: 100, options: KMeansOptions(clusters: 0, starts: 1, seed: 3))
    #expect(doubtful.reason.contains("no number has a stability"))
    let single = try ClusterCountChoice.choose(
      noise, range: 3...3, groups: 100, options: KMeansOptions(clusters: 0), measures: .init(fits: 1))
    #expect(single.choice.trials[0].stability == nil && single.choice.reason.contains("the only number asked for"))
  }

  @Test func `the sweep stops at the number of groups and of distinct rows`() throws {
    let features = blobs(rows: 60, columns: 8, centres: 4, apart: 12)
    let capped = try ClusterCountChoice.choose(features, range: 2...7, groups: 3, options: KMeansOptions(clusters: 0))
      .choice
    #expect(capped.trials.map(\.clusters) == [2, 3])
    #expect(capped.reason.contains("not above 3, the number of families"))
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
