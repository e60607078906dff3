private import Clustering
private import Engine
private import Foundation
internal import Records

/// A map of a matrix of features: `map`.
package struct FeatureMap: Encodable, Sendable {
  package let rows: Int
  package let columns: Int
  /// Columns after principal components; those of the features where there are few.
  package let components: Int
  package let perplexity: Double
  package let iterations: Int
  /// Kullback-Leibler divergence of the map from the features.
  package let divergence: Double
  /// Of everything but reading and writing.
  package let seconds: Double

  /// Wider features are reduced to that many principal components first.
  static let mostColumns = 50

  /// - Parameters:
  ///   - file: float32 `[rows, columns]` in NumPy's format.
  ///   - output: where float32 `[rows, 2]` goes in the same format.
  package init(
    file: String, output: String, perplexity: Double, iterations: Int, theta: Double, seed: UInt64, threads: Int?
  ) throws {
    let (rows, columns, values) = try NumPyFile.read(URL(filePath: file))
    let start = ContinuousClock.now
    let target = URL(filePath: output)
    // Before the work, which can take minutes.
    try FileSystem.makeFolder(target.deletingLastPathComponent())
    let features = FeatureMatrix(keys: (0..<rows).map { "row \($0)" }, columns: columns, values: values)
    let reduced = try Self.reduced(features, threads: threads)
    let map = try NeighbourMap(
      reduced, options: .init(perplexity: perplexity, iterations: iterations, theta: theta, seed: seed),
      threads: threads)
    seconds = (ContinuousClock.now - start) / .seconds(1)
    (self.rows, self.columns, components, self.iterations) = (rows, columns, reduced.columns, iterations)
    (self.perplexity, divergence) = (map.perplexity, map.divergence)
    try FileSystem.write(NumPyFile.data(rows: rows, columns: 2, values: map.coordinates), to: target)
  }

  /// Features that are wide enough for a map to tell them apart, and no wider.
  static func reduced(_ features: FeatureMatrix, threads: Int? = nil) throws -> FeatureMatrix {
    guard features.columns > mostColumns, features.rows > 1 else { return features }
    return try PrincipalComponents.fit(features, components: mostColumns, threads: threads)
      .transform(features, threads: threads)
  }
}
