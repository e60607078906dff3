extension SVGPlot {
  /// One curve.
  package struct Series: Sendable {
    package var name: String
    package var points: [(x: Double, y: Double)]
    /// Whether every point gets a mark; right for few points.
    package var showsMarks: Bool
    /// Drawn as upright bars behind the points.
    package var bounds: [Bound]

    package init(
      _ name: String, points: [(x: Double, y: Double)], showsMarks: Bool = true, bounds: [Bound] = []
    ) {
      self.name = name
      self.points = points
      self.showsMarks = showsMarks
      self.bounds = bounds
    }
  }

  /// Between which values of y the truth lies at one x.
  package struct Bound: Sendable {
    package var x: Double
    package var low: Double
    package var high: Double

    package init(x: Double, low: Double, high: Double) { (self.x, self.low, self.high) = (x, low, high) }

    var isFinite: Bool { x.isFinite && low.isFinite && high.isFinite }
  }

  /// Curves over a common axis; a point that is not finite breaks its curve. Curves differ by colour and dash.
  ///
  /// - Parameters:
  ///   - diagonal: whether the line from one corner to the other is drawn, as the chance line of a ROC plot.
  ///   - marked: an x to mark with a vertical line.
  ///   - divisions: where parts of the axis begin, each with a thin vertical line, and a short name.
  package static func lines(
    _ series: [Series], x: PlotAxis, y: PlotAxis, diagonal: Bool = false, marked: Double? = nil,
    divisions: [(x: Double, name: String)] = [], size: Size, summary: String
  ) -> String {
    let names = series.enumerated().filter { !$1.name.isEmpty }
    let legend = names.map { index, series in
      LegendEntry(text: series.name) { line($0 - 8, $1, $0 + 8, $1, class: curveClass(index)) }
    }
    let all = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    let bounds = series.flatMap(\.bounds).filter(\.isFinite)
    let frame = PlotFrame(
      size: size, xAxis: x, yAxis: y, xValues: all.map(\.x),
      yValues: all.map(\.y) + bounds.flatMap { [$0.low, $0.high] },
      legend: legend)
    var parts = frame.parts
    if diagonal {
      parts.append(
        line(frame.x.ends.lower, frame.y.ends.lower, frame.x.ends.upper, frame.y.ends.upper, class: "ink dash-2"))
    }
    if let marked, frame.x.domain.contains(marked) {
      let position = frame.x.position(of: marked)
      parts.append(line(position, frame.y.ends.lower, position, frame.y.ends.upper, class: "ink dash-1 marked"))
    }
    for division in divisions where frame.x.domain.contains(division.x) {
      let position = frame.x.position(of: division.x)
      parts.append(line(position, frame.y.ends.lower, position, frame.y.ends.upper, class: "faint division"))
      parts.append(text(division.name, x: position + 3, y: frame.y.ends.upper + 10, anchor: "start", class: "tick"))
    }
    for (index, series) in series.enumerated() {
      parts += series.bounds.filter(\.isFinite).map {
        let place = frame.x.position(of: $0.x)
        return line(
          place, frame.y.position(of: $0.low), place, frame.y.position(of: $0.high),
          class: "\(seriesClass(index)) bound")
      }
      for run in series.points.split(whereSeparator: { !$0.x.isFinite || !$0.y.isFinite }) {
        let places = run.map { "\(unit(frame.x.position(of: $0.x))),\(unit(frame.y.position(of: $0.y)))" }
        parts.append("<polyline points=\"\(places.joined(separator: " "))\" class=\"\(curveClass(index))\"/>")
        guard series.showsMarks else { continue }
        parts += run.map {
          mark(
            .circle, x: frame.x.position(of: $0.x), y: frame.y.position(of: $0.y), radius: 2.6,
            class: "\(seriesClass(index)) point")
        }
      }
    }
    return document(size, summary: summary, parts)
  }

  private static func curveClass(_ index: Int) -> String {
    // Six dashes and seven colours: 42 curves before two are alike, and neighbours differ without colour, too.
    let dash = index % 6
    return "\(seriesClass(index)) curve" + (dash > 0 ? " dash-\(dash)" : "")
  }
}
