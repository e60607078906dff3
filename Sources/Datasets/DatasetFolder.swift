internal import Foundation

/// A dataset's root: names and files below it by paths with forward slashes.
struct DatasetFolder {
  static let videoExtensions: Set<String> = [
    "avi", "gif", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "ogv", "ts", "webm", "wmv",
  ]
  static let imageExtensions: Set<String> = ["bmp", "jpeg", "jpg", "png", "tif", "tiff", "webp"]

  private let root: URL

  init(_ root: String) { self.root = URL(filePath: root, directoryHint: .isDirectory) }

  /// Whether the root is a folder.
  var exists: Bool { isFolder("") }

  func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: absolute(path), isDirectory: &isFolder) && isFolder.boolValue
  }

  func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: absolute(path), isDirectory: &isFolder) && !isFolder.boolValue
  }

  /// Names in a folder, sorted, without hidden ones; none when there is no such folder.
  func names(in path: String = "") throws(DatasetsError) -> [String] {
    guard isFolder(path) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: absolute(path)).filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw unreadable(path, error)
    }
  }

  /// Names of the sub-folders of a folder, sorted.
  func folders(in path: String = "") throws(DatasetsError) -> [String] {
    try names(in: path).filter { isFolder(Self.join(path, $0)) }
  }

  /// Names of the videos, and images where asked for, right in a folder; sorted.
  func clips(in path: String, images: Bool = false) throws(DatasetsError) -> [String] {
    try names(in: path).filter { Self.isClip($0, images: images) }
  }

  /// Paths of all videos and images below a folder, sorted.
  func clipsBelow(_ path: String) throws(DatasetsError) -> [String] {
    var found: [String] = []
    for name in try names(in: path) {
      let child = Self.join(path, name)
      if Self.isClip(name, images: true) { found.append(child) } else { found += try clipsBelow(child) }
    }
    return found
  }

  func data(_ path: String) throws(DatasetsError) -> Data {
    do { return try Data(contentsOf: URL(filePath: absolute(path))) } catch { throw unreadable(path, error) }
  }

  static func join(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }

  private static func isClip(_ name: String, images: Bool) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    let fileExtension = name[name.index(after: dot)...].lowercased()
    return videoExtensions.contains(fileExtension) || images && imageExtensions.contains(fileExtension)
  }

  private func absolute(_ path: String) -> String { root.appending(path: path).path(percentEncoded: false) }

  private func unreadable(_ path: String, _ error: any Error) -> DatasetsError {
    DatasetsError(code: .unreadable, message: "\(absolute(path)) cannot be read: \(error.localizedDescription)")
  }
}
