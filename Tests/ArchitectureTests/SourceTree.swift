import Foundation
import TestSupport

/// The files below Sources, as text.
struct SourceTree {
  struct File {
    /// Below Sources, with the module first.
    let path: String
    let text: String
    var module: String { String(path.prefix { $0 != "/" }) }
  }

  /// One import line.
  struct Import {
    let file: String
    let importer: String
    let imported: String
    var edge: String { "\(importer) > \(imported)" }
  }

  private let root = TestFiles.repository.appending(path: "Sources")

  /// Names of the folders below Sources, sorted.
  func modules() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.path(percentEncoded: false)).sorted()
  }

  /// Every file of Swift, C and C++, in order of path.
  func files() throws -> [File] {
    let extensions: Set = ["c", "cpp", "h", "hpp", "swift"]
    let names = try FileManager.default.subpathsOfDirectory(atPath: root.path(percentEncoded: false))
    return try names.sorted().filter { extensions.contains(URL(filePath: $0).pathExtension) }
      .map { File(path: $0, text: try String(contentsOf: root.appending(path: $0), encoding: .utf8)) }
  }

  func swiftFiles(of module: String) throws -> [File] {
    try files().filter { $0.module == module && $0.path.hasSuffix(".swift") }
  }

  func imports() throws -> [Import] {
    try files().filter { $0.path.hasSuffix(".swift") }.flatMap { file in
      Self.importedModules(file.text).map { Import(file: file.path, importer: file.module, imported: $0) }
    }
  }

  /// The modules that the import lines of a Swift file name, in their order.
  static func importedModules(_ text: String) -> [String] {
    let line =
      #/
      \s* (?: @\w+ \s+ )*
      (?: (?: public | package | internal | fileprivate | private ) \s+ )? import \s+
      (?: (?: struct | class | enum | protocol | typealias | func | let | var ) \s+ )? (\w+) .*
      /#
    return text.split(separator: "\n").compactMap { $0.wholeMatch(of: line).map { String($0.1) } }
  }
}
