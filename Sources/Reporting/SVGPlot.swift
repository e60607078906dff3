/// Plots as stand-alone SVG text: pure functions from values to a picture.
///
/// Colour comes from CSS classes (`series-0` ... `series-6`, `real`, `fake`) and from variables with the Okabe-Ito
/// palette as their default, so that a plot is right by itself and follows the page's light or dark colours
/// inside one. What is not finite is not drawn.
package enum SVGPlot {
  /// Width and height in plot units; one is a CSS pixel when the plot is shown in its own size.
  package struct Size: Sendable {
    package var width: Double
    package var height: Double

    package init(width: Double, height: Double) {
      self.width = width
      self.height = height
    }
  }

  /// Form of a mark; real and fake differ by it as well as by colour.
  package enum Shape: Sendable, Hashable { case circle, triangle }

  /// One entry of a plot's legend.
  struct LegendEntry {
    var text: String
    var symbol: (_ x: Double, _ y: Double) -> String
    /// Plot units from one entry to the next.
    var width: Double { Double(text.count) * 6.6 + 38 }
  }

  /// Number of series colours; a series past it takes the colours again from the first.
  static let colourCount = 7

  /// Class of a series.
  static func seriesClass(_ index: Int) -> String {
    "series-\((index % colourCount + colourCount) % colourCount)"
  }

  /// A plot unit with at most two decimals; far outside the plot, all places are one.
  static func unit(_ value: Double) -> String {
    let hundredths = value.isNaN ? 0 : Int((min(max(value, -1e6), 1e6) * 100).rounded())
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    return "\(sign)\(whole)." + (rest < 10 ? "0\(rest)" : rest.isMultiple(of: 10) ? "\(rest / 10)" : "\(rest)")
  }

  static func text(_ text: String, x: Double, y: Double, anchor: String, class name: String, extra: String = "")
    -> String
  {
    "<text x=\"\(unit(x))\" y=\"\(unit(y))\" text-anchor=\"\(anchor)\" class=\"\(name)\"\(extra)>"
      + "\(Format.escape(text))</text>"
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) -> String {
    "<line x1=\"\(unit(x1))\" y1=\"\(unit(y1))\" x2=\"\(unit(x2))\" y2=\"\(unit(y2))\" class=\"\(name)\"/>"
  }

  /// A filled mark centred on a point; `title` is what pointing at it shows.
  static func mark(
    _ shape: Shape, x: Double, y: Double, radius: Double, class name: String, title: String? = nil, extra: String = ""
  ) -> String {
    let inside = title.map { "<title>\(Format.escape($0))</title>" } ?? ""
    switch shape {
    case .circle:
      return
        "<circle cx=\"\(unit(x))\" cy=\"\(unit(y))\" r=\"\(unit(radius))\" class=\"\(name)\"\(extra)>\(inside)</circle>"
    case .triangle:
      // Equal in area to the circle: an equilateral triangle of circumradius 1.56 r.
      let side = radius * 1.56
      let corners = [(x, y - side), (x + side * 0.866, y + side / 2), (x - side * 0.866, y + side / 2)]
        .map { "\(unit($0)),\(unit($1))" }.joined(separator: " ")
      return "<polygon points=\"\(corners)\" class=\"\(name)\"\(extra)>\(inside)</polygon>"
    }
  }

  /// Wraps a plot's parts; `summary` is read aloud in its place.
  static func document(_ size: Size, summary: String, _ parts: [String]) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(unit(size.width)) \(unit(size.height))" \
    width="\(unit(size.width))" height="\(unit(size.height))" role="img" \
    aria-label="\(Format.escape(summary))" class="plot">
    <style>\(style)</style>
    \(parts.joined(separator: "\n"))
    </svg>
    """
  }

  /// A plot without the variables of a page, which not every program that shows SVG knows.
  static func resolved(_ drawing: String) -> String {
    // Variables stand in the style alone, which comes first: the marks, a hundred times as long, are not looked through.
    let style = drawing.prefix(upTo: drawing.firstRange(of: "</style>")?.lowerBound ?? drawing.endIndex)
    let fixed = style.replacing(/var\(--[a-z0-9-]+,(#[0-9A-Fa-f]+)\)/) { $0.output.1 }
    return String(fixed) + drawing[style.endIndex...]
  }

  /// Source: Okabe and Ito 2008, Color Universal Design (the yellow is left out: it cannot be seen on white).
  private static let style: String = {
    let colours = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000"]
    let series = colours.enumerated().map { index, colour in
      ".plot .series-\(index){fill:var(--series-\(index),\(colour));stroke:var(--series-\(index),\(colour))}"
    }
    return series.joined() + """
      .plot text{font:11px ui-sans-serif,system-ui,sans-serif;fill:var(--ink-soft,#555);stroke:none}\
      .plot .axis-title{font-size:11.5px;fill:var(--ink,#222)}\
      .plot .note{font-size:15px;font-weight:700;fill:var(--ink,#222);\
      stroke:var(--paper,#fff);stroke-width:4px;paint-order:stroke}\
      .plot .ink{stroke:var(--ink-soft,#555);stroke-width:1}\
      .plot .faint{stroke:var(--rule,#ddd);stroke-width:1}\
      .plot .real{fill:var(--real,#0072B2)}.plot .fake{fill:var(--fake,#D55E00)}.plot .on-colour{fill:#fff}\
      .plot .point{stroke:var(--paper,#fff);stroke-width:.6}\
      .plot .curve{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}\
      .plot .bound{fill:none;stroke-width:5;opacity:.28}\
      .plot .neutral{fill:var(--ink-soft,#555);stroke:none}\
      .plot .dash-1{stroke-dasharray:6 4}.plot .dash-2{stroke-dasharray:2 4}\
      .plot .dash-3{stroke-dasharray:9 3 1 3}.plot .dash-4{stroke-dasharray:12 4}.plot .dash-5{stroke-dasharray:5 3 1 3 1 3}
      """
  }()
}
