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

  /// - Parameter name: one dataset; all of them unless given.
  package init(name: String?) throws {
    guard let file = Project.catalogueFile(near: nil) else {
      throw ToolError(.badConfiguration, "there is no datasets.toml in this folder or above it")
    }
    let catalogue = try Project.loadCatalogue(file)
    let declarations: [DatasetDeclaration]
    do { declarations = try name.map { [try catalogue.declaration(named: $0)] } ?? catalogue.declarations } catch {
      throw ToolError(.usage, "\(error)")
    }
    isNamed = name != nil
    datasets = declarations.map { declaration in
      do {
        var scan = try DatasetReaders.scan(declaration)
        scan.findEmptyFiles()
        return Entry(name: declaration.name, summary: DatasetSummary(scan, declaration: declaration))
      } catch { return Entry(name: declaration.name, error: "\(error)") }
    }
  }

  /// The tables to print. Of a dataset asked for by name that cannot be read, ``check()`` says it all.
  package var lines: [String] {
    datasets.flatMap { entry in
      guard let summary = entry.summary else {
        return isNamed ? [] : ["\(entry.name)", "  cannot be read: \(entry.error ?? "")", ""]
      }
      let width = summary.rows.map(\.name.count).max() ?? 0
      return [entry.name]
        + summary.rows.map { "  " + $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.value } + [
          ""
        ]
    }
  }

  /// - Throws: ``ToolError`` with status 69 when the dataset asked for by name, or every dataset, is not there.
  package func check() throws {
    guard datasets.allSatisfy({ $0.summary == nil }) else { return }
    throw ToolError(
      .missing, isNamed ? datasets.first?.error ?? "" : "none of the datasets of datasets.toml can be read")
  }

  /// What a scan found wrong, in words, for the record of a run.
  static func problems(_ scan: DatasetScan) -> [String] {
    scan.problems.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }
      + scan.missing.map { "\($0): named by the dataset's lists, not there" }
      + scan.unexpected.map { "\($0): there without a label" }
  }
}
