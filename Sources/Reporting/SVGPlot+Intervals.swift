extension SVGPlot {
  /// A value and where it may lie.
  package struct Interval: Sendable {
    package var name: String
    package var value: Double
    package var low: Double?
    package var high: Double?

    package init(_ name: String, value: Double, low: Double? = nil, high: Double? = nil) {
      self.name = name
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// Values with their intervals, one below the other, first on top; as high as their number needs.
  ///
  /// - Parameters:
  ///   - chance: where a solid line stands.
  ///   - limit: where a dashed line stands; an interval wholly above it is drawn in the colour of fakes.
  package static func intervals(
    _ intervals: [Interval], axis: PlotAxis, chance: Double, limit: Double? = nil, width: Double, summary: String
  ) -> String {
    let rowHeight = 20.0
    let top = 8.0
    let bottom = top + Double(intervals.count) * rowHeight
    let left = min(240, Double(intervals.map { shortened($0.name).count }.max() ?? 0) * 6.6 + 14)
    let right = width - 16
    let scale = PlotScale(
      axis: axis, values: intervals.flatMap { [$0.value, $0.low, $0.high].compactMap(\.self) },
      ends: (lower: left, upper: right))
    func place(_ value: Double) -> Double {
      scale.position(of: min(max(value, scale.domain.lowerBound), scale.domain.upperBound))
    }
    var result = ["<g class=\"x-axis\">"]
    for tick in scale.ticks {
      let x = scale.position(of: tick)
      result.append(line(x, top, x, bottom, class: "faint"))
      result.append(text(scale.label(tick), x: x, y: bottom + 16, anchor: "middle", class: "tick"))
    }
    result.append("</g>")
    result.append(line(place(chance), top, place(chance), bottom, class: "ink"))
    if let limit { result.append(line(place(limit), top, place(limit), bottom, class: "ink dash-1")) }
    for (row, interval) in intervals.enumerated() where interval.value.isFinite {
      let y = top + (Double(row) + 0.5) * rowHeight
      result.append(text(shortened(interval.name), x: left - 8, y: y + 3.8, anchor: "end", class: "bar-name"))
      let isAbove = interval.low.flatMap { low in limit.map { low > $0 } } ?? false
      let colour = isAbove ? "series-5" : "series-0"
      if let low = interval.low, let high = interval.high {
        result.append(line(place(low), y, place(high), y, class: "\(colour) curve"))
      }
      let range = interval.low.flatMap { low in
        interval.high.map { " (\(Format.decimal(low, 3)) to \(Format.decimal($0, 3)))" }
      }
      result.append(
        mark(
          isAbove ? .triangle : .circle, x: place(interval.value), y: y, radius: 3.6, class: colour,
          title: "\(interval.name): \(Format.decimal(interval.value, 3))\(range ?? "")"))
    }
    result.append(line(left, bottom, right, bottom, class: "ink"))
    result.append(text(axis.title, x: (left + right) / 2, y: bottom + 34, anchor: "middle", class: "axis-title"))
    return document(Size(width: width, height: bottom + 42), summary: summary, result)
  }
}
