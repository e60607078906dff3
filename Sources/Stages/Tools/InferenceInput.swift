internal import Engine
private import Foundation

/// The files that `infer` is asked about: models and what they are to score, folders and lists taken apart.
package struct InferenceInput {
  /// In the order they were named.
  package private(set) var models: [String] = []
  /// Pictures and videos in the order they were named, those of a folder by their paths.
  package private(set) var files: [String] = []

  private static let extensions: Set = [
    "avi", "bmp", "gif", "jpeg", "jpg", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "ogv", "png", "tif", "tiff", "ts",
    "webm", "webp", "wmv",
  ]

  /// - Parameter arguments: `.safetensors` files are models; folders stand for the pictures and videos below them, `.txt`
  ///   files for the paths in them, one a line; anything else is a file to score, whatever its name.
  /// - Throws: ``ToolError`` with status 64 when there is no model, or nothing to score; 69 for a list that is not there.
  package init(_ arguments: [String]) throws {
    for argument in arguments {
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
      if argument.hasSuffix(".safetensors") {
        models.append(argument)
      } else if exists && isFolder.boolValue {
        files += try Self.below(argument)
      } else if argument.hasSuffix(".txt") {
        guard exists else { throw ToolError(.missing, "there is no list \(argument)") }
        files += try Self.listed(argument)
      } else {
        files.append(argument)
      }
    }
    guard !models.isEmpty else { throw ToolError(.usage, "name a model (.safetensors) that `train` wrote") }
    guard !files.isEmpty else { throw ToolError(.usage, "name pictures, videos, folders or lists (.txt) to score") }
  }

  /// Pictures and videos below a folder by their extension, sorted by path; hidden ones are passed over.
  private static func below(_ folder: String) throws -> [String] {
    let root = URL(filePath: folder, directoryHint: .isDirectory).resolvingSymlinksInPath()
    guard let found = FileManager.default.enumerator(atPath: root.path(percentEncoded: false)) else {
      throw ToolError(.usage, "\(folder) cannot be read")
    }
    let files = found.compactMap { $0 as? String }
      .filter { path in
        let parts = path.split(separator: "/")
        guard let dot = parts.last?.lastIndex(of: "."), !parts.contains(where: { $0.hasPrefix(".") }) else {
          return false
        }
        return extensions.contains(path[path.index(after: dot)...].lowercased())
      }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    guard !files.isEmpty else { throw ToolError(.usage, "\(folder) holds no picture or video") }
    return files.map { folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
  }

  /// Paths in a text file; empty lines, and lines that begin with #, say nothing.
  private static func listed(_ file: String) throws -> [String] {
    let text: String
    do { text = try String(contentsOfFile: file, encoding: .utf8) } catch {
      throw ToolError(.usage, "\(file) is no list of paths, UTF-8, one a line: \(error.localizedDescription)")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    guard !lines.isEmpty else { throw ToolError(.usage, "the list \(file) is empty") }
    return lines
  }
}
