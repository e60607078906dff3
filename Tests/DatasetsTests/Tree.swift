import Datasets
import Foundation
import Records
import TestSupport

/// Makes folders of empty clips and small lists.
struct Tree {
  let root: URL

  var path: String { root.path(percentEncoded: false) }

  /// Writes empty files, and texts where a path is given one.
  init(_ root: URL, _ paths: [String] = [], texts: [String: String] = [:]) throws {
    self.root = root
    for path in paths { try write("", to: path) }
    for (path, text) in texts { try write(text, to: path) }
  }

  func write(_ text: String, to path: String) throws {
    let url = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func scan(_ layout: String, parts: [Int]? = nil, compression: [String]? = nil) throws -> DatasetScan {
    try DatasetReaders.scan(
      DatasetDeclaration(
        name: "set", layout: layout, root: path, license: "terms", domain: "known", parts: parts,
        compression: compression))
  }
}

extension DatasetScan {
  func source(_ path: String) -> Source? { sources.first { $0.path == path } }

  /// `severity path` of every problem.
  var problemPlaces: [String] { problems.map { "\($0.severity) \($0.path)" } }
}

/// The folder of genuine media with this name, where there is one.
func sharedTree(_ name: String) throws -> Tree? {
  guard let media = TestFiles.sharedMedia else { return nil }
  return try Tree(media.appending(path: name))
}
