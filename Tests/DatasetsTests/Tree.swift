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

  func scan(_ layout: String, _ options: LayoutOptions = LayoutOptions(), below path: String = "") throws -> DatasetScan
  {
    try DatasetReaders.scan(
      DatasetDeclaration(
        name: "set", layout: layout, root: root.appending(path: path).path(percentEncoded: false), license: "terms",
        domain: "known", options: options))
  }
}

extension DatasetScan {
  func source(_ path: String) -> Source? { sources.first { $0.path == path } }

  /// `severity path` of every problem.
  /// `1 path` for every fake, `0 path` for every real.
  var labelled: [String] { sources.map { "\($0.label.rawValue) \($0.path)" } }

  /// Whether a problem at `path` says `words`.
  func says(_ words: String, at path: String) -> Bool {
    problems.contains { $0.path == path && $0.message.contains(words) }
  }

  var problemPlaces: [String] { problems.map { "\($0.severity) \($0.path)" } }
}

/// The folder of genuine media with this name, where there is one.
func sharedTree(_ name: String) throws -> Tree? {
  guard let media = TestFiles.sharedMedia else { return nil }
  return try Tree(media.appending(path: name))
}
