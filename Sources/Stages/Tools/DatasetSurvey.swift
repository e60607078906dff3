internal import Datasets
private import Engine
private import Foundation

/// What datasets.toml points at: the verb `datasets`.
package struct DatasetSurvey {
  /// A dataset, or why it cannot be read.
  package struct Entry: Codable, Sendable {
    package var name: String
    var summary: DatasetSummary?
    package var error: String?
  }

  package let datasets: [Entry]
  private let isNamed: Bool
  private var others: [String] = []

  /// - Parameter name: one dataset of datasets.toml, or a folder, whose layout is then told from what it holds; all of
  ///   datasets.toml unless given.
  /// - Throws: ``ToolError`` with status 64 when it is neither, 69 when nothing in a folder is of a known layout.
  package init(name: String?) throws {
    if let name, let found = try Self.found(name) {
      guard !found.declarations.isEmpty else {
        throw ToolError(
          .missing,
          "\(name) holds no dataset of a known layout, nor do the folders in it; `[\(URL(filePath: name).lastPathComponent)]` "
            + "in datasets.toml says what it is (layouts: \(DatasetReaders.layouts.joined(separator: ", ")))")
      }
      isNamed = found.declarations.count == 1
      others = found.others
      datasets = found.declarations.map(Self.entry)
      return
    }
    guard let file = Project.catalogueFile(near: nil) else {
      throw ToolError(.badConfiguration, "there is no datasets.toml in this folder or above it")
    }
    let catalogue = try Project.loadCatalogue(file)
    let declarations: [DatasetDeclaration]
    do { declarations = try name.map { [try catalogue.declaration(named: $0)] } ?? catalogue.declarations } catch {
      throw ToolError(.usage, "\(error)")
    }
    isNamed = name != nil
    datasets = declarations.map(Self.entry)
  }

  /// What a folder holds; `nil` for what is no folder, or the name of a declared dataset.
  private static func found(_ name: String) throws -> FoundDatasets? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue else { return nil }
    if let file = Project.catalogueFile(near: nil),
      try Project.loadCatalogue(file).declarations.contains(where: { $0.name == name })
    {
      return nil
    }
    do { return try FoundDatasets(in: name) } catch { throw ToolError(.missing, "\(error)") }
  }

  private static func entry(_ declaration: DatasetDeclaration) -> Entry {
    do {
      var scan = try DatasetReaders.scan(declaration)
      scan.findEmptyFiles()
      return Entry(name: declaration.name, summary: DatasetSummary(scan, declaration: declaration))
    } catch { return Entry(name: declaration.name, error: "\(error)") }
  }

  /// The tables to print. Of a dataset asked for by name that cannot be read, ``check()`` says it all.
  package var lines: [String] {
    let found = datasets.flatMap { entry -> [String] in
      guard let summary = entry.summary else {
        return isNamed ? [] : ["\(entry.name)", "  cannot be read: \(entry.error ?? "")", ""]
      }
      let width = summary.rows.map(\.name.count).max() ?? 0
      return [entry.name]
        + summary.rows.map { "  " + $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.value } + [
          ""
        ]
    }
    return found + (others.isEmpty ? [] : ["of no known layout: \(others.joined(separator: ", "))"])
  }

  /// - Throws: ``ToolError`` with status 69 when the dataset asked for by name, or every dataset, is not there.
  package func check() throws {
    guard datasets.allSatisfy({ $0.summary == nil }) else { return }
    throw ToolError(
      .missing, isNamed ? datasets.first?.error ?? "" : "none of the datasets can be read")
  }

  /// What a scan found wrong, in words, for the record of a run.
  static func problems(_ scan: DatasetScan) -> [String] {
    scan.problems.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }
      + scan.missing.map { "\($0): named by the dataset's lists, not there" }
      + scan.unexpected.map { "\($0): there without a label" }
  }
}
