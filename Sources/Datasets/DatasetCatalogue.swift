package import Foundation
private import TOMLKit

/// datasets.toml: what datasets there are, and where they lie.
package struct DatasetCatalogue: Sendable {
  /// Sorted by name.
  package let declarations: [DatasetDeclaration]

  /// Reads and checks the file; nothing is looked for on disk.
  ///
  /// - Parameter environment: values for `${NAME}` and `${NAME:-default}` in roots.
  /// - Throws: ``DatasetsError`` with every fault of the file, one per line.
  package static func load(from url: URL, environment: [String: String]) throws(DatasetsError) -> DatasetCatalogue {
    let path = url.path(percentEncoded: false)
    let text: String
    do { text = try String(contentsOf: url, encoding: .utf8) } catch {
      throw DatasetsError(
        code: .unreadable, message: "\(path) cannot be read as UTF-8 text: \(error.localizedDescription)")
    }
    let root: TOMLTable
    do { root = try TOMLTable(string: text) } catch let error as TOMLParseError {
      let place = error.source.begin
      throw DatasetsError(
        code: .badSyntax, message: "\(path):\(place.line):\(place.column): error: \(error.description)")
    } catch {
      throw DatasetsError(code: .badSyntax, message: "\(path): error: \(error)")
    }

    var faults: [String] = []
    var declarations: [DatasetDeclaration] = []
    for name in root.keys.sorted() {
      guard let table = root[name]?.table else {
        faults.append("\(url.lastPathComponent): '\(name)' stands outside a dataset; write it below a line [name]")
        continue
      }
      var parser = DeclarationParser(name: name, table: table, environment: environment)
      if let declaration = parser.parse(folder: url.deletingLastPathComponent()) { declarations.append(declaration) }
      faults += parser.faults.map { "\(url.lastPathComponent): [\(name)] \($0)" }
    }
    guard faults.isEmpty else {
      throw DatasetsError(code: .badDeclaration, message: faults.joined(separator: "\n"))
    }
    return DatasetCatalogue(declarations: declarations)
  }

  /// - Throws: ``DatasetsError`` with the nearest name.
  package func declaration(named name: String) throws(DatasetsError) -> DatasetDeclaration {
    if let found = declarations.first(where: { $0.name == name }) { return found }
    throw DatasetsError(
      code: .unknownDataset,
      message: "datasets.toml has no dataset '\(name)'\(Nearest.hint(for: name, among: declarations.map(\.name)))")
  }
}
