internal import Evaluation
private import Foundation

/// A heading, lines and a table, for a terminal or a page.
package struct TextSection: Sendable {
  package var title: String
  package var lines: [String]
  /// Empty where there is no table.
  package var header: [String] = []
  package var rows: [[String]] = []
}

/// An ``Assessment`` in words and tables.
enum AssessmentText {
  private static let metrics: [Metric] = [
    .areaUnderCurve, .averagePrecision, .equalErrorRate, .truePositiveRate, .accuracy, .balancedAccuracy, .f1,
    .logLoss, .calibrationError,
  ]

  /// One line: the headline, or why there is none.
  static func headline(_ assessment: Assessment) -> String {
    let found = [Level.videos, .images].compactMap { level in
      assessment.levels[level]?.headline.map { line(level, $0) }
    }
    return "\(assessment.name): \(found.isEmpty ? "no videos or images with scores" : found.joined(separator: "; "))"
  }

  private static func line(_ level: Level, _ headline: Headline) -> String {
    let inMean = headline.domains.filter { $0.areaUnderCurve != nil }
    let name = level == .videos ? "video" : "image"
    guard let estimate = headline.estimate else { return "\(name) AUC undefined, no domain has both classes" }
    let without = headline.withoutMissing.map { ", \(number($0)) without those that have no score" } ?? ""
    return
      "\(name) AUC \(text(estimate)), mean within \(inMean.count) \(inMean.count == 1 ? "domain" : "domains")\(without)"
  }

  static func sections(_ assessment: Assessment) -> [TextSection] {
    var lines = [headline(assessment)]
    for level in Level.allCases {
      guard let whole = assessment.levels[level] else { continue }
      for domain in whole.headline?.domains ?? [] {
        let area = domain.areaUnderCurve.map(number) ?? "undefined, one class"
        lines.append(
          "\(level.rawValue) of \(domain.name): AUC \(area) (\(domain.reals) real in \(domain.realGroups) groups, "
            + "\(domain.fakes) fake in \(domain.fakeGroups))")
      }
      if let without = whole.pooledWithoutMissing, let with = whole.pooled[.areaUnderCurve] {
        lines.append(
          "\(level.rawValue), pooled: AUC \(number(with.value)) with 0.5 for those without a score, \(number(without)) without them"
        )
      }
    }
    for (level, reasons) in assessment.missing.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let counts = reasons.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      lines.append("\(level.rawValue) without a score: \(counts.joined(separator: ", "))")
    }
    lines += assessment.notes
    lines.append(
      "intervals: 95 %, \(assessment.draws) draws of groups, seed \(assessment.seed); none where a class has fewer than "
        + "\(Estimates.fewestGroups) groups. Called fake above \(assessment.threshold); videos by the \(assessment.aggregation.rawValue) of their frames."
    )
    return [
      TextSection(
        title: assessment.name, lines: lines, header: ["items", "real", "fake", "missing"] + metrics.map(\.title),
        rows: rows(assessment)),
      TextSection(
        title: "\(assessment.name): videos by other ways of joining frames", lines: [],
        header: ["joined by"] + metrics.map(\.title),
        rows: VideoAggregation.allCases.compactMap { aggregation in
          assessment.aggregations[aggregation].map { [aggregation.rawValue] + cells($0) }
        }),
    ].filter { !$0.lines.isEmpty || !$0.rows.isEmpty }
  }

  private static func rows(_ assessment: Assessment) -> [[String]] {
    let pooled = Level.allCases.compactMap { level in
      assessment.levels[level].map { row("\(level.rawValue), pooled (secondary)", $0.pooled) }
    }
    let parts = assessment.breakdowns.filter { $0.level != .frames || $0.dimension == .domain }.map { part in
      row(
        "\(part.level.rawValue), \(part.dimension.rawValue) \(part.part)\(part.borrowsReals ? " against reals" : "")",
        part.estimates)
    }
    return pooled + parts
  }

  private static func row(_ name: String, _ estimates: Estimates) -> [String] {
    [name, "\(estimates.reals)", "\(estimates.fakes)", "\(estimates.missing)"] + cells(estimates.metrics)
  }

  private static func cells(_ estimates: [Metric: Estimate]) -> [String] {
    metrics.map { estimates[$0].map(text) ?? "-" }
  }

  static func text(_ estimate: Estimate) -> String {
    guard let low = estimate.low, let high = estimate.high else { return number(estimate.value) }
    return "\(number(estimate.value)) [\(number(low)), \(number(high))]"
  }

  static func number(_ value: Double) -> String { String(format: "%.3f", value) }

  static func markdown(_ sets: [Assessment], title: String) -> String {
    let sections = sets.flatMap(sections)
    let intro = ["# Evaluation of \(title)", "", "What each number means: docs/evaluation.md.", ""]
    return (intro + (sections.isEmpty ? ["No experts, so no scores.", ""] : sections.flatMap(markdown)))
      .joined(separator: "\n")
  }

  private static func markdown(_ section: TextSection) -> [String] {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let table =
      section.rows.isEmpty
      ? [] : [line(section.header), line(section.header.map { _ in "---" })] + section.rows.map(line) + [""]
    return ["## \(section.title)", ""] + section.lines.map { "- \($0)" } + (section.lines.isEmpty ? [] : [""]) + table
  }
}
