/// The rectangle that two axes span, and what stands around it.
struct PlotFrame {
  let size: SVGPlot.Size
  let x: PlotScale
  let y: PlotScale
  let xAxis: PlotAxis
  let yAxis: PlotAxis
  let legend: [SVGPlot.LegendEntry]
  private let left: Double
  private let right: Double
  private let top: Double
  private let bottom: Double

  init(
    size: SVGPlot.Size, xAxis: PlotAxis, yAxis: PlotAxis, xValues: some Sequence<Double>,
    yValues: some Sequence<Double>,
    legend: [SVGPlot.LegendEntry]
  ) {
    // The numbers of the vertical axis decide the left margin, and so need a first, provisional scale.
    let yValues = Array(yValues)
    let provisional = PlotScale(axis: yAxis, values: yValues, ends: (lower: 1, upper: 0))
    let widest = yAxis.showsTicks ? provisional.ticks.map { provisional.label($0).count }.max() ?? 0 : 0
    left = Double(widest) * 6.6 + (yAxis.title.isEmpty ? 14 : 34)
    right = size.width - 16
    top = 12 + Double(Self.rows(of: legend, width: right - left).count) * 20
    bottom = size.height - (xAxis.showsTicks ? 42 : 26)
    x = PlotScale(axis: xAxis, values: xValues, ends: (lower: left, upper: right))
    y = PlotScale(axis: yAxis, values: yValues, ends: (lower: bottom, upper: top))
    self.size = size
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.legend = legend
  }

  /// Grid, axes, ticks, titles and legend.
  var parts: [String] {
    var parts = ["<g class=\"x-axis\">"]
    for tick in xAxis.showsTicks ? x.ticks : [] {
      let position = x.position(of: tick)
      parts.append(SVGPlot.line(position, bottom, position, bottom + 4, class: "ink"))
      parts.append(SVGPlot.text(x.label(tick), x: position, y: bottom + 17, anchor: "middle", class: "tick"))
    }
    parts += [SVGPlot.line(left, bottom, right, bottom, class: "ink"), "</g>", "<g class=\"y-axis\">"]
    for tick in yAxis.showsTicks ? y.ticks : [] {
      let position = y.position(of: tick)
      if position < bottom { parts.append(SVGPlot.line(left, position, right, position, class: "faint")) }
      parts.append(SVGPlot.text(y.label(tick), x: left - 7, y: position + 3.8, anchor: "end", class: "tick"))
    }
    if !yAxis.showsTicks { parts.append(SVGPlot.line(left, bottom, left, top, class: "ink")) }
    parts.append("</g>")
    parts.append(
      SVGPlot.text(xAxis.title, x: (left + right) / 2, y: size.height - 6, anchor: "middle", class: "axis-title"))
    let middle = SVGPlot.unit((top + bottom) / 2)
    parts.append(
      SVGPlot.text(
        yAxis.title, x: 0, y: 0, anchor: "middle", class: "axis-title",
        extra: " transform=\"translate(12 \(middle)) rotate(-90)\""))
    return parts + legendParts
  }

  private var legendParts: [String] {
    var parts: [String] = []
    for (row, entries) in Self.rows(of: legend, width: right - left).enumerated() {
      var x = left
      let y = 10 + Double(row) * 20
      for entry in entries {
        parts.append(entry.symbol(x + 8, y))
        parts.append(SVGPlot.text(entry.text, x: x + 21, y: y + 3.8, anchor: "start", class: "legend"))
        x += entry.width
      }
    }
    return parts
  }

  /// Legend entries broken into rows no wider than `width`.
  private static func rows(of legend: [SVGPlot.LegendEntry], width: Double) -> [[SVGPlot.LegendEntry]] {
    var rows: [[SVGPlot.LegendEntry]] = []
    var used = 0.0
    for entry in legend {
      if rows.isEmpty || used + entry.width > width {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(entry)
      used += entry.width
    }
    return rows
  }
}
