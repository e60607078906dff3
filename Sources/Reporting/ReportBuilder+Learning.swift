/// Sections on training and evaluation.
extension ReportBuilder {
  private var small: SVGPlot.Size { SVGPlot.Size(width: 460, height: 310) }

  var training: Section? {
    let experts = model.training.filter { !$0.epochs.isEmpty }
    func curves(
      _ name: String, _ caption: String, range: ClosedRange<Double>? = nil, _ value: (ReportModel.Epoch) -> Double?
    ) -> ReportPage.Plot? {
      let series = experts.map { expert in
        SVGPlot.Series(expert.name, points: expert.epochs.map { (x: Double($0.epoch), y: value($0) ?? .nan) })
      }
      guard series.contains(where: { $0.points.contains { $0.y.isFinite } }) else { return nil }
      return plot(
        name,
        SVGPlot.lines(
          series, x: PlotAxis("epoch", isInteger: true), y: PlotAxis(name, range: range), size: small,
          summary: "\(name) by epoch"),
        caption)
    }
    let plots = [
      curves("training loss", "Loss on the training samples.") { $0.trainLoss },
      curves("validation loss", "Loss on the fold held out.") { $0.validationLoss },
      curves("validation AUC", "Area under the ROC curve on the fold held out, frame by frame.") { $0.validationAUC },
    ].compactMap(\.self)
    return section("training", "Training", self.plots(plots))
  }

  var evaluation: Section? {
    let rows = model.evaluation.map { row in
      [
        Cell.code(row.name), .number(Self.area(row.frameAUC)), .number(Self.area(row.videoAUC)), .number(row.frames),
        .number(row.videos),
      ]
    }
    let curves = model.rocCurves.map { curve in
      SVGPlot.Series(
        curve.name, points: zip(curve.falsePositiveRate, curve.truePositiveRate).map { (x: $0, y: $1) },
        showsMarks: false)
    }
    let drawing = SVGPlot.lines(
      curves, x: PlotAxis("false positive rate", range: 0...1), y: PlotAxis("true positive rate", range: 0...1),
      diagonal: true, size: SVGPlot.Size(width: 460, height: 430), summary: "Receiver operating characteristic")
    let bounds = model.evaluation.contains { $0.frameAUC?.low != nil || $0.videoAUC?.low != nil }
    return section(
      "evaluation", "Evaluation",
      lead: "Area under the ROC curve: 0.5 is chance, 1 is perfect."
        + (bounds ? " Bounds are those of a 95\u{202F}% interval." : ""),
      table(["Fold", "#Frame AUC", "#Video AUC", "#Frames", "#Videos"], rows),
      plots(
        curves.isEmpty
          ? [] : [plot("roc", drawing, "True against false positives as the threshold falls; dotted: chance.")]))
  }

  static func area(_ area: ReportModel.AUC?) -> String { bounded(area?.value, area?.low, area?.high) }
}
