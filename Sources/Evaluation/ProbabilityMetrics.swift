package import Records

/// Measures of probabilities of being fake, from 0 to 1.
///
/// They throw for a value outside that range, for NaN, and for
/// unequal counts, and are `nil` where there is nothing to measure.
package enum ProbabilityMetrics {
  /// Probabilities are kept this far from 0 and 1 before their logarithm is taken.
  package static let logLossClip = 1e-15
  /// Bins of equal width that calibration is measured in. Bin i holds i / 15 < p <= (i + 1) / 15, the first also p = 0.
  ///
  /// Source: Guo et al. 2017, On calibration of modern neural networks, for their number.
  package static let calibrationBins = 15

  /// Share of right decisions, a sample being called fake when its probability is above `threshold`.
  package static func accuracy(
    probabilities: [Double], labels: [Label], threshold: Double = 0.5
  ) throws(EvaluationError) -> Double? {
    try ProbabilityItems(probabilities, labels, threshold: threshold).tally().accuracy
  }

  /// Mean of the accuracies on reals and on fakes; `nil` where a class is missing.
  package static func balancedAccuracy(
    probabilities: [Double], labels: [Label], threshold: Double = 0.5
  ) throws(EvaluationError) -> Double? {
    try ProbabilityItems(probabilities, labels, threshold: threshold).tally().balancedAccuracy
  }

  /// Harmonic mean of precision and recall of the class fake; `nil` where a class is missing.
  package static func f1(
    probabilities: [Double], labels: [Label], threshold: Double = 0.5
  ) throws(EvaluationError) -> Double? {
    try ProbabilityItems(probabilities, labels, threshold: threshold).tally().f1
  }

  /// Mean negative log likelihood, nats.
  package static func logLoss(probabilities: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    try ProbabilityItems(probabilities, labels).tally().logLoss
  }

  /// Mean of the log losses of the reals and of the fakes, nats; `nil` where a class is missing.
  package static func balancedLogLoss(probabilities: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    try ProbabilityItems(probabilities, labels).tally().balancedLogLoss
  }

  /// Expected calibration error: the mean, over samples, of how far the mean probability of a bin is from its share of
  /// fakes, 0 ... 1.
  ///
  /// Source: Naeini, Cooper and Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian binning.
  package static func calibrationError(probabilities: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    try ProbabilityItems(probabilities, labels).tally().calibrationError
  }

  /// One bin of a calibration curve.
  package struct CalibrationBin: Codable, Hashable, Sendable {
    /// Bounds of the bin, 0 ... 1.
    package var low: Double
    package var high: Double
    package var count: Int
    /// Mean probability in the bin, 0 ... 1.
    package var meanProbability: Double
    /// Share of fakes in the bin, 0 ... 1.
    package var fakeShare: Double
  }

  /// Lower bound of a calibration bin, upper bound of the one before.
  static func edge(_ bin: Int) -> Double { Double(bin) / Double(calibrationBins) }

  /// The bins that hold samples, lowest first.
  package static func calibrationCurve(
    probabilities: [Double], labels: [Label]
  ) throws(EvaluationError) -> [CalibrationBin] {
    let bins = try ProbabilityItems(probabilities, labels).tally().bins
    return bins.indices.filter { bins[$0].count > 0 }.map { index in
      CalibrationBin(
        low: edge(index), high: edge(index + 1), count: bins[index].count,
        meanProbability: bins[index].sum / Double(bins[index].count),
        fakeShare: Double(bins[index].fakes) / Double(bins[index].count))
    }
  }
}
