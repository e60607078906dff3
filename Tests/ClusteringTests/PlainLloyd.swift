import Clustering
import Records

/// Lloyd's rounds as they stand in a textbook: every distance, in float64; every mean anew.
struct PlainLloyd {
  private(set) var centroids: [[Float]]
  private(set) var assignment: [Int] = []

  private let rows: [[Float]]
  private let metric: FeatureMetric

  init(_ features: FeatureMatrix, from initial: [[Float]], metric: FeatureMetric, iterations: Int) {
    self.metric = metric
    rows = (0..<features.rows).map { index in
      let row = Array(features.values[index * features.columns..<(index + 1) * features.columns])
      return metric == .spherical ? Self.unit(row) : row
    }
    centroids = metric == .spherical ? initial.map(Self.unit) : initial
    assignment = rows.map(nearest)
    for _ in 0..<iterations {
      for cluster in centroids.indices {
        let members = rows.indices.filter { assignment[$0] == cluster }
        guard !members.isEmpty else { continue }
        let sums = (0..<features.columns).map { column in members.reduce(0.0) { $0 + Double(rows[$1][column]) } }
        let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard metric == .euclidean || length > 0 else { continue }
        centroids[cluster] = sums.map { Float($0 / (metric == .euclidean ? Double(members.count) : length)) }
      }
      assignment = rows.map(nearest)
    }
  }

  var inertia: Double { zip(rows, assignment).reduce(0) { $0 + distance($1.0, centroids[$1.1]) } }

  private func distance(_ left: [Float], _ right: [Float]) -> Double {
    var sum = 0.0
    for column in left.indices {
      let difference = Double(left[column]) - Double(right[column])
      sum += difference * difference
    }
    return sum
  }

  /// Of equally near ones that whose values come first.
  private func nearest(_ row: [Float]) -> Int {
    let distances = centroids.map { distance(row, $0) }
    let least = distances.min() ?? 0
    let near = centroids.indices.filter { distances[$0] == least }
    return near.min { centroids[$0].lexicographicallyPrecedes(centroids[$1]) } ?? 0
  }

  private static func unit(_ row: [Float]) -> [Float] {
    let length = row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    return row.map { $0 * (length > 0 ? Float(1 / length) : 0) }
  }
}
