package import Engine
package import Foundation
private import Records
private import Reporting

/// `report`: everything of a run that people look at, in one HTML file.
package struct ReportStage: TableStage {
  package struct Options: StageOptions {
    package var note = ""
    package var pictures = true
    package init() {}

    package static let fields = [
      OptionField("note", .text, "A sentence that the report begins with; `{families}` stands for their number."),
      OptionField("pictures", .bool, "Shows crops of faces; false where a licence forbids it."),
    ]
  }

  package static let name = "report"
  package static let version = 1
  package static let summary = "One self-contained HTML page: counts, clusters, folds, training curves, evaluation."
  package static let reads: [ProductRequirement] = [
    .optional(.history), .optional(.shortcuts), .optional(.features), .optional(.links), .optional(.clusters),
    .optional(.folds), .optional(.hardness),
    .optional(.models), .optional(.predictions),
  ]
  package static let writes: ProductKind? = nil
  package static let publishesTo: String? = "report"
  let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    let model = try ReportBuilder(inputs, note: options.note, withPictures: options.pictures).build()
    let html = try Report.html(model)
    try Data(html.utf8).write(to: output.appending(path: "index.html"))
    return TableOutcome(
      summary: ["report/index.html, \(html.utf8.count >> 10) KiB"] + (model.caveat.map { [$0] } ?? []))
  }
}

/// The verb `report`.
package enum ReportTool {
  /// Writes the report of a run again from what its record names.
  ///
  /// - Returns: the path of the page.
  package static func rewrite(_ run: RunFolder, withPictures: Bool) throws -> String {
    var inputs = try run.readRecord().inputs
    inputs.history.removeAll { $0.name == ReportStage.name }
    let entry = inputs.pipeline.stages.last { $0.name == ReportStage.name }
    var note = ""
    if case .string(let text)? = entry?.options["note"] { note = text }
    let html = try Report.html(
      ReportBuilder(TableInputs(inputs), note: note, withPictures: withPictures).build())
    let page = run.root.appending(path: "report/index.html")
    try FileSystem.makeFolder(page.deletingLastPathComponent())
    try FileSystem.write(Data(html.utf8), to: page)
    return page.path(percentEncoded: false)
  }
}
