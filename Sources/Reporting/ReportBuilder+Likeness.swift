/// The section on what looks alike across families.
extension ReportBuilder {
  var likenesses: Section? {
    let rows = model.likenesses.map { [Cell.code($0.kind), .text($0.outcome)] }
    let plots = model.likenesses.filter { !$0.nearest.isEmpty }.map { likeness in
      plot(
        "likeness-\(likeness.kind)",
        SVGPlot.bars(
          likeness.nearest.map { SVGPlot.Bar($0.name, [Double($0.count)], note: Format.count($0.count)) },
          parts: [SVGPlot.BarPart("nearest", colour: "series-0")], axis: PlotAxis("how many"), width: 480,
          summary: "Nearest of another family by \(likeness.measure)"),
        "\(likeness.kind): the nearest of another family, by \(likeness.measure).")
    }
    let weakest = model.likenesses.flatMap { likeness in
      likeness.weakest.compactMap { pair -> ReportPage.Pair? in
        let (first, second) = (images([pair.first]), images([pair.second]))
        guard !first.isEmpty, !second.isEmpty else { return nil }
        return ReportPage.Pair(
          operation: Format.printable("\(likeness.kind), \(pair.evidence)"), before: first, after: second)
      }
    }
    return section(
      "likeness", "What looks alike",
      lead:
        "Between families; inside one everything does. A threshold belongs into the gap, if there is one: by bits, copies "
        + "stand above it, by cosine, the same face below it, and beyond it what merely looks alike.",
      table(["Kind", "Found"], rows), self.plots(plots),
      weakest.isEmpty
        ? nil
        : Block(
          remark: "The least alike of what was linked. Pairs that show two things say that the threshold is too wide."),
      weakest.isEmpty ? nil : Block(pairs: weakest))
  }
}
