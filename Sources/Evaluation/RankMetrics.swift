package import Records

/// A point of the receiver operating characteristic: what is called fake from `threshold` upwards.
package struct ROCPoint: Codable, Hashable, Sendable {
  /// Least score called fake; `nil` at the curve's first point, where nothing is.
  package var threshold: Double?
  /// Share of reals called fake, from 0 to 1.
  package var falsePositiveRate: Double
  /// Share of fakes called fake, from 0 to 1.
  package var truePositiveRate: Double
}

/// A point of the precision-recall curve: what is called fake from `threshold` upwards.
package struct PrecisionPoint: Codable, Hashable, Sendable {
  package var threshold: Double
  /// Share of fakes called fake, from 0 to 1.
  package var recall: Double
  /// Share of what is called fake that is, from 0 to 1.
  package var precision: Double
}

/// Measures that depend only on the order of the scores; higher means more fake.
///
/// Equal scores are one step of the curve, so that no result depends on the order of the input.
///
/// All are `nil` where one of the classes is missing, and throw for a NaN score or unequal counts. Scores need not be
/// probabilities; hard decisions in place of scores give a valid number that is not the AUC of the detector.
package enum RankMetrics {
  /// Area under the ROC curve: the probability that a fake scores above a real, ties counting half.
  ///
  /// Exact: counted in integers, divided once.
  ///
  /// Source: Mann and Whitney 1947.
  package static func areaUnderCurve(scores: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    try RankOrder(scores: scores, labels: labels).ranking()?.areaUnderCurve
  }

  /// Average precision: the mean of the precision at each step, weighted by the recall gained; not interpolated.
  package static func averagePrecision(scores: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    try RankOrder(scores: scores, labels: labels).ranking()?.averagePrecision
  }

  /// Equal error rate: where the ROC curve, its points joined by straight lines, has as many false positives as false
  /// negatives (in shares).
  package static func equalErrorRate(scores: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    try RankOrder(scores: scores, labels: labels).ranking()?.equalErrorRate
  }

  /// The greatest true-positive rate that some threshold reaches while at most `rate` of the reals are called fake; not
  /// interpolated, so it is a rate that a deployed detector really has.
  package static func truePositiveRate(
    atFalsePositiveRate rate: Double, scores: [Double], labels: [Label]
  ) throws(EvaluationError) -> Double? {
    try RankOrder(scores: scores, labels: labels).ranking()?.truePositiveRate(atFalsePositiveRate: rate)
  }

  /// The ROC curve from (0, 0) to (1, 1), one point per distinct score, highest threshold first.
  package static func rocCurve(scores: [Double], labels: [Label]) throws(EvaluationError) -> [ROCPoint]? {
    let ranking = try RankOrder(scores: scores, labels: labels).ranking()
    return ranking.map { $0.counts.map($0.point) }
  }

  /// The precision-recall curve, one point per distinct score, highest threshold first.
  package static func precisionRecallCurve(
    scores: [Double], labels: [Label]
  ) throws(EvaluationError) -> [PrecisionPoint]? {
    guard let ranking = try RankOrder(scores: scores, labels: labels).ranking() else { return nil }
    return ranking.counts.compactMap { count in
      count.threshold.map {
        PrecisionPoint(
          threshold: $0, recall: Double(count.fakes) / Double(ranking.fakes),
          precision: Double(count.fakes) / Double(count.fakes + count.reals))
      }
    }
  }
}
