private import Foundation

/// Where a value lies with 95 % confidence.
package struct ShortcutInterval: Codable, Hashable, Sendable {
  package var low: Double
  package var high: Double

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// Fewest draws that have tails.
  private static let fewestDraws = 40

  /// Percentiles of bootstrap draws, each between its two neighbours; `nil` for too few draws.
  ///
  /// With few groups the percentiles lie further out, as Student's quantiles do and by the bias of the variance.
  ///
  /// Source: Hesterberg 2015, What teachers should know about the bootstrap, expanded percentile interval; Student's
  /// quantile by the first term of Cornish and Fisher's expansion.
  ///
  /// - Parameters:
  ///   - groups: of the class that has fewer.
  ///   - readings: in how many ways the value was taken, the highest of which is told (Bonferroni).
  init?(_ draws: [Double], groups: Int, readings: Int = 1) {
    guard draws.count >= Self.fewestDraws, groups > 1 else { return nil }
    let sorted = draws.sorted()
    let normal = readings == 1 ? 1.959964 : 2.241403
    let freedom = Double(groups - 1)
    let student = normal * (1 + (normal * normal + 1) / (4 * freedom))
    let tail = erfc(student * (Double(groups) / freedom).squareRoot() / 2.0.squareRoot()) / 2
    func percentile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = min(Int(place), sorted.count - 2)
      return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
    }
    (low, high) = (percentile(tail), percentile(1 - tail))
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
