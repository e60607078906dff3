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
    guard let ranking = try Ranking(scores: scores, labels: labels) else { return nil }
    var doubledWins = 0
    for (before, here) in ranking.steps {
      let realsBelow = ranking.reals - here.reals
      doubledWins += (here.fakes - before.fakes) * (2 * realsBelow + here.reals - before.reals)
    }
    return Double(doubledWins) / (2 * Double(ranking.reals) * Double(ranking.fakes))
  }

  /// Average precision: the mean of the precision at each step, weighted by the recall gained; not interpolated.
  package static func averagePrecision(scores: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    guard let ranking = try Ranking(scores: scores, labels: labels) else { return nil }
    var sum = 0.0
    for (before, here) in ranking.steps {
      sum += Double(here.fakes - before.fakes) * Double(here.fakes) / Double(here.fakes + here.reals)
    }
    return sum / Double(ranking.fakes)
  }

  /// Equal error rate: where the ROC curve, its points joined by straight lines, has as many false positives as false
  /// negatives (in shares).
  package static func equalErrorRate(scores: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    guard let curve = try rocCurve(scores: scores, labels: labels) else { return nil }
    // FPR + TPR - 1 climbs from -1 to 1 along the curve; the rate is the FPR where it is 0.
    func excess(_ point: ROCPoint) -> Double { point.falsePositiveRate + point.truePositiveRate - 1 }
    for (before, here) in zip(curve, curve.dropFirst()) where excess(here) >= 0 {
      let share = -excess(before) / (excess(here) - excess(before))
      return before.falsePositiveRate + share * (here.falsePositiveRate - before.falsePositiveRate)
    }
    return nil
  }

  /// The greatest true-positive rate that some threshold reaches while at most `rate` of the reals are called fake; not
  /// interpolated, so it is a rate that a deployed detector really has.
  package static func truePositiveRate(
    atFalsePositiveRate rate: Double, scores: [Double], labels: [Label]
  ) throws(EvaluationError) -> Double? {
    try rocCurve(scores: scores, labels: labels)?.last { $0.falsePositiveRate <= rate }?.truePositiveRate
  }

  /// The ROC curve from (0, 0) to (1, 1), one point per distinct score, highest threshold first.
  package static func rocCurve(scores: [Double], labels: [Label]) throws(EvaluationError) -> [ROCPoint]? {
    guard let ranking = try Ranking(scores: scores, labels: labels) else { return nil }
    return ranking.counts.map { count in
      ROCPoint(
        threshold: count.threshold, falsePositiveRate: Double(count.reals) / Double(ranking.reals),
        truePositiveRate: Double(count.fakes) / Double(ranking.fakes))
    }
  }
}

/// How many of each class score at least each distinct score, highest first, after a start where none does.
private struct Ranking {
  struct Count {
    var threshold: Double?
    var reals: Int
    var fakes: Int
  }

  let counts: [Count]
  let reals: Int
  let fakes: Int
  /// Each count with the one before it.
  var steps: Zip2Sequence<[Count], ArraySlice<Count>> { zip(counts, counts.dropFirst()) }

  /// `nil` when a class is missing.
  init?(scores: [Double], labels: [Label]) throws(EvaluationError) {
    try EvaluationError.requireEqualCounts(scores.count, labels.count)
    if let index = scores.firstIndex(where: \.isNaN) {
      throw EvaluationError(
        code: .notANumber, message: "score \(index) of \(scores.count) is NaN; the model has diverged")
    }
    var counts = [Count(threshold: nil, reals: 0, fakes: 0)]
    var here = counts[0]
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    for (place, index) in order.enumerated() {
      switch labels[index] {
      case .real: here.reals += 1
      case .fake: here.fakes += 1
      }
      if place + 1 == order.count || scores[order[place + 1]] != scores[index] {
        here.threshold = scores[index]
        counts.append(here)
      }
    }
    guard here.reals > 0, here.fakes > 0 else { return nil }
    self.counts = counts
    reals = here.reals
    fakes = here.fakes
  }
}
