internal import Foundation
internal import Records

/// What to do about a root that is not there, or holds nothing of the layout that it is declared with.
struct RootHint {
  /// Folders that are looked into for the root that was meant.
  private static let mostFolders = 200

  let declaration: DatasetDeclaration
  let reader: any DatasetReader.Type

  /// Which setting to change.
  var remedy: String {
    let variables = declaration.declaredRoot.matches(of: /\$\{([A-Za-z_][A-Za-z0-9_]*)/).map { String($0.1) }
    let set = variables.isEmpty ? "" : "set \(variables.joined(separator: ", ")), or "
    return "\(set)change root = \"\(declaration.declaredRoot)\" in datasets.toml"
  }

  /// ` did you mean <root>?`: a folder beside a root that is not there, with nearly its name.
  var nearFolder: String {
    let url = URL(filePath: declaration.root)
    let parent = DatasetFolder(url.deletingLastPathComponent().path(percentEncoded: false))
    guard let near = nearestName(to: url.lastPathComponent, among: names(in: parent, "")) else { return "" }
    return " did you mean root = \"\(parent.absolute(near))\"?"
  }

  /// ` did you mean root = "..."?` for a root one or two levels too high or too low, ` it looks like layout '...';` for one
  /// declared with another's layout.
  var otherRoot: String {
    let root = DatasetFolder(declaration.root)
    let children = names(in: root, "")
    let grandchildren = children.flatMap { child in names(in: root, child).map { "\(child)/\($0)" } }
    for path in (children + grandchildren).prefix(Self.mostFolders) where recognises(root.absolute(path), reader) {
      return " did you mean root = \"\(declaration.declaredRoot)/\(path)\"?"
    }
    var above = URL(filePath: declaration.root)
    for _ in 0..<2 where above.pathComponents.count > 2 {
      above = above.deletingLastPathComponent()
      let path = DatasetFolder(above.path(percentEncoded: false)).root
      if recognises(path, reader) { return " did you mean root = \"\(path)\"?" }
    }
    let others = DatasetReaders.all.filter { $0.layout != reader.layout && recognises(declaration.root, $0) }
    guard let other = others.first else { return "" }
    return " it looks like layout '\(other.layout)', which is \(other.holds); change layout, or"
  }

  /// A folder that cannot be listed is no hint.
  private func names(in folder: DatasetFolder, _ path: String) -> [String] {
    do { return try folder.folders(in: path) } catch { return [] }
  }

  private func recognises(_ path: String, _ reader: any DatasetReader.Type) -> Bool {
    do { return try reader.recognises(DatasetFolder(path)) } catch { return false }
  }
}
