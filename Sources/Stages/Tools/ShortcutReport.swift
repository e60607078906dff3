private import Engine
private import Foundation
internal import Reporting
internal import Shortcuts

/// A survey as the report shows it.
extension ShortcutSurvey {
  var reportTables: [ReportModel.ShortcutTable] {
    [Self.table("files", sources, ShortcutMeasure.sources)]
      + (crops.map { [Self.table("crops", $0, ShortcutMeasure.crops)] } ?? [])
  }

  /// What stands in red at the head of the report: one line for each part that has a shortcut.
  var warningLines: [String] {
    let audits = [("files", sources)] + (crops.map { [("crops", $0)] } ?? [])
    return audits.compactMap { name, audit in
      let warnings = audit.warnings()
      guard let first = warnings.first else { return nil }
      let more = warnings.count > 1 ? ", and \(warnings.count - 1) more" : ""
      return
        "Shortcut in \(name): \(first.name) alone tells fakes from reals with an AUC of \(Self.areaText(first))\(more)."
    }
  }

  /// Writes a page of its own, for data that no run has a report about.
  package func writePage(to file: String, title: String) throws {
    var model = ReportModel(title: title, pipeline: "", generatedBy: "dfprep")
    (model.warnings, model.shortcuts) = (warningLines, reportTables)
    try FileSystem.write(Data(Report.html(shortcutsOf: model).utf8), to: URL(filePath: file))
  }

  private static func table(
    _ name: String, _ audit: ShortcutAudit, _ measures: [ShortcutMeasure]
  ) -> ReportModel.ShortcutTable {
    let advice = advice(audit, measures)
    func row(_ finding: ShortcutFinding) -> ReportModel.Shortcut {
      let isSingle = finding.kind != .together
      return ReportModel.Shortcut(
        name: finding.name, reading: finding.direction?.rawValue ?? finding.kind.rawValue,
        area: finding.areaUnderCurve.map { .init($0, low: finding.interval?.low, high: finding.interval?.high) },
        bits: isSingle ? finding.bits : nil, groups: "\(finding.realGroups)+\(finding.fakeGroups)",
        real: isSingle ? finding.reals.text : "", fake: isSingle ? finding.fakes.text : "",
        advice: advice[finding.name])
    }
    return ReportModel.ShortcutTable(
      name: name, items: audit.items, realGroups: audit.realGroups, fakeGroups: audit.fakeGroups,
      variables: audit.variables.map(row), together: [audit.together, audit.control].compactMap(\.self).map(row),
      constant: audit.constant, remarks: audit.remarks, limit: ShortcutAudit.warningLimit)
  }
}
