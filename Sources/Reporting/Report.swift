private import Mustache

/// Turns a run's figures into one page of HTML.
package enum Report {
  /// The page: one file that opens offline in any browser, asks for nothing, follows light and dark, and prints.
  ///
  /// All text is escaped. Pictures stand inside the page, up to ``pictureBytes`` in all, those of one cluster never at
  /// the cost of another's; a map shows at most ``mapPoints`` points. The page says how many of either were left out.
  /// The same model gives the same bytes.
  package static func html(_ model: ReportModel) throws(ReportingError) -> String {
    try html(ReportBuilder(model).page())
  }

  /// The page about an audit, made the same way and with the same promises.
  package static func html(_ model: AuditReport) throws(ReportingError) -> String { try html(model.page) }

  private static func html(_ page: ReportPage) throws(ReportingError) -> String {
    do {
      let library = MustacheLibrary(templates: ["image": try MustacheTemplate(string: ReportTemplate.image)])
      return try MustacheTemplate(string: ReportTemplate.page).render(page, library: library)
    } catch {
      throw ReportingError.template("\(error)")
    }
  }

  /// Most bytes of JPEG that a page carries; in the page they take a third more.
  package static let pictureBytes = 6_000_000

  /// Most points that a map shows.
  package static let mapPoints = 3000
}

/// A report that could not be written.
package enum ReportingError: Error, CustomStringConvertible, Sendable {
  case template(String)

  package var code: String { "bad-template" }
  package var description: String {
    switch self {
    case .template(let reason):
      "the report's own template cannot be read: \(reason). Please report this as a defect of dfprep."
    }
  }
}
