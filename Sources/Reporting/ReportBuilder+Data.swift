private import Records

/// Sections on the data: where they come from, what became of them, how they are divided.
extension ReportBuilder {
  var stages: Section? {
    let rows = model.stages.map { stage in
      [
        Cell.code(stage.id), .text(stage.unit), .number(stage.input),
        stage.added == 0 ? .number("\u{2013}") : .number("+\(Format.count(stage.added))"), .number(stage.output),
        .number(stage.dropped.reduce(0) { $0 + $1.count }),
        stage.failed.isEmpty ? .text("\u{2013}") : .bad(Format.counts(stage.failed)),
        .number(Format.duration(stage.seconds)),
        stage.unaccounted == 0
          ? .good("\u{2713}")
          : .bad("\(Format.count(abs(stage.unaccounted))) \(stage.unaccounted > 0 ? "missing" : "too many")"),
      ]
    }
    let bars = model.stages.map { SVGPlot.Bar($0.id, [$0.seconds], note: Format.duration($0.seconds)) }
    let drawing = SVGPlot.bars(
      bars, parts: [SVGPlot.BarPart("seconds", colour: "series-0")], axis: PlotAxis("seconds of all workers"),
      width: 720, summary: "Seconds per stage")
    return section(
      "stages", "Stages",
      lead: "What came in either went on, was dropped, or failed; the last column checks that it adds up.",
      table(["Stage", "Counts", "#In", "#Added", "#Out", "#Dropped", "Failed", "#Time", "Sum"], rows),
      plots(
        rows.isEmpty
          ? [] : [plot("seconds", drawing, "Working time of each stage, all workers together.", isWide: true)]))
  }

  var drops: Section? {
    let all = model.stages.flatMap { stage in stage.dropped.map { (stage: stage, drop: $0) } }
      .sorted { ($1.drop.count, $0.stage.id, $0.drop.reason) < ($0.drop.count, $1.stage.id, $1.drop.reason) }
    let rows = all.map { stage, drop in
      [
        Cell.code(stage.id), .text(drop.reason), .number(drop.count), .number(drop.count - drop.fakes),
        .number(drop.fakes), .number(Format.percent(Double(drop.count) / Double(max(1, stage.input + stage.added)))),
      ]
    }
    let drawing = SVGPlot.bars(
      all.map { stage, drop in
        SVGPlot.Bar(
          "\(stage.id): \(drop.reason)", [Double(drop.count - drop.fakes), Double(drop.fakes)],
          note: Format.count(drop.count))
      },
      parts: [
        SVGPlot.BarPart("real, or without a label", colour: "real", shape: .circle),
        SVGPlot.BarPart("fake", colour: "fake", shape: .triangle),
      ], axis: PlotAxis("items dropped", isInteger: true), width: 720, summary: "What was dropped, by stage and reason")
    return section(
      "drops", "Drops by reason",
      lead: "A reason that takes more of one class than of the other makes the classes differ.",
      plots(rows.isEmpty ? [] : [plot("drops", drawing, "What was dropped, by stage and reason.", isWide: true)]),
      table(
        ["Stage", "Reason", "#Dropped", "#Real, or without a label", "#Fake", "#Of what came in"], rows))
  }

  var sources: Section? {
    let rows = model.sources.map { count in
      [
        Cell.code(count.dataset), .text(count.role.rawValue), Cell(text: count.label.name, style: count.label.name),
        .number(count.sources), .number(count.done),
        count.failed.isEmpty ? .text("\u{2013}") : .bad(Format.counts(count.failed)),
        count.quarantined == 0 ? .number(0) : Cell(text: Format.count(count.quarantined), style: "number bad"),
        .number(count.pending), .number(count.samples),
      ]
    }
    return section(
      "sources", "Sources", lead: "Nothing is ever fitted on a role other than train.",
      table(
        ["Dataset", "Role", "Label", "#Sources", "#Done", "Failed", "#Quarantined", "#Not done", "#Samples"], rows))
  }

  var made: Section? {
    let pairs = model.made.compactMap { sample -> ReportPage.Pair? in
      let after = images([sample.made])
      guard !after.isEmpty else { return nil }
      return ReportPage.Pair(
        operation: Format.printable(sample.operation), before: images(sample.parents), after: after)
    }
    return section(
      "made", "Made samples",
      lead:
        "Left, what a sample was made from; right, the sample. Made samples never enter a test set.",
      pairs.isEmpty ? nil : Block(pairs: pairs))
  }

  /// A path as it is; a sample's key in words, and as it is in small below.
  private static func place(_ path: String) -> Cell {
    guard let words = SampleKey.inWords(path) else { return .code(path) }
    var cell = Cell.text(words)
    (cell.style, cell.share) = ("code", Format.printable(path))
    return cell
  }

  var losses: Section? {
    guard let losses = model.losses, losses.total > 0 else { return nil }
    let rows = losses.examples.map { loss in
      [
        loss.kind == .failed ? Cell.bad("failed") : .text("dropped"), .code(loss.stage), Self.place(loss.path),
        .text(Format.shortened(loss.reason)),
      ]
    }
    let shown =
      rows.count < losses.total ? "The first \(Format.count(rows.count)) of \(Format.count(losses.total)). " : ""
    return section(
      "losses", "Dropped and failed", table(["What", "Stage", "Path", "Reason"], rows),
      Block(remark: Format.printable("\(shown)All of them: \(losses.fullList)")))
  }

  var pipeline: Section? {
    section(
      "pipeline", "Pipeline", lead: "As it ran, every default filled in.",
      table(
        ["Stage", "Options"],
        model.options.map { [.code($0.name), Cell(text: Format.printable($0.value), style: "options")] }),
      table(["Library", "Version"], isNarrow: true, model.versions.map { [.text($0.name), .code($0.value)] }))
  }
}
