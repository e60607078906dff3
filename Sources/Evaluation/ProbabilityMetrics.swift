private import Foundation
package import Records

/// Measures of probabilities of being fake, from 0 to 1.
///
/// They throw for a value outside that range, for NaN, and for
/// unequal counts, and are `nil` where there is nothing to measure.
package enum ProbabilityMetrics {
  /// Probabilities are kept this far from 0 and 1 before their logarithm is taken.
  package static let logLossClip = 1e-15

  /// Share of right decisions, a sample being called fake when its probability is above `threshold`.
  package static func accuracy(
    probabilities: [Double], labels: [Label], threshold: Double = 0.5
  ) throws(EvaluationError) -> Double? {
    let right = try rightDecisions(probabilities, labels, threshold)
    let total = right.reals.total + right.fakes.total
    return total == 0 ? nil : Double(right.reals.right + right.fakes.right) / Double(total)
  }

  /// Mean of the accuracies on reals and on fakes; `nil` where a class is missing.
  package static func balancedAccuracy(
    probabilities: [Double], labels: [Label], threshold: Double = 0.5
  ) throws(EvaluationError) -> Double? {
    let right = try rightDecisions(probabilities, labels, threshold)
    guard let reals = right.reals.share, let fakes = right.fakes.share else { return nil }
    return (reals + fakes) / 2
  }

  /// Mean negative log likelihood, nats.
  package static func logLoss(probabilities: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    try check(probabilities, labels)
    return mean(zip(probabilities, labels).map(loss))
  }

  /// Mean of the log losses of the reals and of the fakes, nats; `nil` where a class is missing.
  package static func balancedLogLoss(probabilities: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    try check(probabilities, labels)
    func mean(of label: Label) -> Double? { Self.mean(zip(probabilities, labels).filter { $1 == label }.map(loss)) }
    guard let reals = mean(of: .real), let fakes = mean(of: .fake) else { return nil }
    return (reals + fakes) / 2
  }

  private struct Decisions {
    var right = 0
    var total = 0
    var share: Double? { total == 0 ? nil : Double(right) / Double(total) }

    mutating func add(_ isRight: Bool) {
      right += isRight ? 1 : 0
      total += 1
    }
  }

  private static func rightDecisions(
    _ probabilities: [Double], _ labels: [Label], _ threshold: Double
  ) throws(EvaluationError) -> (reals: Decisions, fakes: Decisions) {
    try check(probabilities, labels)
    var (reals, fakes) = (Decisions(), Decisions())
    for (probability, label) in zip(probabilities, labels) {
      switch label {
      case .real: reals.add(probability <= threshold)
      case .fake: fakes.add(probability > threshold)
      }
    }
    return (reals, fakes)
  }

  private static func loss(probability: Double, label: Label) -> Double {
    -log(min(1, max(logLossClip, label == .fake ? probability : 1 - probability)))
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  private static func check(_ probabilities: [Double], _ labels: [Label]) throws(EvaluationError) {
    try EvaluationError.requireEqualCounts(probabilities.count, labels.count)
    guard let index = probabilities.firstIndex(where: { !(0...1).contains($0) }) else { return }
    throw EvaluationError(
      code: probabilities[index].isNaN ? .notANumber : .notAProbability,
      message: "probability \(index) of \(probabilities.count) is \(probabilities[index]); it must be within 0 ... 1")
  }
}
