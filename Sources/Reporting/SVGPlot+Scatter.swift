extension SVGPlot {
  /// One mark of a scatter plot.
  package struct ScatterPoint: Sendable {
    package var x: Double
    package var y: Double
    /// Number of the colour.
    package var series: Int
    package var shape: Shape
    /// What pointing at the mark shows.
    package var title: String
    /// Becomes the attribute `data-picture`, for a page that shows pictures beside points.
    package var picture: Int?

    package init(x: Double, y: Double, series: Int, shape: Shape, title: String, picture: Int? = nil) {
      self.x = x
      self.y = y
      self.series = series
      self.shape = shape
      self.title = title
      self.picture = picture
    }
  }

  /// Text written over a plot, in data coordinates.
  package struct Note: Sendable {
    package var x: Double
    package var y: Double
    package var text: String

    package init(x: Double, y: Double, text: String) {
      self.x = x
      self.y = y
      self.text = text
    }
  }

  /// Points in a plane: colour tells the series, form the shape; drawn in the order given.
  ///
  /// - Parameter shapes: the legend, by shape.
  package static func scatter(
    _ points: [ScatterPoint], shapes: [(shape: Shape, text: String)] = [], notes: [Note] = [], x: PlotAxis, y: PlotAxis,
    size: Size, summary: String
  ) -> String {
    let drawn = points.filter { $0.x.isFinite && $0.y.isFinite }
    let legend = shapes.map { entry in
      LegendEntry(text: entry.text) { mark(entry.shape, x: $0, y: $1, radius: 4, class: "neutral") }
    }
    let frame = PlotFrame(
      size: size, xAxis: x, yAxis: y, xValues: drawn.map(\.x), yValues: drawn.map(\.y), legend: legend)
    let radius = drawn.count > 800 ? 2.6 : drawn.count > 200 ? 3.2 : 4
    let marks = drawn.map { point in
      mark(
        point.shape, x: frame.x.position(of: point.x), y: frame.y.position(of: point.y), radius: radius,
        class: "\(seriesClass(point.series)) point", title: point.title,
        extra: point.picture.map { " data-picture=\"\($0)\"" } ?? "")
    }
    let texts = notes.filter { $0.x.isFinite && $0.y.isFinite }.map {
      text($0.text, x: frame.x.position(of: $0.x), y: frame.y.position(of: $0.y) + 4.5, anchor: "middle", class: "note")
    }
    return document(size, summary: summary, frame.parts + ["<g class=\"marks\">"] + marks + ["</g>"] + texts)
  }
}
