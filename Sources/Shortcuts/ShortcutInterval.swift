private import Evaluation

/// Where a value lies with 95 % confidence.
package struct ShortcutInterval: Codable, Hashable, Sendable {
  package var low: Double
  package var high: Double

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// What ``Evaluation/ConfidenceInterval`` makes of bootstrap draws; `nil` for too few.
  ///
  /// - Parameters:
  ///   - groups: of the class that has fewer.
  ///   - readings: in how many ways the value was taken, the highest of which is told (Bonferroni).
  init?(_ draws: [Double], groups: Int, readings: Int = 1) {
    guard let interval = ConfidenceInterval(draws, groups: groups, readings: readings) else { return nil }
    (low, high) = (interval.low, interval.high)
  }

  /// As wide again as folds that share most of their training data make an area: the draws know of the items that were
  /// judged, not of those that were learnt from.
  ///
  /// Source: Nadeau and Bengio 2003, Inference for the generalization error, corrected resampled variance.
  func widened(around area: Double, folds: Int) -> ShortcutInterval {
    let factor = (1 + Double(folds) / Double(folds - 1)).squareRoot()
    return ShortcutInterval(low: max(0, area - factor * (area - low)), high: min(1, area + factor * (high - area)))
  }

  /// The same of a score that is turned over.
  var mirrored: ShortcutInterval { ShortcutInterval(low: 1 - high, high: 1 - low) }
}
