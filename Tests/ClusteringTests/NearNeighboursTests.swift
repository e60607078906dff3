import Clustering
import Records
import Testing

@Suite struct NearNeighboursTests {
  private func matrix(rows: Int, columns: Int) -> FeatureMatrix {
    var random = KeyedRandom(seed: 5, key: "rows", stage: "test")
    let centres = (0..<12).map { _ in (0..<columns).map { _ in random.normal() } }
    let values = (0..<rows).flatMap { row in centres[row % 12].map { Float($0 + 0.8 * random.normal()) } }
    return FeatureMatrix(keys: (0..<rows).map { "k\($0)" }, columns: columns, values: values)
  }

  /// Products of every two rows, one after the other.
  @Test(arguments: [1, 40, 700], [0.2, 0.6, 0.95]) func `pairs are those of brute force, whatever the threads`(
    rows: Int, threshold: Double
  ) throws {
    let features = matrix(rows: rows, columns: 16)
    let groups = (0..<rows).map { $0 / 3 }
    let near = try NearNeighbours(features, minimumCosine: Float(threshold), groups: groups, threads: 1)
    #expect(near == (try NearNeighbours(features, minimumCosine: Float(threshold), groups: groups, threads: 3)))
    func cosine(_ first: Int, _ second: Int) -> Double {
      let (one, other) = (
        features.values[first * 16..<first * 16 + 16], features.values[second * 16..<second * 16 + 16]
      )
      func product(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
        zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      return product(one, other) / (product(one, one) * product(other, other)).squareRoot()
    }
    var nearest = [Double](repeating: -1, count: rows)
    var expected: Set<[Int]> = []
    for first in 0..<rows {
      for second in 0..<rows where groups[first] != groups[second] {
        let value = cosine(first, second)
        nearest[first] = max(nearest[first], value)
        if first < second, value >= threshold { expected.insert([first, second]) }
        #expect(abs(value - threshold) > 1e-7, "a value on the threshold proves nothing")
      }
    }
    #expect(Set(near.pairs.map { [$0.first, $0.second] }) == expected && near.pairs.count == expected.count)
    #expect(zip(near.nearestCosines, nearest).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  @Test func `a row of zeros is near to nothing, and groups are checked`() throws {
    let features = FeatureMatrix(keys: ["a", "b"], columns: 2, values: [0, 0, 1, 1])
    #expect(try NearNeighbours(features, minimumCosine: 0.1, groups: [0, 1]).pairs.isEmpty)
    #expect { try NearNeighbours(features, minimumCosine: 0, groups: [0]) } throws: {
      ($0 as? ClusteringError)?.code == .shapeMismatch
    }
  }
}
