import Clustering
import Records
import Testing

@Suite struct SetDistanceTests {
  /// Rows of one normal distribution: deviations along the axes, then a mean.
  private func normal(_ rows: Int, _ deviations: [Double], mean: [Double], seed: UInt64) -> FeatureMatrix {
    var random = KeyedRandom(seed: seed, key: "normal", stage: "test")
    return matrix(
      (0..<rows).map { _ in zip(deviations, mean).map { Float($0 * random.normal() + $1) } })
  }

  /// For covariances along the axes the distance is the sum of (m - n)^2 + (s - t)^2.
  @Test func `frechet is the formula's for known distributions`() throws {
    let left = normal(40_000, [1, 2, 0.5], mean: [0, 0, 7], seed: 1)
    let right = normal(40_000, [1, 3, 0.5], mean: [2, 0, 7], seed: 2)
    #expect(abs(try SetDistance.frechet(left, right) - 5) < 0.15)
    #expect(try SetDistance.frechet(left, left) < 1e-6)
    let there = try SetDistance.frechet(left, right)
    #expect(abs(there - (try SetDistance.frechet(right, left))) < 1e-6)
  }

  @Test func `frechet sees what turns, too`() throws {
    // The same variances on the axes, but one set lies along a diagonal: traces 4 and 4, (S T)^1/2 has the eigenvalues
    // sqrt(2 * 3.8) and sqrt(2 * 0.2).
    var random = KeyedRandom(seed: 8, key: "diagonal", stage: "test")
    let root = Double(2).squareRoot()
    let diagonal = matrix(
      (0..<40_000).map { _ in
        let (a, b) = (random.normal() * Double(3.8).squareRoot(), random.normal() * Double(0.2).squareRoot())
        return [Float((a + b) / root), Float((a - b) / root)]
      })
    let round = normal(40_000, [root, root], mean: [0, 0], seed: 9)
    let expected = 8 - 2 * (Double(2 * 3.8).squareRoot() + Double(2 * 0.2).squareRoot())
    #expect(abs(try SetDistance.frechet(diagonal, round) - expected) < 0.05)
  }

  @Test func `nearest distances are those of brute force, whatever the threads`() throws {
    let rows = blobs(rows: 130, columns: 5, centres: 2, apart: 3, seed: 2, offset: 30)
    let others = blobs(rows: 5000, columns: 5, centres: 3, apart: 3, seed: 3, offset: 30)
    let expected = (0..<130).reduce(0.0) { sum, index in
      let own = ClusteringTests.row(rows, index)
      return sum
        + ((0..<5000).map { squaredDistance(own, ClusteringTests.row(others, $0)) }.min() ?? 0).squareRoot()
    }
    let found = try SetDistance.meanNearest(of: rows, among: others, threads: 1)
    #expect(abs(found - expected / 130) < 1e-3)
    #expect(found == (try SetDistance.meanNearest(of: rows, among: others, threads: 3)))
  }

  @Test func `sets that cannot be compared are refused`() throws {
    #expect { try SetDistance.frechet(matrix([[1]]), matrix([[1], [2]])) } throws: {
      ($0 as? ClusteringError)?.code == .noRows
    }
    #expect { try SetDistance.meanNearest(of: matrix([[1]]), among: matrix([[1, 2]])) } throws: {
      ($0 as? ClusteringError)?.code == .shapeMismatch
    }
  }
}
