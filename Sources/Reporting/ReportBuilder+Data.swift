private import Records

/// Sections on the data: where they come from, what became of them, how they are divided.
extension ReportBuilder {
  var stages: Section? {
    let rows = model.stages.map { stage in
      [
        Cell.code(stage.id), .text(stage.unit), .number(stage.input),
        stage.added == 0 ? .number("\u{2013}") : .number("+\(Format.count(stage.added))"), .number(stage.output),
        .list(stage.dropped),
        stage.failed.isEmpty ? .text("\u{2013}") : .bad(Format.counts(stage.failed)),
        .number(Format.duration(stage.seconds)),
        stage.unaccounted == 0
          ? .good("\u{2713}")
          : .bad("\(Format.count(abs(stage.unaccounted))) \(stage.unaccounted > 0 ? "missing" : "too many")"),
      ]
    }
    let bars = model.stages.map { SVGPlot.Bar($0.id, [$0.seconds], note: Format.duration($0.seconds)) }
    let drawing = SVGPlot.bars(
      bars, parts: [SVGPlot.BarPart("seconds", colour: "series-0")], axis: PlotAxis("seconds"), width: 720,
      summary: "Seconds per stage")
    return section(
      "stages", "Stages",
      lead: "What came in either went on, was dropped, or failed; the last column checks that it adds up.",
      table(["Stage", "Counts", "#In", "#Added", "#Out", "Dropped", "Failed", "#Time", "Sum"], rows),
      plots(rows.isEmpty ? [] : [plot(drawing, "Working time of each stage, all workers together.", isWide: true)]))
  }

  var sources: Section? {
    let rows = model.sources.map { count in
      [
        Cell.code(count.dataset), .text(count.role.rawValue), Cell(text: count.label.name, style: count.label.name),
        .number(count.sources), .number(count.samples),
      ]
    }
    return section(
      "sources", "Sources", lead: "Nothing is ever fitted on a role other than train.",
      table(["Dataset", "Role", "Label", "#Sources", "#Samples"], rows))
  }

  var splits: Section? {
    let rows = model.folds.map { fold in
      [Cell.code(fold.name)]
        + [fold.train, fold.validation].flatMap { [Cell.number($0.real), .number($0.fake), .number($0.groups)] }
        + [Cell.list(fold.leftOut)]
    }
    return section(
      "folds", "Folds",
      lead:
        "Samples on each side. A group is never torn apart: an original with its fakes, a person, a source video.",
      table(
        [
          "Fold", "#Train real", "#Train fake", "#Train groups", "#Validation real", "#Validation fake",
          "#Validation groups", "Left out",
        ], rows))
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

  var losses: Section? {
    guard let losses = model.losses, losses.total > 0 else { return nil }
    let rows = losses.examples.map { loss in
      [
        loss.kind == .failed ? Cell.bad("failed") : .text("dropped"), .code(loss.stage), .code(loss.path),
        .text(loss.reason),
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
      "pipeline", "Pipeline", lead: "As it ran, with every default filled in.",
      model.pipelineYAML.map { Block(listing: Format.printable($0)) })
  }
}
