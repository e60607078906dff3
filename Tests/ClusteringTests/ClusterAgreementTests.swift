import Clustering
import Records
import Testing

@Suite struct ClusterAgreementTests {
  @Test(arguments: 0..<30) func `Rand index by counting pairs`(seed: UInt64) throws {
    var random = KeyedRandom(seed: seed, key: "parts", stage: "test")
    let left = (0..<25).map { _ in random.integer(below: 4) }
    let right = left.map { random.chance(0.5) ? $0 : random.integer(below: 3) }
    var (both, leftOnly, rightOnly, total) = (0.0, 0.0, 0.0, 0.0)
    for first in 0..<25 {
      for second in 0..<first {
        total += 1
        leftOnly += left[first] == left[second] ? 1 : 0
        rightOnly += right[first] == right[second] ? 1 : 0
        both += left[first] == left[second] && right[first] == right[second] ? 1 : 0
      }
    }
    let expected = leftOnly * rightOnly / total
    let index = (both - expected) / ((leftOnly + rightOnly) / 2 - expected)
    #expect(abs(try ClusterAgreement.adjustedRandIndex(left, right) - index) < 1e-12)
  }

  @Test func `equal divisions agree whatever their names, unrelated ones do not`() throws {
    #expect(try ClusterAgreement.adjustedRandIndex([0, 0, 1, 1, 2], ["b", "b", "a", "a", "c"]) == 1)
    #expect(abs(try ClusterAgreement.normalizedMutualInformation([0, 0, 1, 1], ["b", "b", "a", "a"]) - 1) < 1e-12)
    #expect(abs(try ClusterAgreement.normalizedMutualInformation([0, 0, 1, 1], [0, 1, 0, 1])) < 1e-12)
    #expect(abs(try ClusterAgreement.adjustedRandIndex([0, 0, 1, 1], [0, 1, 0, 1]) + 0.5) < 1e-12)
    #expect(try ClusterAgreement.normalizedMutualInformation([0, 0], [1, 1]) == 1)
    #expect(try ClusterAgreement.adjustedRandIndex([0, 0], [1, 1]) == 1)
    #expect { try ClusterAgreement.adjustedRandIndex([0], [1, 1]) } throws: {
      ($0 as? ClusteringError)?.code == .shapeMismatch
    }
  }

  @Test func `a known value of mutual information`() throws {
    // scikit-learn's normalized_mutual_info_score([0,0,0,1,1,1], [0,0,1,1,2,2]).
    let value = try ClusterAgreement.normalizedMutualInformation([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2])
    #expect(abs(value - 0.5158037429793889) < 1e-12)
  }
}
