/// Sections on what a detector could learn instead of the forgery.
extension ReportBuilder {
  /// A page of nothing else.
  var shortcutPage: ReportPage {
    ReportPage(
      title: Format.printable(model.title), kind: "Audit for shortcuts", pipeline: nil, caveat: nil,
      generatedBy: "by \(Format.printable(model.generatedBy))", numerics: [],
      warnings: model.warnings.map(Format.printable),
      figures: model.shortcuts.map { ReportPage.KeyFigure(value: Format.count($0.items), name: $0.name) },
      sections: shortcuts, policy: PageScript.policy([]), scripts: [])
  }

  var shortcuts: [Section] {
    model.shortcuts.compactMap { table in
      let all = table.together + table.variables
      let hasAdvice = all.contains { $0.advice != nil }
      let rows = all.map { variable in
        [
          Cell.text(variable.name), .text(variable.reading), cell(variable.area, limit: table.limit),
          .number(Format.decimal(variable.bits, 2)), .number(variable.groups), .text(variable.real),
          .text(variable.fake),
        ] + (hasAdvice ? [.text((variable.advice ?? "").replacing("`", with: ""))] : [])
      }
      let intervals = all.compactMap { variable in
        variable.area.map { SVGPlot.Interval(variable.name, value: $0.value, low: $0.low, high: $0.high) }
      }
      let drawing = SVGPlot.intervals(
        intervals, axis: PlotAxis("AUC of the variable alone", range: 0...1), chance: 0.5, limit: table.limit,
        width: 720, summary: "Areas under the ROC curve of single variables of \(table.name)")
      let remarks =
        table.remarks
        + (table.constant.isEmpty ? [] : ["The same everywhere: \(table.constant.joined(separator: ", "))."])
      return section(
        "shortcuts-\(table.name)", "Shortcuts in \(table.name)",
        lead: "Where a property alone tells fakes from reals, a detector can learn it instead of the forgery. "
          + "\(Format.count(table.items)) \(table.name) of \(Format.count(table.realGroups)) groups with reals and "
          + "\(Format.count(table.fakeGroups)) with fakes; intervals of 95\u{202F}% by drawing groups. Red: surely above "
          + "\(Format.decimal(table.limit, 1))."
          + (table.together.isEmpty
            ? ""
            : " All together: a classifier of every property, asked about groups that it has not seen; labels shuffled: "
              + "the same after the labels were dealt anew among groups, which is what chance does here."),
        plots(
          intervals.isEmpty
            ? []
            : [
              plot(
                "shortcuts-\(table.name)", drawing, "The dashed line is the limit, the solid one chance.", isWide: true)
            ]),
        self.table(
          ["Property", "Read as", "#AUC", "#Bits", "#Groups", "Real", "Fake"] + (hasAdvice ? ["What to do"] : []), rows),
        remarks.isEmpty ? nil : Block(remark: Format.printable(remarks.joined(separator: " "))))
    }
  }

  private func cell(_ area: ReportModel.AUC?, limit: Double) -> Cell {
    let text = Self.area(area)
    return area?.low.map { $0 > limit } ?? false ? Cell(text: text, style: "number bad") : .number(text)
  }
}
