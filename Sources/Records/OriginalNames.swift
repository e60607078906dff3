/// The clips that a list may mean where it names an original: by path, without its extension, or by its name alone.
package struct OriginalNames: Sendable {
  private let paths: Set<String>
  private var byName: [String: Set<String>] = [:]

  /// - Parameter paths: of the clips that can be originals.
  package init(_ paths: some Sequence<String>) {
    self.paths = Set(paths)
    for path in self.paths {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      for key in [Self.stem(path), name, Self.stem(name)] { byName[key, default: []].insert(path) }
    }
  }

  /// Paths that `name` may stand for, one where it is clear; a name with a folder stands for nothing in another.
  package func paths(of name: String) -> Set<String> {
    paths.contains(name) ? [name] : byName[name] ?? byName[Self.stem(name)] ?? []
  }

  private static func stem(_ path: String) -> String {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")), !path[dot...].utf8.contains(UInt8(ascii: "/")) else {
      return path
    }
    return String(path[..<dot])
  }
}
