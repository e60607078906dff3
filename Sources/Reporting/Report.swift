private import Mustache

/// Turns a run's figures into one page of HTML.
package enum Report {
  /// A page, and its plots by themselves.
  package struct Output: Sendable {
    /// One file that opens offline in any browser, asks for nothing, follows light and dark, and prints.
    package var html: String
    package var figures: [Figure]
  }

  /// One plot, as an SVG document that is right by itself.
  package struct Figure: Sendable {
    /// Without extension.
    package var name: String
    package var svg: String
  }

  /// The report on a run.
  ///
  /// All text is escaped. Pictures stand inside the page, up to ``pictureBytes`` in all, those of one cluster never at the
  /// cost of another's; a map without script shows at most ``mapPoints`` points. The page says how many of either were left
  /// out. The same model and library give the same bytes.
  ///
  /// - Parameters:
  ///   - library: what the map is drawn with; without it the page has plots alone, and says what brings it.
  ///   - sections: anchors of the sections wanted, or what these begin with before a hyphen; empty for all.
  /// - Throws: ``ReportingError/section(_:known:)`` for a section that the report has not.
  package static func output(
    _ model: ReportModel, library: ScriptLibrary? = nil, sections: [String] = []
  ) throws(ReportingError) -> Output {
    var page = try ReportBuilder(model, library: library).page()
    try page.keep(sections)
    return Output(
      html: try html(page),
      figures: page.sections.flatMap(\.blocks).flatMap { $0.plots?.drawings ?? [] }
        .map { Figure(name: $0.file, svg: SVGPlot.resolved($0.drawing)) })
  }

  /// The page about an audit, made the same way and with the same promises.
  package static func html(_ model: AuditReport) throws(ReportingError) -> String { try html(model.page) }

  /// The page about shortcuts alone, for data that no pipeline has run over.
  package static func html(shortcutsOf model: ReportModel) throws(ReportingError) -> String {
    try html(ReportBuilder(model, library: nil).shortcutPage)
  }

  private static func html(_ page: ReportPage) throws(ReportingError) -> String {
    do {
      let library = MustacheLibrary(templates: ["image": try MustacheTemplate(string: ReportTemplate.image)])
      return try MustacheTemplate(string: ReportTemplate.page).render(page, library: library)
    } catch {
      throw ReportingError.template("\(error)")
    }
  }

  /// Most bytes of single pictures that a page carries; in the page they take a third more.
  package static let pictureBytes = 1_500_000

  /// Most points of a map that is a plot.
  package static let mapPoints = 3000
}

/// A report that could not be written.
package enum ReportingError: Error, CustomStringConvertible, Sendable {
  case template(String)
  case compression(String)
  case section(String, known: [String])

  package var code: String {
    switch self {
    case .template: "bad-template"
    case .compression: "compression"
    case .section: "no-section"
    }
  }

  package var description: String {
    switch self {
    case .template(let reason):
      "the report's own template cannot be read: \(reason). Please report this as a defect of dfprep."
    case .compression(let reason): "the map cannot be compressed: \(reason). Is there memory left?"
    case .section(let name, let known):
      "this report has no section '\(name)'; it has \(known.joined(separator: ", "))"
    }
  }
}
