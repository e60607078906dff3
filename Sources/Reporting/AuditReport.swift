/// What an audit found, as its page shows it: a section for each thing that was looked at.
package struct AuditReport: Sendable {
  package enum Block: Sendable {
    /// A heading that starts with `#` stands over numbers.
    case table(headings: [String], rows: [[String]])
    case links([CrossingLink])
    case remark(String)
  }

  package struct Section: Sendable {
    package var anchor: String
    package var heading: String
    package var lead: String?
    package var blocks: [Block]

    package init(anchor: String, heading: String, lead: String? = nil, blocks: [Block]) {
      (self.anchor, self.heading, self.lead, self.blocks) = (anchor, heading, lead, blocks)
    }
  }

  package var title: String
  /// What was audited, above the title.
  package var kind: String
  /// In red, at the top.
  package var warnings: [String]
  /// Numbers large enough to be read from across the table, with their names.
  package var figures: [(value: Int, name: String)]
  package var sections: [Section]
  /// What links show by index.
  package var pictures: [ReportModel.Picture]

  package init(
    title: String, kind: String = "Audit of a split", warnings: [String], figures: [(value: Int, name: String)],
    sections: [Section], pictures: [ReportModel.Picture] = []
  ) {
    (self.title, self.kind, self.warnings, self.figures) = (title, kind, warnings, figures)
    (self.sections, self.pictures) = (sections, pictures)
  }

  var page: ReportPage {
    let sections = sections.map { section in
      ReportPage.Section(
        anchor: section.anchor, heading: Format.printable(section.heading), lead: section.lead.map(Format.printable),
        blocks: section.blocks.map(block))
    }
    return ReportPage(
      title: Format.printable(title), kind: Format.printable(kind), pipeline: nil, caveat: nil,
      generatedBy: "by dfprep",
      numerics: [], warnings: warnings.map(Format.printable),
      figures: figures.map { ReportPage.KeyFigure(value: Format.count($0.value), name: $0.name) },
      sections: sections, policy: PageScript.policy([]), scripts: [])
  }

  private func block(_ block: Block) -> ReportPage.Block {
    switch block {
    case .table(let headings, let rows):
      let isNumber = headings.map { $0.hasPrefix("#") }
      func cell(_ text: String, _ column: Int) -> ReportPage.Cell {
        isNumber[column] ? .number(Int(text).map(Format.count) ?? text) : .text(text)
      }
      return ReportPage.Block(
        table: ReportPage.Table(
          isNarrow: rows.allSatisfy { $0.joined().count < 60 },
          headings: headings.map { $0.hasPrefix("#") ? .number(String($0.dropFirst())) : .text($0) },
          rows: rows.map { row in ReportPage.Row(cells: row.enumerated().map { cell($1, $0) }) }))
    case .links(let links):
      return ReportPage.Block(links: links) { indices in
        indices.filter(pictures.indices.contains).map { ReportPage.Image(pictures[$0]) }
      }
    case .remark(let text): return ReportPage.Block(remark: Format.printable(text))
    }
  }
}
