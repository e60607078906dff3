private import Foundation
private import Records

/// What the template reads: text ready to be escaped, plots and pictures ready to be embedded.
///
/// The template looks values up by name and, where one is absent, in what lies around it: hence no name comes twice.
struct ReportPage {
  var title: String
  /// What kind of page it is, above the title.
  var kind: String
  /// Name of the pipeline; `nil` for a page about something else.
  var pipeline: String?
  var caveat: String?
  var generatedBy: String
  var numerics: [String]
  var warnings: [String]
  var figures: [KeyFigure]
  var sections: [Section]
  var style = PageStyle.css
  var policy: String
  var scripts: [Script]

  /// A number large enough to be read from across the table.
  struct KeyFigure {
    var value: String
    var name: String
  }

  struct Section {
    var anchor: String
    var heading: String
    var lead: String?
    var blocks: [Block]
  }

  struct Script {
    var body: String
  }

  /// One part of a section; exactly one of the values is there.
  struct Block {
    var explorer: Explorer?
    var table: Table?
    var plots: Plots?
    var gallery: [Card]?
    var pairs: [Pair]?
    var links: [Link]?
    var listing: String?
    var remark: String?
  }

  /// The map that script draws; see ``MapPayload``.
  struct Explorer {
    var header: String
    var columns: String
    var sheets: [Sheet]
  }

  struct Sheet {
    /// JPEG in base64.
    var picture: String
  }

  /// Plots side by side, where there is room.
  struct Plots {
    var drawings: [Plot]
    /// More of them in a row.
    var isSmall = false
  }

  struct Table {
    /// Only as wide as its numbers.
    var isNarrow: Bool
    var headings: [Cell]
    var rows: [Row]
    /// In small below it.
    var tableNote: String?
  }

  struct Row {
    var cells: [Cell]
  }

  /// One cell; `style` is a CSS class.
  struct Cell {
    var text: String
    var style: String
    /// In small under it.
    var share: String?
    /// How strongly the cell is tinted, 0 ... 100.
    var tint: String?

    static func text(_ text: String) -> Cell { Cell(text: Format.printable(text), style: "") }
    static func list(_ counts: [ReportModel.Count]) -> Cell {
      Cell(text: Format.printable(Format.counts(counts)), style: "list")
    }
    static func code(_ text: String) -> Cell { Cell(text: Format.printable(text), style: "code") }
    static func number(_ text: String) -> Cell { Cell(text: text, style: "number") }
    static func number(_ value: Int) -> Cell { number(Format.count(value)) }
    static func bad(_ text: String) -> Cell { Cell(text: Format.printable(text), style: "bad") }
    static func good(_ text: String) -> Cell { Cell(text: text, style: "good") }
  }

  struct Plot {
    /// Name of the plot's own file, without extension.
    var file: String
    /// A stand-alone SVG document.
    var drawing: String
    var caption: String
    var isWide: Bool
    /// Whether a map that script draws takes its place.
    var isStandIn = false
  }

  /// A cluster.
  struct Card {
    var cardTitle: String
    var cardText: String
    /// Share of fakes, 0 ... 100.
    var fakePercent: String
    var methods: String?
    var montages: [Montage]
  }

  struct Montage {
    var montageTitle: String
    var images: [Image]
  }

  /// A made sample and its parents.
  struct Pair {
    var operation: String
    var before: [Image]
    var after: [Image]
  }

  /// What two sides of a split have in common.
  struct Link {
    var linkTitle: String
    var linkKind: String
    /// `hard` or `soft`.
    var strength: String
    var words: String
    var linkSides: [LinkSide]
  }

  struct LinkSide {
    var sideTitle: String
    /// None, or one row of them.
    var sidePictures: [Thumbs]
    var sideVideos: [VideoLine]
  }

  struct Thumbs {
    var thumbs: [Image]
  }

  struct VideoLine {
    var videoName: String
  }

  struct Image {
    /// A data URI.
    var address: String
    var key: String
    /// `real` or `fake`.
    var labelName: String
  }
}

extension ReportPage {
  /// Takes away all sections but those that `wanted` names: by their anchors, or by what these begin with.
  mutating func keep(_ wanted: [String]) throws(ReportingError) {
    for name in wanted where !sections.contains(where: { $0.isNamed(name) }) {
      throw ReportingError.section(name, known: sections.map(\.anchor))
    }
    guard !wanted.isEmpty else { return }
    sections.removeAll { section in !wanted.contains(where: section.isNamed) }
    // Only the map has script; without it, D3 would be most of a page of tables.
    guard !sections.flatMap(\.blocks).contains(where: { $0.explorer != nil }) else { return }
    (scripts, policy) = ([], PageScript.policy([]))
  }
}

extension ReportPage.Image {
  init(_ picture: ReportModel.Picture) {
    self.init(
      address: "data:image/jpeg;base64,\(picture.jpeg.base64EncodedString())", key: Format.printable(picture.key),
      labelName: picture.label.name)
  }
}

extension ReportPage.Section {
  fileprivate func isNamed(_ name: String) -> Bool { anchor == name || anchor.hasPrefix("\(name)-") }
}
