internal import Datasets
private import Decoding
internal import Engine
private import Foundation
internal import Records
internal import Shortcuts

/// What tells the classes apart besides the forgery: of a run, or of a dataset before anything is made of it.
package struct ShortcutSurvey: Codable, Sendable {
  /// Of the files, by their headers.
  var sources: ShortcutAudit
  /// Of the crops; `nil` before there are any.
  var crops: ShortcutAudit?
  /// Sources whose header could not be read, with the reason.
  package var unreadable: [String] = []

  /// Audits what a run has: the facts that its workers wrote down, and the records of its crops.
  init(_ inputs: TableInputs) throws {
    var facts: [String: [JSONValue?]] = [:]
    for outcome in try inputs.outcomes() {
      // A family's sources are of the dataset that its name begins with.
      let dataset = outcome.name.prefix { $0 != "/" }
      for source in outcome.sources { facts["\(dataset)/\(source.path)"] = SourceFacts.row(source.facts) }
    }
    let seed = inputs.pipeline.seed
    sources = try ShortcutAudit(ShortcutTables.sources(inputs.families, facts: facts), seed: seed)
    crops = try ShortcutAudit(ShortcutTables.crops(inputs.samples()), seed: seed)
  }

  /// Audits what the path holds: a run's folder or pipeline file, the folder of a dataset of any layout, or a dataset of
  /// datasets.toml by its name. Of the last two, all sources count as for training.
  ///
  /// - Throws: ``ToolError`` with status 64 when it is none of these.
  package init(path: String) throws {
    let url = URL(filePath: path)
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if ["yaml", "yml"].contains(url.pathExtension) || (isThere && FileSystem.exists(RunFolder(root: url).record)) {
      try self.init(TableInputs(Project.runFolder(path).readRecord().inputs))
      return
    }
    let declaration: DatasetDeclaration
    do {
      if isFolder.boolValue {
        let found = try FoundDatasets(in: path).declarations
        declaration =
          found.count == 1
          ? found[0]
          : DatasetDeclaration(
            name: url.lastPathComponent, layout: "folder", root: url.standardizedFileURL.path(percentEncoded: false))
      } else {
        guard !isThere, let file = Project.catalogueFile(near: nil) else {
          throw ToolError(
            .usage, "\(path) is no run, no folder of a dataset, and there is no datasets.toml to name it")
        }
        declaration = try Project.loadCatalogue(file).declaration(named: path)
      }
      try self.init(DatasetReaders.scan(declaration).sources, roots: [declaration.name: declaration.root])
    } catch let error as DatasetsError { throw ToolError(.usage, "\(path): \(error)") }
  }

  /// Audits sources, opening each file's header.
  init(_ sources: [Source], roots: [String: String], seed: UInt64 = 0) throws {
    let training = sources.map { source in
      var source = source
      source.role = .train
      return source
    }
    // Opening a file is most of the work, and waiting for it much of that.
    let opened = ParallelBlocks.map(of: 256, in: training.count) { block in
      training[block].map { source in
        Result {
          SourceFacts.row(
            SourceFacts.facts(of: try VideoProperties(source, roots: roots), bytes: try source.bytes(roots)))
        }
      }
    }
    var facts: [String: [JSONValue?]] = [:]
    for (source, result) in zip(training, opened.joined()) {
      do { facts[source.name] = try result.get() } catch { unreadable.append("\(error)") }
    }
    self.sources = try ShortcutAudit(
      ShortcutTables.sources(Family.families(of: training), facts: facts), seed: seed)
  }
}

extension ShortcutSurvey {
  /// A table for the terminal.
  package struct Section: Sendable {
    package var title: String
    package var rows: [[String]]
    package var notes: [String]
  }

  /// Headings of the rows of ``sections``.
  package static let header = ["variable", "read as", "AUC", "95 %", "bits", "groups", "real", "fake", "what to do"]

  /// Strongest first, the sources before the crops.
  package var sections: [Section] {
    var result = [Section("Files", sources, ShortcutMeasure.sources)]
    if !unreadable.isEmpty {
      result[0].notes.append("\(unreadable.count) sources could not be read, the first: \(unreadable[0])")
    }
    if let crops { result.append(Section("Crops", crops, ShortcutMeasure.crops)) }
    return result
  }

  /// One line for each part: what is warned of, or the strongest variable.
  var summary: [String] {
    [Self.line("files", sources)] + (crops.map { [Self.line("crops", $0)] } ?? [])
  }

  private static func line(_ what: String, _ audit: ShortcutAudit) -> String {
    let warnings = audit.warnings()
    guard let first = warnings.first ?? audit.variables.first, first.areaUnderCurve != nil else {
      return "\(what): \(audit.remarks.first ?? "nothing varies")"
    }
    let text = "\(first.name) alone has AUC \(areaText(first)) \(intervalText(first.interval))".trimmed
    if warnings.isEmpty {
      return audit.doubts().isEmpty
        ? "\(what): no shortcut seen; strongest: \(text)"
        : "\(what): perhaps a shortcut: \(text); \(first.realGroups) groups with reals and \(first.fakeGroups) with fakes "
          + "are too few to be sure of more than \(ShortcutAudit.warningLimit)"
    }
    let more = warnings.count > 1 ? ", and \(warnings.count - 1) more" : ""
    return "\(what): warning: \(text)\(more) tell fakes from reals: \(difference(first)); see docs/shortcuts.md"
  }

  /// Why a gate fails; `nil` where nothing that a detector can see is above `limit`.
  ///
  /// - Parameter limit: what the lower end of an interval may not exceed; 1 lets everything pass.
  func failedGate(limit: Double) -> String? {
    var reasons: [String] = []
    func judge(_ what: String, _ audit: ShortcutAudit?, _ measures: [ShortcutMeasure]) {
      let unseen = Set(measures.filter { !$0.isSeen }.map(\.name))
      let single = audit?.variables.filter { $0.exceeds(limit) && !unseen.contains($0.name) } ?? []
      reasons += single.map { finding in
        "  \(what): \(finding.name), AUC \(Self.areaText(finding)) \(Self.intervalText(finding.interval)), "
          + "\(Self.difference(finding)): \(Self.advice(finding, measures))"
      }
    }
    judge("files", sources, ShortcutMeasure.sources)
    judge("crops", crops, ShortcutMeasure.crops)
    if let together = crops?.together, together.exceeds(limit) {
      reasons.append(
        "  crops: all variables together, AUC \(Self.areaText(together)) \(Self.intervalText(together.interval))")
    }
    guard !reasons.isEmpty else { return nil }
    return "\(reasons.count) shortcuts tell fakes from reals with an AUC surely above \(limit) "
      + "(`gates: {shortcuts: ...}`):\n\(reasons.joined(separator: "\n"))"
  }

  /// - Throws: ``ToolError`` with status 4 when a gate of `limit` fails.
  package func check(limit: Double) throws {
    if let reason = failedGate(limit: limit) { throw ToolError(.gateFailed, reason) }
  }

  /// What to do, by name of what is warned of, or would be if more groups confirmed it.
  static func advice(_ audit: ShortcutAudit, _ measures: [ShortcutMeasure]) -> [String: String] {
    let warned = audit.warnings().map { ($0.name, advice($0, measures)) }
    let doubted = audit.doubts().map { ($0.name, "too few groups to be sure; if it holds: \(advice($0, measures))") }
    return Dictionary(warned + doubted) { first, _ in first }
  }

  private static func advice(_ finding: ShortcutFinding, _ measures: [ShortcutMeasure]) -> String {
    // `has yaw, roll` asks for what `yaw` does.
    let measure = measures.first {
      $0.name == finding.name || finding.kind == .presence && finding.name.hasPrefix("has \($0.name)")
    }
    return measure?.advice ?? "see docs/shortcuts.md"
  }

  static func areaText(_ finding: ShortcutFinding) -> String {
    finding.areaUnderCurve.map { String(format: "%.3f", $0) } ?? "-"
  }

  static func intervalText(_ interval: ShortcutInterval?) -> String {
    interval.map { String(format: "(%.3f ... %.3f)", $0.low, $0.high) } ?? ""
  }

  /// `real: jpeg, fake: png`.
  static func difference(_ finding: ShortcutFinding) -> String {
    "real \(finding.reals.text), fake \(finding.fakes.text)"
  }
}

extension ShortcutSurvey.Section {
  init(_ what: String, _ audit: ShortcutAudit, _ measures: [ShortcutMeasure]) {
    title = "\(what): \(audit.items) in \(audit.realGroups) groups with reals, \(audit.fakeGroups) with fakes"
    let advice = ShortcutSurvey.advice(audit, measures)
    rows = (audit.variables + [audit.together, audit.control].compactMap(\.self)).map { finding in
      let isSingle = finding.kind != .together
      return [
        finding.name, finding.direction.map(\.rawValue) ?? finding.kind.rawValue,
        ShortcutSurvey.areaText(finding), ShortcutSurvey.intervalText(finding.interval),
        isSingle ? String(format: "%.2f", finding.bits) : "", "\(finding.realGroups)+\(finding.fakeGroups)",
        isSingle ? finding.reals.text : "", isSingle ? finding.fakes.text : "",
        advice[finding.name] ?? "",
      ]
    }
    notes = audit.remarks
    if !audit.constant.isEmpty { notes.append("the same everywhere: \(audit.constant.joined(separator: ", "))") }
  }
}

extension String {
  fileprivate var trimmed: String { hasSuffix(" ") ? String(dropLast()) : self }
}
