private import Foundation

/// Where a value lies with 95 % confidence, by the draws of a bootstrap over groups.
package struct ConfidenceInterval: Codable, Hashable, Sendable {
  package var low: Double
  package var high: Double

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
  package init?(_ draws: [Double], groups: Int, readings: Int = 1) {
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
}
