extension SVGPlot {
  /// One kind of part that bars are made of.
  package struct BarPart: Sendable {
    package var name: String
    /// CSS class of its colour.
    package var colour: String
    /// Drawn on the part, so that colour alone need not tell it.
    package var shape: Shape?

    package init(_ name: String, colour: String, shape: Shape? = nil) {
      self.name = name
      self.colour = colour
      self.shape = shape
    }
  }

  /// One bar: its name, and one value of at least 0 per part.
  package struct Bar: Sendable {
    package var name: String
    package var values: [Double]
    /// Written after the bar; nothing when empty.
    package var note: String

    package init(_ name: String, _ values: [Double], note: String = "") {
      self.name = name
      self.values = values
      self.note = note
    }
  }

  /// Horizontal stacked bars, first on top, from 0; as high as the number of bars needs.
  package static func bars(_ bars: [Bar], parts: [BarPart], axis: PlotAxis, width: Double, summary: String) -> String {
    let rowHeight = 24.0
    let hasLegend = parts.count > 1
    let top = hasLegend ? 30.0 : 8
    let bottom = top + Double(bars.count) * rowHeight
    let left = min(220, Double(bars.map(\.name.count).max() ?? 0) * 6.6 + 14)
    let right = width - 16 - Double(bars.map(\.note.count).max() ?? 0) * 6.6
    let values = bars.map { $0.values.map(drawable) }
    var axis = axis
    axis.includesZero = true
    let scale = PlotScale(axis: axis, values: values.map { $0.reduce(0, +) }, ends: (lower: left, upper: right))
    var result = ["<g class=\"x-axis\">"]
    for tick in scale.ticks {
      let x = scale.position(of: tick)
      result.append(line(x, top, x, bottom, class: "faint"))
      result.append(text(scale.label(tick), x: x, y: bottom + 16, anchor: "middle", class: "tick"))
    }
    result.append("</g>")
    for (row, bar) in bars.enumerated() {
      let y = top + Double(row) * rowHeight + 4
      let middle = y + rowHeight / 2 - 4
      result.append(text(shortened(bar.name), x: left - 8, y: middle + 3.8, anchor: "end", class: "bar-name"))
      var sum = 0.0
      for (part, value) in zip(parts, values[row]) where value > 0 {
        let from = scale.position(of: sum)
        sum += value
        let length = scale.position(of: sum) - from
        let title = "\(bar.name), \(part.name): \(number(value))"
        result.append(
          """
          <rect x="\(unit(from))" y="\(unit(y))" width="\(unit(length))" height="\(unit(rowHeight - 8))" \
          class="\(Format.escape(part.colour)) bar"><title>\(Format.escape(title))</title></rect>
          """)
        if let shape = part.shape, length > 16 {
          result.append(mark(shape, x: from + 9, y: middle, radius: 3, class: "on-colour"))
        }
      }
      result.append(text(bar.note, x: scale.position(of: sum) + 6, y: middle + 3.8, anchor: "start", class: "bar-note"))
    }
    result.append(line(left, top, left, bottom, class: "ink"))
    result.append(text(axis.title, x: (left + right) / 2, y: bottom + 34, anchor: "middle", class: "axis-title"))
    var x = left
    for part in hasLegend ? parts : [] {
      result.append(mark(part.shape ?? .circle, x: x + 8, y: 12, radius: 4, class: part.colour))
      result.append(text(part.name, x: x + 20, y: 15.8, anchor: "start", class: "legend"))
      x += Double(part.name.count) * 6.6 + 42
    }
    return document(Size(width: width, height: bottom + (axis.title.isEmpty ? 22 : 42)), summary: summary, result)
  }

  /// What fits into the widest left margin.
  static func shortened(_ name: String) -> String {
    name.count <= 32 ? name : "\(name.prefix(14))…\(name.suffix(16))"
  }

  private static func drawable(_ value: Double) -> Double { value.isFinite ? max(0, value) : 0 }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && value < 1e15 ? Format.count(Int(value)) : Format.decimal(value, 2)
  }
}
