private import Records

/// Reads one layout of folders and lists, as a dataset is published in it.
package protocol DatasetReader: SendableMetatype {
  /// Name of the layout in datasets.toml.
  static var layout: String { get }
  /// Keys of datasets.toml that only this layout has.
  static var options: [String] { get }
  /// What a root of this layout holds, for messages.
  static var holds: String { get }

  /// Lists a root that is there. Labels in the result are 1 = fake, whatever the dataset's own lists say.
  static func scan(_ declaration: DatasetDeclaration) throws(DatasetsError) -> DatasetScan
}

/// The readers there are.
package enum DatasetReaders {
  /// Sorted by layout.
  package static let all: [any DatasetReader.Type] = [
    CelebDFReader.self,
    DFDCReader.self,
    FaceForensicsReader.self,
    FolderReader.self,
  ]

  package static var layouts: [String] { all.map { $0.layout } }

  static func reader(for layout: String) -> (any DatasetReader.Type)? { all.first { $0.layout == layout } }

  /// Lists what is on disk of a dataset.
  ///
  /// - Throws: ``DatasetsError`` when the root is not there or holds nothing of the layout.
  package static func scan(_ declaration: DatasetDeclaration) throws(DatasetsError) -> DatasetScan {
    guard let reader = reader(for: declaration.layout) else {
      throw DatasetsError(
        code: .badDeclaration,
        message: "unknown layout '\(declaration.layout)'\(Nearest.hint(for: declaration.layout, among: layouts))")
    }
    guard DatasetFolder(declaration.root).exists else {
      throw DatasetsError(
        code: .missingRoot,
        message: "no folder at \(declaration.root) for dataset '\(declaration.name)'; \(remedy(declaration))")
    }
    var scan = try reader.scan(declaration)
    guard !scan.sources.isEmpty else {
      let reasons = scan.problems.prefix(3).map { " \($0.path): \($0.message)." }.joined()
      throw DatasetsError(
        code: .emptyRoot,
        message: "\(declaration.root) holds no clip of dataset '\(declaration.name)': layout '\(reader.layout)' is "
          + "\(reader.holds).\(reasons) \(scan.missing.count) clips that its lists name are not there, "
          + "\(scan.unexpected.count) are there without a label; \(remedy(declaration))")
    }
    scan.sources.sort { $0.path < $1.path }
    scan.problems.sort { ($0.path, $0.message) < ($1.path, $1.message) }
    scan.missing = Set(scan.missing).sorted()
    scan.unexpected = Set(scan.unexpected).sorted()
    return scan
  }

  private static func remedy(_ declaration: DatasetDeclaration) -> String {
    let variables = declaration.declaredRoot.matches(of: /\$\{([A-Za-z_][A-Za-z0-9_]*)/).map { String($0.1) }
    let set = variables.isEmpty ? "" : "set \(variables.joined(separator: ", ")), or "
    return "\(set)change root = \"\(declaration.declaredRoot)\" in datasets.toml"
  }
}
