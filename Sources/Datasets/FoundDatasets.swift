private import Foundation

/// Datasets that nobody declared: told by what a folder, or the folders in it, hold.
package struct FoundDatasets: Sendable {
  /// By path, each named by its path below the folder that was looked into, or by its name where it is that itself.
  package private(set) var declarations: [DatasetDeclaration] = []
  /// Folders right in the one looked into of which nothing is known.
  package private(set) var others: [String] = []

  /// Looks at a folder, where that is no dataset at those in it, and at those in these. A folder with `real` and `fake`, a
  /// list or tars is one only where no folder in it has a dataset's own layout.
  ///
  /// - Throws: ``DatasetsError`` when a folder cannot be listed.
  package init(in path: String) throws(DatasetsError) {
    let folder = DatasetFolder(URL(filePath: path).standardizedFileURL.path(percentEncoded: false))
    let name = URL(filePath: folder.root).lastPathComponent
    if let found = try Self.published(folder, "", name: name) {
      declarations = [found]
      return
    }
    try look(into: folder)
    let general = [CSVReader.layout, FolderReader.layout, WebDatasetReader.layout]
    if !declarations.contains(where: { !general.contains($0.layout) }),
      let found = try Self.collection(folder, "", name: name)
    {
      (declarations, others) = ([found], [])
    }
  }

  private mutating func look(into folder: DatasetFolder) throws(DatasetsError) {
    for child in try folder.folders() {
      if let found = try Self.declaration(folder, child, name: child) {
        declarations.append(found)
        continue
      }
      let before = declarations.count
      for grandchild in try folder.folders(in: child) {
        let name = "\(child)/\(grandchild)"
        if let found = try Self.declaration(folder, name, name: name) { declarations.append(found) }
      }
      if declarations.count == before { others.append(child) }
    }
  }

  private static func declaration(
    _ folder: DatasetFolder, _ path: String, name: String
  ) throws(DatasetsError) -> DatasetDeclaration? {
    if let found = try published(folder, path, name: name) { return found }
    return try collection(folder, path, name: name)
  }

  /// A dataset as it was published, by the first layout that knows the folder.
  private static func published(
    _ folder: DatasetFolder, _ path: String, name: String
  ) throws(DatasetsError) -> DatasetDeclaration? {
    let root = DatasetFolder(folder.absolute(path))
    for reader in DatasetReaders.all where reader != FolderReader.self && reader.requiredOptions.isEmpty {
      if try reader.recognises(root) { return declare(reader, root, name) }
    }
    return nil
  }

  /// Somebody's own collection: with a list, in two folders, in tars.
  private static func collection(
    _ folder: DatasetFolder, _ path: String, name: String
  ) throws(DatasetsError) -> DatasetDeclaration? {
    let root = DatasetFolder(folder.absolute(path))
    if let list = try root.files().first(where: { isList($0, root) }) {
      return declare(CSVReader.self, root, name, LayoutOptions(list: list))
    }
    if try FolderReader.recognises(root) { return declare(FolderReader.self, root, name) }
    return try WebDatasetReader.recognises(root)
      ? declare(WebDatasetReader.self, root, name, LayoutOptions(label: "cls")) : nil
  }

  private static func declare(
    _ reader: any DatasetReader.Type, _ root: DatasetFolder, _ name: String, _ options: LayoutOptions = LayoutOptions()
  ) -> DatasetDeclaration {
    DatasetDeclaration(name: name, layout: reader.layout, root: root.root, input: reader.defaultInput, options: options)
  }

  /// Whether a file is a list of layout `csv`: its first line names the columns `path` and `label`.
  private static func isList(_ name: String, _ folder: DatasetFolder) -> Bool {
    guard name.lowercased().hasSuffix(".csv"), let file = FileHandle(forReadingAtPath: folder.absolute(name)) else {
      return false
    }
    defer { file.closeFile() }
    let columns = CSVTable.columns(String(decoding: file.readData(ofLength: 4096), as: UTF8.self))
    return columns.contains("path") && columns.contains("label")
  }
}
