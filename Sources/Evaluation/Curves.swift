internal import Records

/// Curves for whoever plots them; of the mean score, where there are several seeds.
package struct Curves: Codable, Hashable, Sendable {
  /// Points of a curve at most; of more, every n-th is kept, and both ends.
  package static let mostPoints = 2000

  /// From (0, 0) to (1, 1); empty where a class is missing.
  package var roc: [ROCPoint]
  package var precisionRecall: [PrecisionPoint]
  /// Empty where scores are no probabilities.
  package var calibration: [ProbabilityMetrics.CalibrationBin]

  package init(_ items: [Judgement]) throws(EvaluationError) {
    let scores = items.map { VideoAggregation.mean.score($0.scores) }
    let labels = items.map(\.label)
    roc = Self.thinned(try RankMetrics.rocCurve(scores: scores, labels: labels) ?? [])
    precisionRecall = Self.thinned(try RankMetrics.precisionRecallCurve(scores: scores, labels: labels) ?? [])
    let areProbabilities = scores.allSatisfy { (0...1).contains($0) }
    calibration =
      areProbabilities ? try ProbabilityMetrics.calibrationCurve(probabilities: scores, labels: labels) : []
  }

  static func thinned<Point>(_ points: [Point]) -> [Point] {
    guard points.count > mostPoints else { return points }
    return (0..<mostPoints).map { points[$0 * (points.count - 1) / (mostPoints - 1)] }
  }
}
