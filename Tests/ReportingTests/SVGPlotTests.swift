import Testing

@testable import Reporting

@Suite struct SVGPlotTests {
  /// The place of `value` on an axis as its drawn ticks tell it: a line through the first and the last.
  private func place(of value: Double, axis: String, in check: XMLCheck) throws -> Double {
    let ticks = check.elements.filter { $0.name == "text" && $0.inside.contains(axis) }
    func read(_ element: XMLCheck.Element) throws -> (value: Double, place: Double) {
      let number = element.text.replacing("\u{202F}", with: "").replacing("\u{2212}", with: "-")
      let coordinate = axis == "x-axis" ? "x" : "y"
      return (
        try #require(Double(number)),
        // A vertical tick's number hangs 3.8 units below its line.
        try #require(element.attributes[coordinate].flatMap(Double.init)) - (axis == "x-axis" ? 0 : 3.8)
      )
    }
    let first = try read(#require(ticks.first))
    let last = try read(#require(ticks.last))
    return first.place + (value - first.value) / (last.value - first.value) * (last.place - first.place)
  }

  @Test func scatterPlacesPointsWhereTheTicksSay() throws {
    let data = [(x: -1200.0, y: 0.031), (x: 815, y: 0.042), (x: 3499, y: 0.0385)]
    let svg = SVGPlot.scatter(
      data.map { .init(x: $0.x, y: $0.y, series: 0, shape: .circle, title: "p") }, x: PlotAxis("x"), y: PlotAxis("y"),
      size: .init(width: 400, height: 300), summary: "test")
    let check = XMLCheck(svg)
    #expect(check.failure == nil)
    let circles = check.elements.filter { $0.name == "circle" }
    try #require(circles.count == data.count)
    for (circle, point) in zip(circles, data) {
      let x = try #require(circle.attributes["cx"].flatMap(Double.init))
      let y = try #require(circle.attributes["cy"].flatMap(Double.init))
      #expect(abs(x - (try place(of: point.x, axis: "x-axis", in: check))) < 0.1)
      #expect(abs(y - (try place(of: point.y, axis: "y-axis", in: check))) < 0.1)
      #expect((0...400).contains(x) && (0...300).contains(y))
    }
    #expect(try place(of: 0.04, axis: "y-axis", in: check) < place(of: 0.03, axis: "y-axis", in: check), "y points up")
  }

  @Test func barsEndWhereTheTicksSay() throws {
    let svg = SVGPlot.bars(
      [.init("a", [120, 45]), .init("b", [0, 310], note: "n")],
      parts: [.init("real", colour: "real", shape: .circle), .init("fake", colour: "fake", shape: .triangle)],
      axis: PlotAxis("samples"), width: 500, summary: "test")
    let check = XMLCheck(svg)
    #expect(check.failure == nil)
    let rectangles = check.elements.filter { $0.name == "rect" }
    let ends = try rectangles.map {
      try #require($0.attributes["x"].flatMap(Double.init)) + #require($0.attributes["width"].flatMap(Double.init))
    }
    try #require(ends.count == 3, "a part of 0 is not drawn")
    for (end, value) in zip(ends, [120.0, 165, 310]) {
      #expect(abs(end - (try place(of: value, axis: "x-axis", in: check))) < 0.1)
    }
    #expect(rectangles.map { $0.attributes["class"] } == ["real bar", "fake bar", "fake bar"])
  }

  @Test func linesBreakWhereAValueIsMissing() throws {
    let svg = SVGPlot.lines(
      [.init("s", points: [(1, 2), (2, 3), (3, .nan), (4, 5), (5, 6)], showsMarks: false)],
      x: PlotAxis("x", isInteger: true),
      y: PlotAxis("y"), marked: 2, size: .init(width: 400, height: 300), summary: "test")
    let check = XMLCheck(svg)
    #expect(check.failure == nil)
    let runs = check.elements.filter { $0.name == "polyline" }
    #expect(runs.count == 2)
    let first = try #require(runs.first?.attributes["points"]?.split(separator: " ").last?.split(separator: ",").first)
    #expect(abs(try #require(Double(first)) - (try place(of: 2, axis: "x-axis", in: check))) < 0.1)
    let marked = try #require(check.elements.first { $0.attributes["class"]?.contains("marked") == true })
    #expect(marked.attributes["x1"] == String(first))
  }

  @Test func hostileTextStaysText() {
    let nasty = "<script>&\"'\u{1}\u{B}]]>"
    let size = SVGPlot.Size(width: 300, height: 200)
    let plots = [
      SVGPlot.scatter(
        [.init(x: 1, y: 1, series: 9, shape: .triangle, title: nasty)], shapes: [(.circle, nasty)],
        notes: [.init(x: 1, y: 1, text: nasty)], x: PlotAxis(nasty), y: PlotAxis(nasty), size: size, summary: nasty),
      SVGPlot.lines(
        [.init(nasty, points: [(0, 0)])], x: PlotAxis(nasty), y: PlotAxis(nasty), size: size, summary: nasty),
      SVGPlot.bars(
        [.init(nasty, [1], note: nasty)], parts: [.init(nasty, colour: nasty)], axis: PlotAxis(nasty), width: 300,
        summary: nasty),
    ]
    for plot in plots {
      let check = XMLCheck(plot)
      #expect(check.failure == nil)
      #expect(!check.elements.contains { $0.name == "script" })
    }
  }

  @Test(arguments: [[], [5], [.nan, .infinity], [1e300, -1e300], [0, 0, 0], [1e-300, 2e-300]] as [[Double]])
  func oddValuesMakeAPlotAllTheSame(values: [Double]) {
    let points = values.map { (x: $0, y: $0) }
    let size = SVGPlot.Size(width: 300, height: 200)
    #expect(
      XMLCheck(SVGPlot.lines([.init("s", points: points)], x: PlotAxis("x"), y: PlotAxis("y"), size: size, summary: ""))
        .failure == nil)
    #expect(
      XMLCheck(
        SVGPlot.bars(
          values.map { .init("b", [$0]) }, parts: [.init("p", colour: "real")], axis: PlotAxis("x"), width: 300,
          summary: "")
      ).failure == nil)
  }

  @Test(arguments: [0...1, 0.5...0.97, 3...8, -250...1_000_000, 0...0.0004, 1999.5...2000.5] as [ClosedRange<Double>])
  func ticksAreRoundEvenAndInsideTheAxis(range: ClosedRange<Double>) throws {
    let scale = PlotScale(
      axis: PlotAxis("x"), values: [range.lowerBound, range.upperBound], ends: (lower: 0, upper: 100))
    #expect((2...8).contains(scale.ticks.count))
    #expect(scale.domain.lowerBound <= range.lowerBound && scale.domain.upperBound >= range.upperBound)
    let step = scale.ticks[1] - scale.ticks[0]
    for (index, tick) in scale.ticks.enumerated() {
      #expect(abs(tick - scale.ticks[0] - Double(index) * step) < 1e-6 * step)
      #expect((-1e-6...100.000001).contains(scale.position(of: tick)))
    }
    let labels = scale.ticks.map(scale.label)
    #expect(Set(labels).count == labels.count, "two ticks with one number: \(labels)")
  }

  @Test func fixedRangesAndWholeNumbersAreKept() {
    let fixed = PlotScale(axis: PlotAxis("x", range: 0...1), values: [0.2, 0.4], ends: (lower: 10, upper: 110))
    #expect(fixed.position(of: 0) == 10 && fixed.position(of: 0.5) == 60 && fixed.position(of: 1) == 110)
    let whole = PlotScale(axis: PlotAxis("k", isInteger: true), values: [2, 3], ends: (lower: 0, upper: 1))
    #expect(whole.ticks == [2, 3])
  }

  @Test func curvesDifferWithoutColour() {
    let series = (0..<6).map { SVGPlot.Series("curve \($0)", points: [(x: 0, y: Double($0)), (x: 1, y: 1)]) }
    let drawing = SVGPlot.lines(
      series, x: PlotAxis(""), y: PlotAxis(""), size: SVGPlot.Size(width: 400, height: 300), summary: "six")
    for dash in 1..<6 { #expect(drawing.ranges(of: "curve dash-\(dash)\"").count == 2, "line and legend") }
  }
}
