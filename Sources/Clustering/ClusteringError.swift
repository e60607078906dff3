internal import Records

/// Why features could not be clustered.
package struct ClusteringError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, in a form that never changes.
  package enum Code: String, Sendable {
    case notFinite = "not-finite"
    case noRows = "no-rows"
    case badOption = "bad-option"
    case shapeMismatch = "shape-mismatch"
    case noConvergence = "no-convergence"
    case libraryMissing = "library-missing"
  }

  package let code: Code
  package let message: String
  package var description: String { "\(code.rawValue): \(message)" }

  /// - Throws: naming the first row with a value that is NaN or infinite.
  static func requireFinite(_ features: FeatureMatrix) throws(ClusteringError) {
    guard let index = features.values.firstIndex(where: { !$0.isFinite }) else { return }
    let (row, column) = index.quotientAndRemainder(dividingBy: features.columns)
    throw ClusteringError(
      code: .notFinite,
      message:
        "feature \(column) of \(features.keys[row]) is \(features.values[index]); embed it again or drop the sample")
  }
}
