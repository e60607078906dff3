private import Records

/// Sections on how the data are divided, and what the division does not part.
extension ReportBuilder {
  /// The same data divided in several ways, side by side.
  var splits: Section? {
    let panels = model.splits.compactMap(panel)
    let blocks = [panels.isEmpty ? nil : Block(plots: ReportPage.Plots(drawings: panels, isSmall: true))] + hardness
    return section(
      "splits", "Ways to divide the data",
      lead:
        "Validation that lies among the training samples shows what a detector remembers; validation apart from them, "
        + "what it will do with fakes of a kind that it never saw.", blocks)
  }

  /// The map with one way to divide: what is validated on stands out, where it does at all.
  private func panel(_ split: ReportModel.SplitView) -> ReportPage.Plot? {
    guard let map = model.map, let plane = map.planes.first, split.isValidation.count == map.keys.count else {
      return nil
    }
    let shown = Self.spread(Array(map.keys.indices), Report.mapPoints / 2)
    func points(_ side: Bool) -> [SVGPlot.ScatterPoint] {
      shown.filter { split.isValidation[$0] == side }.compactMap { index in
        plane.place(index).map {
          SVGPlot.ScatterPoint(
            x: $0.x, y: $0.y, series: side ? 5 : 0, shape: side ? .triangle : .circle, title: map.keys[index])
        }
      }
    }
    let drawing = SVGPlot.scatter(
      points(false) + points(true), shapes: [(.circle, "training"), (.triangle, "validation")],
      x: PlotAxis("", showsTicks: false), y: PlotAxis("", showsTicks: false),
      size: SVGPlot.Size(width: 340, height: 280),
      summary: "Map of training and validation samples, \(split.name) split")
    return plot(
      "split-\(split.name)", drawing, "\(Format.printable(split.name)): \(Format.printable(split.detail))")
  }

  private var hardness: [Block?] {
    guard let hardness = model.hardness, !hardness.splits.isEmpty else {
      guard !model.splits.isEmpty else { return [] }
      return [Block(remark: "How much harder each is can be measured: stage compare-splits, behind resplit.")]
    }
    func name(_ row: ReportModel.Hardness.Row) -> String { row.name + (row.fold.map { ", fold \($0)" } ?? ", mean") }
    let intervals = hardness.splits.compactMap { row in
      row.twoSampleAUC.map {
        SVGPlot.Interval(name(row), value: $0, low: row.twoSampleAUCLow, high: row.twoSampleAUCHigh)
      }
    }
    // One split's areas by themselves prove nothing.
    let isCompared = Set(hardness.splits.filter { $0.twoSampleAUC != nil }.map(\.name)).count > 1
    let drawing = SVGPlot.intervals(
      intervals, axis: PlotAxis("AUC of telling validation from training"), chance: 0.5, width: 720,
      summary: "How well validation can be told from training, by split")
    let rows = hardness.splits.map { row in
      [
        Cell.text(row.name), .number(row.fold.map(String.init) ?? "mean"),
        .number(row.trainSamples.map(Format.count) ?? "\u{2013}"),
        .number(row.validationSamples.map(Format.count) ?? "\u{2013}"),
        .number(Self.bounded(row.twoSampleAUC, row.twoSampleAUCLow, row.twoSampleAUCHigh)),
        .number(Format.decimal(row.frechetDistance, 2)), .number(Format.decimal(row.nearestNeighbourDistance, 3)),
      ]
    }
    return [
      plots(
        distances(hardness)
          + (isCompared
            ? [
              plot(
                "hardness", drawing, "How well a classifier tells validation from training: at the line not at all.",
                isWide: true)
            ] : [])),
      table(
        [
          "Split", "#Fold", "#Training", "#Validation", "#Two-sample AUC", "#Fr\u{E9}chet distance",
          "#Nearest neighbour",
        ], rows,
        note: "All of it rises with the distance of validation from training"
          + (hardness.features.map { "; features: \($0)." } ?? ".")
          + (hardness.splits.contains { $0.twoSampleAUC == nil }
            ? " No AUC: a side of that fold, or of one of them, has too few groups to tell." : "")
          + (hardness.notes ?? []).map { " \($0)." }.joined()),
    ]
  }

  /// The distances of validation from training, mean over folds, a bar for each way to divide.
  private func distances(_ hardness: ReportModel.Hardness) -> [ReportPage.Plot] {
    func bars(
      _ name: String, axis: String, _ caption: String, _ value: (ReportModel.Hardness.Row) -> Double?
    ) -> ReportPage.Plot? {
      let bars = hardness.splits.filter { $0.fold == nil }.compactMap { row in
        value(row).map { SVGPlot.Bar(row.name, [$0], note: Format.decimal($0, 3)) }
      }
      guard bars.count > 1 else { return nil }
      return plot(
        name,
        SVGPlot.bars(
          bars, parts: [SVGPlot.BarPart(axis, colour: "series-0")], axis: PlotAxis(axis), width: 460,
          summary: "\(axis), by split"), caption)
    }
    return [
      bars(
        "nearest-neighbour", axis: "distance to the nearest training sample",
        "How far validation samples are from the nearest training sample, mean over folds.",
        \.nearestNeighbourDistance),
      bars(
        "frechet", axis: "Fr\u{E9}chet distance, squared",
        "How far validation as a whole is from training, mean over folds.", \.frechetDistance),
    ].compactMap(\.self)
  }

  var folds: Section? {
    let rows = model.folds.map { fold in
      [Cell.code(fold.name)]
        + [fold.train, fold.validation].flatMap { [Cell.number($0.real), .number($0.fake), .number($0.groups)] }
        + [Cell.list(fold.leftOut)]
    }
    return section(
      "folds", "Folds",
      lead: "Samples on each side. A group is never torn apart: an original with its fakes, a person, a source video. "
        + "A sample whose cluster is on one side and whose group is on the other is left out of that fold.",
      table(
        [
          "Fold", "#Train real", "#Train fake", "#Train groups", "#Validation real", "#Validation fake",
          "#Validation groups", "Left out",
        ], rows))
  }

  var leaks: Section? {
    guard !model.folds.isEmpty else { return nil }
    let rows = model.leaks.map { leak in
      [
        Cell.code(leak.place), .text(leak.kind), leak.isHard ? .bad("hard") : .text("soft"), .number(leak.links),
        .number(leak.samples),
      ]
    }
    let hard = model.hardLinks.map { [Cell.text($0.name), .number($0.count), .good("\u{2713} none crosses")] }
    return section(
      "leaks", "Links and leaks",
      lead: model.leaks.isEmpty
        ? "No link of any known kind crosses a fold."
        : "Links that cross: what both sides have in common. A kind named among the groups of resplit holds; "
          + "dfprep audit RUN --html FILE shows more of them.",
      table(["Where", "Kind", "", "#Links", "#Samples touched"], isNarrow: true, rows),
      table(["Link", "#Families it ties", ""], isNarrow: true, hard),
      model.crossings.isEmpty ? nil : Block(links: model.crossings, images: images),
      rows.isEmpty && hard.isEmpty ? Block(remark: "Nothing ties one family to another.") : nil)
  }
}
