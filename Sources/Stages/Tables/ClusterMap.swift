private import Clustering
private import Foundation
internal import Records

/// `map.json`: samples on planes, in key order.
struct ClusterMap: Codable {
  /// How the t-SNE map came about.
  struct Facts: Codable {
    /// Training samples on the map.
    var points: Int
    /// Training samples beyond the limit, which the map leaves out; those of the least key hashes are on it.
    var leftOut: Int
    var perplexity: Double
    var iterations: Int
    /// Kullback-Leibler divergence of the map from the features.
    var divergence: Double
  }

  /// First and second principal component of the training samples, of every sample.
  var x: [Double]
  var y: [Double]
  /// Share of the variance along x and y.
  var explained: [Double]
  /// `[x, y]` by t-SNE; `nil` for samples that are not training samples, and for those beyond the limit.
  var tsne: [[Double]?]
  var tsneFacts: Facts

  /// Most samples on the t-SNE map.
  static let mostPoints = 100_000

  init(_ features: ClusterFeatures, seed: UInt64) throws {
    let components = try PrincipalComponents.fit(features.training, components: 2)
    func plane(_ matrix: FeatureMatrix) throws -> [(x: Double, y: Double)] {
      let plane = try components.transform(matrix)
      return (0..<plane.rows).map { row in
        (
          Double(plane.values[row * plane.columns]),
          plane.columns > 1 ? Double(plane.values[row * plane.columns + 1]) : 0
        )
      }
    }
    let places = features.inOrder(try plane(features.training), try plane(features.heldOut))
    x = places.map(\.x)
    y = places.map(\.y)
    explained = components.variances.map { components.totalVariance > 0 ? $0 / components.totalVariance : 0 }

    let rows = KeySample.places(features.training.keys, count: Self.mostPoints, seed: seed, stage: "map-sample")
    let options = NeighbourMap.Options(seed: seed)
    let map = try NeighbourMap(FeatureMap.reduced(features.training.selecting(rows)), options: options)
    var points = [[Double]?](repeating: nil, count: features.training.rows)
    // Four decimals are finer than any screen.
    func coordinate(_ index: Int) -> Double { (Double(map.coordinates[index]) * 10_000).rounded() / 10_000 }
    for (place, row) in rows.enumerated() { points[row] = [coordinate(2 * place), coordinate(2 * place + 1)] }
    tsne = features.inOrder(points, features.heldOut.keys.map { _ in nil })
    tsneFacts = Facts(
      points: rows.count, leftOut: features.training.rows - rows.count, perplexity: map.perplexity,
      iterations: options.iterations, divergence: map.divergence)
  }
}
