package import Records

/// A threshold, given or found on validation data.
package enum ThresholdRule: Hashable, Sendable {
  case fixed(Double)
  /// Where balanced accuracy, or F1, is greatest.
  case balancedAccuracy, f1
  /// The least threshold at which at most this share of reals is called fake.
  case falsePositiveRate(Double)

  /// A number of 0 ... 1, `balanced-accuracy`, `f1`, or `fpr=` and a share; `nil` for other texts.
  package init?(_ text: String) {
    switch text {
    case "balanced-accuracy": self = .balancedAccuracy
    case "f1": self = .f1
    default:
      let isRate = text.hasPrefix("fpr=")
      guard let number = Double(isRate ? text.dropFirst(4) : text[...]), (0...1).contains(number) else { return nil }
      self = isRate ? .falsePositiveRate(number) : .fixed(number)
    }
  }

  /// Whether it looks at labels.
  package var isChosen: Bool { if case .fixed = self { false } else { true } }

  /// The threshold, half-way between the two scores that it lies between; `nil` where a class is missing.
  package func threshold(scores: [Double], labels: [Label]) throws(EvaluationError) -> Double? {
    if case .fixed(let threshold) = self { return threshold }
    guard let ranking = try RankOrder(scores: scores, labels: labels).ranking() else { return nil }
    /// Whole numbers and one division, so that equal values are equal.
    func value(_ count: Ranking.Count) -> Double {
      switch self {
      case .fixed: 0
      case .balancedAccuracy:
        Double((ranking.reals - count.reals) * ranking.fakes + count.fakes * ranking.reals)
      case .f1: Double(count.fakes) / Double(count.fakes + count.reals + ranking.fakes)
      case .falsePositiveRate(let rate):
        Double(count.reals) / Double(ranking.reals) <= rate ? Double(count.fakes) : -1
      }
    }
    // Of equal ones the highest threshold. No threshold from 0 up has a score of 0 above it.
    var best = 0
    for (place, count) in ranking.counts.enumerated() where count.threshold != 0 {
      if value(count) > value(ranking.counts[best]) { best = place }
    }
    let above = ranking.counts[best].threshold ?? 1
    let below = best + 1 < ranking.counts.count ? ranking.counts[best + 1].threshold ?? 0 : 0
    return ranking.counts[best].threshold == nil ? max(above, below) : (above + below) / 2
  }
}
