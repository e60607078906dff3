private import Foundation
internal import Records

/// What each probability contributes to the measures of ``ProbabilityMetrics``, ready to be added up again and again with
/// other weights.
struct ProbabilityItems: Sendable {
  private let probabilities: [Double]
  private let labels: [Label]
  private let losses: [Double]
  private let bins: [Int]
  let threshold: Double

  /// - Throws: for a value outside 0 ... 1, NaN, and unequal counts.
  init(_ probabilities: [Double], _ labels: [Label], threshold: Double = 0.5) throws(EvaluationError) {
    try EvaluationError.requireEqualCounts(probabilities.count, labels.count)
    if let index = probabilities.firstIndex(where: { !(0...1).contains($0) }) {
      throw EvaluationError(
        code: probabilities[index].isNaN ? .notANumber : .notAProbability,
        message: "probability \(index) of \(probabilities.count) is \(probabilities[index]); it must be within 0 ... 1")
    }
    self.probabilities = probabilities
    self.labels = labels
    self.threshold = threshold
    losses = zip(probabilities, labels).map { probability, label in
      -log(min(1, max(ProbabilityMetrics.logLossClip, label == .fake ? probability : 1 - probability)))
    }
    let edges = (1..<ProbabilityMetrics.calibrationBins).map { ProbabilityMetrics.edge($0) }
    bins = probabilities.map { probability in edges.count { $0 < probability } }
  }

  /// The sums, each item as often as `weights` says, once without.
  func tally(weights: [Int32]? = nil) -> ProbabilityTally {
    var tally = ProbabilityTally()
    for index in probabilities.indices {
      let weight = weights.map { Int($0[index]) } ?? 1
      guard weight > 0 else { continue }
      let isCalledFake = probabilities[index] > threshold
      switch labels[index] {
      case .real: tally.reals.add(weight, isRight: !isCalledFake, loss: losses[index])
      case .fake: tally.fakes.add(weight, isRight: isCalledFake, loss: losses[index])
      }
      tally.bins[bins[index]].count += weight
      tally.bins[bins[index]].fakes += labels[index] == .fake ? weight : 0
      tally.bins[bins[index]].sum += Double(weight) * probabilities[index]
    }
    return tally
  }
}

/// Decisions, losses and bins, added up.
struct ProbabilityTally {
  struct Side {
    var total = 0
    var right = 0
    var loss = 0.0

    mutating func add(_ weight: Int, isRight: Bool, loss: Double) {
      total += weight
      right += isRight ? weight : 0
      self.loss += Double(weight) * loss
    }
  }

  struct Bin {
    var count = 0
    var fakes = 0
    var sum = 0.0
  }

  var reals = Side()
  var fakes = Side()
  var bins = [Bin](repeating: Bin(), count: ProbabilityMetrics.calibrationBins)

  private var total: Int { reals.total + fakes.total }
  private var hasBoth: Bool { reals.total > 0 && fakes.total > 0 }

  var accuracy: Double? { total == 0 ? nil : Double(reals.right + fakes.right) / Double(total) }

  var balancedAccuracy: Double? {
    guard hasBoth else { return nil }
    return (Double(reals.right) / Double(reals.total) + Double(fakes.right) / Double(fakes.total)) / 2
  }

  var f1: Double? {
    guard hasBoth else { return nil }
    let wrong = reals.total - reals.right + fakes.total - fakes.right
    return 2 * Double(fakes.right) / Double(2 * fakes.right + wrong)
  }

  var logLoss: Double? { total == 0 ? nil : (reals.loss + fakes.loss) / Double(total) }

  var balancedLogLoss: Double? {
    hasBoth ? (reals.loss / Double(reals.total) + fakes.loss / Double(fakes.total)) / 2 : nil
  }

  var calibrationError: Double? {
    total == 0 ? nil : bins.reduce(0) { $0 + abs($1.sum - Double($1.fakes)) } / Double(total)
  }
}
