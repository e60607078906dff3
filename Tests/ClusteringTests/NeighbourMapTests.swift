import Foundation
import Records
import Testing

@testable import Clustering

@Suite struct NeighbourMapTests {
  /// All other rows by double arithmetic, one after the other.
  @Test(arguments: [(7, 3), (300, 12), (1100, 90)]) func `nearest rows are those of brute force`(
    rows: Int, count: Int
  ) {
    let features = blobs(rows: rows, columns: 9, centres: 3, apart: 4, offset: 50)
    let nearest = NearestRows(features, count: count, threads: 2)
    for row in stride(from: 0, to: rows, by: 7) {
      let own = ClusteringTests.row(features, row)
      let expected = (0..<rows).filter { $0 != row }
        .map { squaredDistance(own, ClusteringTests.row(features, $0)) }.sorted().prefix(count)
      let found = nearest.indices[row * count..<(row + 1) * count].map(Int.init)
      let distances = nearest.squaredDistances[row * count..<(row + 1) * count].map(Double.init)
      #expect(!found.contains(row) && Set(found).count == count)
      #expect(zip(distances, expected).allSatisfy { abs($0 - $1) < 1e-3 * max(1, $1) })
      #expect(
        zip(found, distances).allSatisfy {
          abs(squaredDistance(own, ClusteringTests.row(features, $0)) - $1) < 1e-3 * max(1, $1)
        })
    }
  }

  @Test func `weights have the perplexity, affinities are symmetric and sum to one`() {
    let features = blobs(rows: 500, columns: 6, centres: 4, apart: 5)
    let nearest = NearestRows(features, count: 30, threads: 1)
    for row in 0..<500 {
      let weights = NeighbourAffinities.weights(nearest.squaredDistances[row * 30..<(row + 1) * 30], perplexity: 10)
      let entropy = weights.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
      #expect(abs(entropy - log(10)) < 1e-4)
    }
    let affinities = NeighbourAffinities(nearest, perplexity: 10, threads: 1)
    let dense = dense(affinities)
    #expect(abs(dense.joined().reduce(0, +) - 1) < 1e-5)
    for row in 0..<500 {
      for column in 0..<row { #expect(dense[row][column] == dense[column][row]) }
      #expect(dense[row][row] == 0)
    }
  }

  /// The gradient of van der Maaten and Hinton 2008 over all pairs, in double arithmetic.
  @Test(arguments: [1.0, 12.0]) func `the gradient is the exact one, nearly for theta above 0`(exaggeration: Double) {
    let features = blobs(rows: 400, columns: 6, centres: 4, apart: 5)
    let affinities = NeighbourAffinities(
      NearestRows(features, count: 45, threads: 1), perplexity: 15, threads: 1)
    var random = KeyedRandom(seed: 3, key: "places", stage: "test")
    // Places as in the midst of a descent: some tight heaps, far apart, and two points in one place.
    var places = (0..<400).map { index in
      SIMD2(Float(Double(index % 4) * 9 + random.normal() * 2), Float(Double(index % 3) * 7 + random.normal()))
    }
    places[17] = places[16]
    let exact = gradient(dense(affinities), places, exaggeration: exaggeration)
    for (theta, tolerance) in [(0.0, 1e-5), (0.4, 0.02)] {
      var descent = MapDescent(places: places, affinities: affinities, theta: theta, threads: 1)
      let found = descent.gradient(exaggeration: Float(exaggeration))
      let error = zip(found, exact).reduce(0.0) { sum, pair in
        let (dx, dy) = (Double(pair.0.x) - pair.1.x, Double(pair.0.y) - pair.1.y)
        return sum + dx * dx + dy * dy
      }
      let length = exact.reduce(0.0) { $0 + $1.x * $1.x + $1.y * $1.y }
      #expect((error / length).squareRoot() < tolerance, "theta \(theta)")
      #expect(abs(descent.divergence() - divergence(dense(affinities), places)) < (theta == 0 ? 1e-4 : 1e-2))
    }
  }

  @Test func `divergence falls and blobs part`() throws {
    let features = blobs(rows: 400, columns: 10, centres: 5, apart: 12)
    let divergences = try [0, 280, 400].map {
      try NeighbourMap(features, options: .init(iterations: $0)).divergence
    }
    #expect(divergences[0] > divergences[1] + 0.5 && divergences[1] > divergences[2])
    let map = try NeighbourMap(features, options: .init(iterations: 400))
    // Every row's nearest neighbour on the map is of its own blob.
    let plane = FeatureMatrix(keys: features.keys, columns: 2, values: map.coordinates)
    let nearest = NearestRows(plane, count: 1, threads: 1)
    #expect((0..<400).allSatisfy { Int(nearest.indices[$0]) % 5 == $0 % 5 })
    #expect(abs(map.coordinates.reduce(0, +)) < 0.5)
  }

  @Test func `one and two threads give the same bits, another seed others`() throws {
    let features = blobs(rows: 1300, columns: 12, centres: 3, apart: 3)
    let map = try NeighbourMap(features, options: .init(iterations: 60), threads: 1)
    #expect(map == (try NeighbourMap(features, options: .init(iterations: 60), threads: 2)))
    #expect(map != (try NeighbourMap(features, options: .init(iterations: 60, seed: 9), threads: 2)))
  }

  @Test func `few, equal and constant rows have a place, and perplexity is what they allow`() throws {
    #expect(try NeighbourMap(matrix([[3, 4]])).coordinates == [0, 0])
    for rows in [2, 3, 5, 30] {
      let map = try NeighbourMap(matrix([[Float]](repeating: [1, 2], count: rows)), options: .init(iterations: 300))
      #expect(map.coordinates.count == rows * 2 && map.coordinates.allSatisfy(\.isFinite))
      #expect(map.perplexity == max(1, min(30, Double(rows - 1) / 3)))
    }
    #expect { try NeighbourMap(matrix([[1, .nan]])) } throws: { ($0 as? ClusteringError)?.code == .notFinite }
    #expect { try NeighbourMap(matrix([[1]]), options: .init(perplexity: 0)) } throws: {
      ($0 as? ClusteringError)?.code == .badOption
    }
  }

  private func dense(_ affinities: NeighbourAffinities) -> [[Double]] {
    var result = [[Double]](repeating: [Double](repeating: 0, count: affinities.rows), count: affinities.rows)
    for row in 0..<affinities.rows {
      for entry in affinities.starts[row]..<affinities.starts[row + 1] {
        result[row][Int(affinities.columns[entry])] += Double(affinities.values[entry])
      }
    }
    return result
  }

  /// 1 / (1 + distance^2) of every two points, 0 of a point with itself.
  private func nearness(_ places: [SIMD2<Float>]) -> [[Double]] {
    places.indices.map { row in
      places.indices.map { other in
        let difference = SIMD2<Double>(places[row]) - SIMD2<Double>(places[other])
        return row == other ? 0 : 1 / (1 + (difference * difference).sum())
      }
    }
  }

  private func gradient(_ joint: [[Double]], _ places: [SIMD2<Float>], exaggeration: Double) -> [SIMD2<Double>] {
    let nearness = nearness(places)
    let total = nearness.joined().reduce(0, +)
    return places.indices.map { row in
      places.indices.reduce(SIMD2<Double>()) { sum, other in
        let difference = SIMD2<Double>(places[row]) - SIMD2<Double>(places[other])
        let pull = exaggeration * joint[row][other] - nearness[row][other] / total
        return sum + difference * (pull * nearness[row][other])
      }
    }
  }

  private func divergence(_ joint: [[Double]], _ places: [SIMD2<Float>]) -> Double {
    let nearness = nearness(places)
    let total = nearness.joined().reduce(0, +)
    return zip(joint.joined(), nearness.joined()).reduce(0) { sum, pair in
      pair.0 > 0 ? sum + pair.0 * log(pair.0 * total / pair.1) : sum
    }
  }
}
