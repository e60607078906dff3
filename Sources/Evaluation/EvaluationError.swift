/// Why a measure could not be taken or a table of predictions not be read.
package struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, in a form that never changes.
  package enum Code: String, Sendable {
    case countMismatch = "count-mismatch"
    case notANumber = "not-a-number"
    case notAProbability = "not-a-probability"
    case mixedScores = "mixed-scores"
    case malformedTable = "malformed-table"
    case differentSamples = "different-samples"
  }

  package let code: Code
  package let message: String
  package var description: String { "\(code.rawValue): \(message)" }

  static func requireEqualCounts(_ scores: Int, _ labels: Int) throws(EvaluationError) {
    guard scores == labels else {
      throw EvaluationError(
        code: .countMismatch, message: "\(scores) scores for \(labels) labels; give one score per label")
    }
  }
}
