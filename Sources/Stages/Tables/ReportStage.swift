package import Engine
package import Foundation
private import Records
internal import Reporting

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
  package static let version = 3
  package static let summary =
    "One self-contained HTML page: a map of all samples, counts, clusters, folds, training curves, evaluation; and its plots as SVG."
  package static let reads: [ProductRequirement] = [
    .optional(.history), .optional(.shortcuts), .optional(.links), .optional(.clusters), .optional(.folds),
    .optional(.hardness), .optional(.probes), .optional(.models), .optional(.predictions),
  ]
  package static let writes: ProductKind? = nil
  package static let publishesTo: String? = "report"
  let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    let model = try ReportBuilder(inputs, note: options.note, withPictures: options.pictures).build()
    let library = ScriptLibrary.installed
    let page = try Report.output(model, library: library)
    try Data(page.html.utf8).write(to: output.appending(path: "index.html"))
    let figures = output.appending(path: ReportTool.figures)
    try FileSystem.makeFolder(figures)
    for figure in page.figures { try Data(figure.svg.utf8).write(to: figures.appending(path: "\(figure.name).svg")) }
    return TableOutcome(
      summary: ["report/index.html, \(page.html.utf8.count >> 10) KiB, \(page.figures.count) plots in report/figures"]
        + (library == nil ? [ScriptLibrary.remedy] : []) + (model.caveat.map { [$0] } ?? []))
  }
}

/// The verb `report`.
package struct ReportTool {
  /// Folder of the plots, beside the page.
  static let figures = "figures"

  /// What the report is to hold, and where it is to go.
  package struct Request: Sendable {
    /// Names of sections; empty for the whole report.
    package var sections: [String]
    package var withPictures: Bool
    /// Whether the plots are wanted as PNG, too.
    package var withPNG: Bool
    /// Path of the page; in the run's folder unless given.
    package var output: String?

    package init(sections: [String] = [], withPictures: Bool = true, withPNG: Bool = false, output: String? = nil) {
      (self.sections, self.withPictures, self.withPNG, self.output) = (sections, withPictures, withPNG, output)
    }
  }

  /// Path of the page.
  package let page: String
  /// What people should know of it.
  package let remarks: [String]

  /// Writes the report of a run again from what its record names.
  ///
  /// The whole report, unless it goes elsewhere, takes the place of the one that the run wrote, with its plots; one of some
  /// sections is called by them.
  ///
  /// - Throws: ``ToolError``: 64 for a section that the report has not, 69 where PNG is asked for and nothing can write it.
  package init(_ run: RunFolder, _ request: Request) throws {
    var inputs = try run.readRecord().inputs
    inputs.history.removeAll { $0.name == ReportStage.name }
    // Options are checked, with defaults filled in, before they are written down.
    let entry = inputs.pipeline.stages.last { $0.name == ReportStage.name }
    let options = try entry.map {
      try JSONDecoder().decode(ReportStage.Options.self, from: CanonicalJSON.data($0.options))
    }
    let library = ScriptLibrary.installed
    // What a pipeline forbids for a licence, no flag allows.
    let withPictures = request.withPictures && options?.pictures ?? true
    let model = try ReportBuilder(
      TableInputs(inputs), note: options?.note ?? "", withPictures: withPictures, folder: run.root
    ).build()
    let output: Report.Output
    do { output = try Report.output(model, library: library, sections: request.sections) } catch {
      if case .section(let name, let known) = error {
        let nearest = nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw ToolError(.usage, "\(error)\(nearest)")
      }
      throw error
    }
    let name = request.sections.isEmpty ? "index" : request.sections.joined(separator: "-")
    let file = request.output.map { URL(filePath: $0) } ?? run.root.appending(path: "report/\(name).html")
    try FileSystem.makeFolder(file.deletingLastPathComponent())
    try FileSystem.write(Data(output.html.utf8), to: file)
    if request.output == nil || request.withPNG {
      try Self.write(
        output.figures, to: file.deletingLastPathComponent().appending(path: Self.figures), withPNG: request.withPNG)
    }
    page = file.path(percentEncoded: false)
    remarks = library == nil && model.map != nil ? [ScriptLibrary.remedy] : []
  }

  private static func write(_ figures: [Report.Figure], to folder: URL, withPNG: Bool) throws {
    try FileSystem.makeFolder(folder)
    for figure in figures {
      let file = folder.appending(path: "\(figure.name).svg")
      try FileSystem.write(Data(figure.svg.utf8), to: file)
      guard withPNG else { continue }
      let picture = folder.appending(path: "\(figure.name).png")
      try run(
        "rsvg-convert",
        ["--zoom=2", "--background-color=white", "--output=\(picture.path(percentEncoded: false))"]
          + [file.path(percentEncoded: false)], missing: "PNG needs rsvg-convert: install Debian's package librsvg2-bin"
      )
    }
  }

  /// Shows the page in whatever this machine opens pages with.
  package func open() throws {
    try Self.run("xdg-open", [page], missing: "xdg-open is not there; open \(page) in a browser")
  }

  private static func run(_ program: String, _ arguments: [String], missing: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    // 127 is what env says of a program that it does not find.
    if process.terminationStatus == 127 { throw ToolError(.missing, missing) }
    guard process.terminationStatus == 0 else {
      throw ToolError(.failed, "\(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
    }
  }
}

extension ScriptLibrary {
  /// Where Debian's node-d3 keeps it.
  private static let file = "/usr/share/nodejs/d3/dist/d3.min.js"
  private static let licence = "/usr/share/doc/node-d3/copyright"

  /// The one on this machine, if any that serves.
  static var installed: ScriptLibrary? {
    // A file that is not there is no library; a licence that is not there is named by the library itself.
    guard let source = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    return ScriptLibrary(source: source, licence: try? String(contentsOfFile: licence, encoding: .utf8))
  }
}
