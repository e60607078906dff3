/// Sections on training and evaluation.
extension ReportBuilder {
  private static let small = SVGPlot.Size(width: 460, height: 310)
  private static let flat = SVGPlot.Size(width: 460, height: 250)
  /// Most points of a curve by steps; where there are more steps, a point is the mean of several.
  private static let stepPoints = 200

  var training: Section? {
    let stages = model.training.map(\.stage).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let blocks = stages.flatMap { stage in
      curves(model.training.filter { $0.stage == stage }, of: stages.count > 1 ? stage : nil)
    }
    return section("training", "Training", blocks)
  }

  /// - Parameter stage: id of the stage, where the page has several that train.
  private func curves(_ experts: [ReportModel.Expert], of stage: String?) -> [Block?] {
    let unit = experts.allSatisfy { $0.phases.isEmpty } ? "epoch" : "phase"
    func curve(
      _ name: String, _ caption: String, unit axis: String, _ value: (ReportModel.Epoch) -> Double?
    ) -> ReportPage.Plot? {
      let series = experts.map { expert in
        SVGPlot.Series(expert.name, points: expert.epochs.map { (x: Double($0.epoch), y: value($0) ?? .nan) })
      }
      guard series.contains(where: { $0.points.contains { $0.y.isFinite } }) else { return nil }
      return plot(
        "\(stage ?? "") \(name)",
        SVGPlot.lines(
          series, x: PlotAxis(unit, isInteger: true), y: PlotAxis("\(name)\(axis)"), size: Self.small,
          summary: "\(name) by \(unit)"),
        Self.caption(caption, of: stage))
    }
    let byEpoch = [
      curve("training loss", "loss on the training samples, mean of each \(unit).", unit: "") { $0.trainLoss },
      curve("validation loss", "cross entropy on the fold held out.", unit: " (nats)") { $0.validationLoss },
      curve(
        "validation AUC", "area under the ROC curve on the fold held out, frame by frame; 0.5 is chance.", unit: ""
      ) { $0.validationAUC },
    ].compactMap(\.self)
    let names = experts.flatMap(\.steps).map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let bySteps = names.compactMap { stepPlot($0, experts, stage: stage) }
    let phases = Self.phases(of: experts).enumerated().map { "\($0 + 1) \($1.name)" }.joined(separator: ", ")
    return [
      plots(byEpoch), plots(bySteps),
      phases.isEmpty || bySteps.isEmpty ? nil : Block(remark: Self.caption("phases: \(phases).", of: stage)),
    ]
  }

  private func stepPlot(_ name: String, _ experts: [ReportModel.Expert], stage: String?) -> ReportPage.Plot? {
    let curves = experts.map { expert in
      (expert.name, expert.steps.first { $0.name == name }?.values ?? [])
    }
    guard curves.contains(where: { $0.1.contains { $0?.isFinite ?? false } }) else { return nil }
    let steps = curves.map(\.1.count).max() ?? 0
    let window = max(1, steps / Self.stepPoints)
    let series = curves.map { name, values in
      SVGPlot.Series(name, points: Self.means(values, of: window), showsMarks: values.count == 1)
    }
    let said = Self.stepCurves[name]
    let drawing = SVGPlot.lines(
      series, x: PlotAxis("step", range: 1...Double(max(2, steps)), isInteger: true), y: PlotAxis(said?.axis ?? name),
      divisions: Self.phases(of: experts).enumerated().map { (x: Double($1.start + 1), name: "\($0 + 1)") },
      size: Self.flat,
      summary: "\(name) by step")
    return plot(
      "\(stage ?? "") steps \(name)", drawing,
      Self.caption(
        (said?.meaning ?? name)
          + (window > 1 ? "; a point is the mean of \(Format.count(window)) steps." : ", step by step."), of: stage))
  }

  /// A sentence; behind the name of its stage, where there is one.
  private static func caption(_ text: String, of stage: String?) -> String {
    Format.printable(stage.map { "\($0): \(text)" } ?? text.prefix(1).uppercased() + text.dropFirst())
  }

  /// Those of the first that has any: all experts of a stage go through the same.
  private static func phases(of experts: [ReportModel.Expert]) -> [ReportModel.Phase] {
    experts.first { !$0.phases.isEmpty }?.phases ?? []
  }

  /// Means of `window` neighbours each, at the middle of their steps, which count from 1; what has no number counts for nothing.
  static func means(_ values: [Double?], of window: Int) -> [(x: Double, y: Double)] {
    stride(from: 0, to: values.count, by: window).map { start in
      let part = values[start..<min(start + window, values.count)]
      let known = part.compactMap(\.self).filter(\.isFinite)
      return (
        x: Double(start) + Double(part.count + 1) / 2,
        y: known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
      )
    }
  }

  /// What the columns of `steps.csv` are.
  private static let stepCurves: [String: (axis: String, meaning: String)] = [
    "learning rate": ("learning rate", "learning rate"),
    "loss": ("loss", "the loss that is made small, weighted sum of its parts"),
    "ce": ("cross entropy (nats)", "cross entropy, before its weight"),
    "nce": (
      "InfoNCE (nats)", "InfoNCE anchored on reals: reals to other reals against reals to fakes, before its weight"
    ),
    "kl": ("divergence (nats)", "divergence of the prediction under input noise from that without, before its weight"),
    "gradient norm": ("norm of the gradient", "norm of the gradient before clipping"),
    "encoder loss": ("contrastive loss (nats)", "supervised contrastive loss of the network or the student"),
    "classifier loss": ("cross entropy (nats)", "cross entropy of the network or the student"),
    "teacher encoder loss": ("contrastive loss (nats)", "supervised contrastive loss of the teacher"),
    "teacher classifier loss": ("cross entropy (nats)", "cross entropy of the teacher"),
    "feedback": ("weight", "weight of the teacher's own labels, from what they did to the student"),
    "pseudo labelled": ("pictures", "unlabelled pictures that the teacher was sure enough of"),
  ]

  var evaluation: Section? {
    let rows = model.evaluation.map { row in
      [
        Cell.code(row.name), .number(Self.area(row.frameAUC)), .number(Self.area(row.videoAUC)), .number(row.frames),
        .number(row.videos),
      ]
    }
    let bounds = model.evaluation.contains { $0.frameAUC?.low != nil || $0.videoAUC?.low != nil }
    return section(
      "evaluation", "Evaluation",
      lead: "Area under the ROC curve: 0.5 is chance, 1 is perfect."
        + (bounds ? " Bounds are those of a 95\u{202F}% interval." : ""),
      table(["Fold", "#Frame AUC", "#Video AUC", "#Frames", "#Videos"], rows),
      plots(detectorPlots))
  }

  /// What the scores of every judge are worth at every threshold, and as probabilities.
  private var detectorPlots: [ReportPage.Plot] {
    func drawn(
      _ id: String, _ title: String, _ points: KeyPath<ReportModel.DetectorCurves, [ReportModel.DetectorCurves.Point]>,
      x: String, y: String, diagonal: Bool, showsMarks: Bool = false, caption: String
    ) -> ReportPage.Plot? {
      let series = model.detectorCurves.filter { !$0[keyPath: points].isEmpty }.map { curve in
        SVGPlot.Series(curve.name, points: curve[keyPath: points].map { (x: $0.x, y: $0.y) }, showsMarks: showsMarks)
      }
      guard !series.isEmpty else { return nil }
      let drawing = SVGPlot.lines(
        series, x: PlotAxis(x, range: 0...1), y: PlotAxis(y, range: 0...1), diagonal: diagonal,
        size: SVGPlot.Size(width: 460, height: 430), summary: title)
      return plot(id, drawing, caption)
    }
    return [
      drawn(
        "roc", "Receiver operating characteristic", \.roc, x: "false positive rate", y: "true positive rate",
        diagonal: true,
        caption: "True against false positives as the threshold falls, by video or picture; dotted: chance."),
      drawn(
        "precision-recall", "Precision and recall", \.precisionRecall, x: "recall", y: "precision", diagonal: false,
        caption:
          "Share of what is called fake that is, against the share of fakes that are found; chance is the share of fakes."
      ),
      drawn(
        "calibration", "Calibration", \.calibration, x: "mean score", y: "share of fakes", diagonal: true,
        showsMarks: true,
        caption:
          "Share of fakes among videos or pictures of like scores, 15 bins; dotted: scores that are probabilities."),
    ].compactMap(\.self)
  }

  static func area(_ area: ReportModel.AUC?) -> String { bounded(area?.value, area?.low, area?.high) }
}
