internal import Records

/// What detectors are measured by.
package enum Metric: String, Codable, CodingKeyRepresentable, CaseIterable, Hashable, Sendable {
  case areaUnderCurve = "auc"
  case averagePrecision
  case equalErrorRate
  case truePositiveRate = "truePositiveRateAtFalsePositiveRate0.001"
  case accuracy
  case balancedAccuracy
  case f1
  case logLoss
  case calibrationError

  /// Reals that ``truePositiveRate`` allows to be called fake, as a share.
  package static let falsePositiveRate = 1e-3

  /// A heading for tables.
  package var title: String {
    switch self {
    case .areaUnderCurve: "AUC"
    case .averagePrecision: "AP"
    case .equalErrorRate: "EER"
    case .truePositiveRate: "TPR@FPR .001"
    case .accuracy: "accuracy"
    case .balancedAccuracy: "balanced"
    case .f1: "F1"
    case .logLoss: "log loss"
    case .calibrationError: "ECE"
    }
  }

  /// Whether less is better.
  package var isError: Bool { [.equalErrorRate, .logLoss, .calibrationError].contains(self) }

  fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// The metrics of one detector on one set of items; none where a metric is undefined.
package struct MetricValues: Hashable, Sendable {
  private var values = [Double?](repeating: nil, count: Metric.allCases.count)

  init() {}

  package subscript(metric: Metric) -> Double? {
    get { values[metric.place] }
    set { values[metric.place] = newValue }
  }

  /// In the order of ``Metric/allCases``.
  var all: [Double?] { values }

  /// The mean of each metric; none where one of `all` has none.
  static func mean(_ all: [MetricValues]) -> MetricValues {
    guard all.count != 1 else { return all[0] }
    var mean = MetricValues()
    for place in mean.values.indices {
      let present = all.compactMap { $0.values[place] }
      if !present.isEmpty, present.count == all.count {
        mean.values[place] = present.reduce(0, +) / Double(present.count)
      }
    }
    return mean
  }
}

/// Scores and labels, ready to be measured again and again with other weights.
struct MeasuredItems: Sendable {
  private let order: RankOrder
  /// `nil` where a score is no probability: then only measures of order are taken.
  private let probabilities: ProbabilityItems?

  init(scores: [Double], labels: [Label], threshold: Double) throws(EvaluationError) {
    order = try RankOrder(scores: scores, labels: labels)
    let areProbabilities = scores.allSatisfy { (0...1).contains($0) }
    probabilities = areProbabilities ? try ProbabilityItems(scores, labels, threshold: threshold) : nil
  }

  /// The area alone.
  func areaUnderCurve(weights: [Int32]? = nil) -> Double? { order.ranking(weights: weights)?.areaUnderCurve }

  /// Every metric, each item counting as often as `weights` says, once without.
  func values(weights: [Int32]? = nil) -> MetricValues {
    var values = MetricValues()
    if let ranking = order.ranking(weights: weights) {
      values[.areaUnderCurve] = ranking.areaUnderCurve
      values[.averagePrecision] = ranking.averagePrecision
      values[.equalErrorRate] = ranking.equalErrorRate
      values[.truePositiveRate] = ranking.truePositiveRate(atFalsePositiveRate: Metric.falsePositiveRate)
    }
    if let tally = probabilities?.tally(weights: weights) {
      values[.accuracy] = tally.accuracy
      values[.balancedAccuracy] = tally.balancedAccuracy
      values[.f1] = tally.f1
      values[.logLoss] = tally.logLoss
      values[.calibrationError] = tally.calibrationError
    }
    return values
  }
}
