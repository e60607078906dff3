internal import Evaluation
private import Foundation

/// A ``Comparison`` in words and tables.
enum ComparisonText {
  private static let mostKeys = 5

  static func sections(_ comparison: Comparison, first: String, second: String) -> [TextSection] {
    var lines = ["first: \(first)", "second: \(second)", "\(comparison.pairs) samples in both"]
    for (keys, path) in [(comparison.onlyFirst, first), (comparison.onlySecond, second)] where !keys.isEmpty {
      let more = keys.count > mostKeys ? " and \(keys.count - mostKeys) more (--json lists all)" : ""
      lines.append(
        "left out, \(keys.count) that only \(path) has: \(keys.prefix(mostKeys).joined(separator: ", "))\(more)")
    }
    for level in [Level.videos, .images] {
      guard let headline = comparison.headlines[level] else { continue }
      lines.append("\(level.rawValue), mean AUC within domains: \(sentence(headline))")
    }
    lines += comparison.notes
    lines.append(
      "intervals: 95 %, \(comparison.draws) draws of groups, the same for both, seed \(comparison.seed); none where a class "
        + "has fewer than \(Estimates.fewestGroups) groups. Called fake above \(comparison.threshold); videos by the "
        + "\(comparison.aggregation.rawValue) of their frames.")
    let rows = comparison.parts.flatMap { part in
      Metric.allCases.compactMap { metric in
        part.metrics[metric].map { estimate in
          [
            "\(part.level.rawValue), \(part.domain ?? "pooled (secondary)")", "\(part.reals)", "\(part.fakes)",
            metric.title,
            AssessmentText.number(estimate.first), AssessmentText.number(estimate.second), difference(estimate),
          ]
        }
      }
    }
    return [
      TextSection(
        title: "second less first", lines: lines,
        header: ["items", "real", "fake", "metric", "first", "second", "difference"], rows: rows)
    ]
  }

  private static func sentence(_ estimate: PairedEstimate) -> String {
    let both = "\(AssessmentText.number(estimate.first)) and \(AssessmentText.number(estimate.second))"
    guard let low = estimate.low, let high = estimate.high else {
      return "\(both), difference \(difference(estimate)); too few groups to say whether that is chance"
    }
    let verdict =
      low > 0
      ? "the second is better" : high < 0 ? "the first is better" : "no difference that these samples could show"
    return "\(both), difference \(difference(estimate)): \(verdict)"
  }

  private static func difference(_ estimate: PairedEstimate) -> String {
    func signed(_ value: Double) -> String { String(format: "%+.3f", value) }
    guard let low = estimate.low, let high = estimate.high else { return signed(estimate.difference) }
    return "\(signed(estimate.difference)) [\(signed(low)), \(signed(high))]"
  }
}
