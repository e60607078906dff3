internal import Foundation

#if canImport(Glibc)
  private import Glibc
#endif

/// A dataset's root: names and files below it by paths with forward slashes.
///
/// Every folder is listed once and remembered; whether an entry is a folder is read from the listing, so that no file is
/// looked at singly except links.
package final class DatasetFolder {
  static let videoExtensions: Set<String> = [
    "avi", "gif", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "ogv", "ts", "webm", "wmv",
  ]
  static let imageExtensions: Set<String> = ["bmp", "jpeg", "jpg", "png", "tif", "tiff", "webp"]
  /// A deeper nesting than any dataset has: a link that leads back up.
  private static let mostLevels = 32
  /// What file managers leave behind.
  private static let leftovers: Set<String> = ["Thumbs.db", "__MACOSX", "desktop.ini"]

  /// What is right in one folder, without hidden names.
  private struct Listing {
    /// Sorted.
    var files: [String] = []
    /// Sorted.
    var folders: [String] = []
    lazy var names = Set(files)
  }

  /// Absolute path.
  let root: String
  private var listings: [String: Listing] = [:]
  /// Paths of what file managers left behind, and was passed over: `._clip.mp4`, `Thumbs.db`, `__MACOSX`.
  private(set) var passedOver: [String] = []
  /// Paths of links that lead to nothing.
  private(set) var brokenLinks: [String] = []
  /// Folders with names that are not UTF-8, and how many there are in each.
  private(set) var unreadableNames: [String: Int] = [:]

  init(_ root: String) { self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root }

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

  /// Names of the files right in a folder, sorted, without hidden ones; none when there is no such folder.
  func files(in path: String = "") throws(DatasetsError) -> [String] { try listing(path).files }

  /// Names of the sub-folders of a folder, sorted, without hidden ones.
  func folders(in path: String = "") throws(DatasetsError) -> [String] { try listing(path).folders }

  /// Names of the videos, and images where asked for, right in a folder; sorted.
  func clips(in path: String, images: Bool = false) throws(DatasetsError) -> [String] {
    try files(in: path).filter { Self.isClip($0, images: images) }
  }

  /// Paths of all videos and images below a folder, sorted within each folder.
  func clipsBelow(_ path: String) throws(DatasetsError) -> [String] {
    var found: [String] = []
    try collect(path, level: 0, into: &found)
    return found
  }

  /// Paths of the videos and images below those of the root's folders that are not `known`, and right in the root.
  func clips(besides known: Set<String>) throws(DatasetsError) -> [String] {
    var found = try clips(in: "", images: true)
    for name in try folders() where !known.contains(name) { found += try clipsBelow(name) }
    return found
  }

  /// Whether there is a file at `path`, as its folder's listing says.
  func holds(_ path: String) throws(DatasetsError) -> Bool {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(path[..<$0]) } ?? ""
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    if listings[folder] == nil { _ = try listing(folder) }
    return listings[folder]?.names.contains(name) ?? false
  }

  func data(_ path: String) throws(DatasetsError) -> Data {
    do { return try Data(contentsOf: URL(filePath: absolute(path))) } catch { throw unreadable(path, "\(error)") }
  }

  /// Sizes of files, bytes, in the order of `paths`; `nil` where there is none.
  ///
  /// Quickest for paths that lie folder by folder: a name is looked up in its open folder.
  func byteCounts(_ paths: [String]) -> [Int?] {
    var open: (path: Substring, descriptor: Int32)?
    defer { if let open { close(open.descriptor) } }
    return paths.map { path in
      let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
      let folder = slash.map { path[..<$0] } ?? ""
      if open?.path != folder {
        if let open { close(open.descriptor) }
        open = (folder, Glibc.open(absolute(String(folder)), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
      }
      var status = stat()
      let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
      guard let open, fstatat(open.descriptor, name, &status, 0) == 0 else { return nil }
      return Int(status.st_size)
    }
  }

  func absolute(_ path: String) -> String { path.isEmpty ? root : "\(root)/\(path)" }

  static func join(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }

  /// A file's name without what follows its last dot.
  static func stem(_ name: String) -> String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name }

  static func isClip(_ name: String, images: Bool) -> Bool {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let fileExtension = name[name.utf8.index(after: dot)...].lowercased()
    return videoExtensions.contains(fileExtension) || images && imageExtensions.contains(fileExtension)
  }

  private func collect(_ path: String, level: Int, into found: inout [String]) throws(DatasetsError) {
    guard level < Self.mostLevels else {
      throw unreadable(
        path, "folders lie deeper than \(Self.mostLevels) levels; does a link lead to a folder above it?")
    }
    let here = try listing(path)
    for name in here.files where Self.isClip(name, images: true) { found.append(Self.join(path, name)) }
    for name in here.folders { try collect(Self.join(path, name), level: level + 1, into: &found) }
  }

  private func listing(_ path: String) throws(DatasetsError) -> Listing {
    if let known = listings[path] { return known }
    var listing = Listing()
    guard let stream = opendir(absolute(path)) else {
      guard errno == ENOENT || errno == ENOTDIR else { throw unreadable(path, String(cString: strerror(errno))) }
      listings[path] = listing
      return listing
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw unreadable(path, String(cString: strerror(errno))) }
        break
      }
      add(entry, of: path, dirfd(stream), to: &listing)
    }
    listing.files.sort()
    listing.folders.sort()
    listings[path] = listing
    return listing
  }

  private func add(
    _ entry: UnsafeMutablePointer<dirent>, of path: String, _ folder: Int32, to listing: inout Listing
  ) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard let name else {
      unreadableNames[path, default: 0] += 1
      return
    }
    guard !name.hasPrefix("."), !Self.leftovers.contains(name) else {
      if name.hasPrefix("._") || Self.leftovers.contains(name) { passedOver.append(Self.join(path, name)) }
      return
    }
    switch Int(entry.pointee.d_type) {
    case Int(DT_REG): listing.files.append(name)
    case Int(DT_DIR): listing.folders.append(name)
    case Int(DT_LNK), Int(DT_UNKNOWN):
      var status = stat()
      guard fstatat(folder, name, &status, 0) == 0 else {
        brokenLinks.append(Self.join(path, name))
        return
      }
      if status.st_mode & S_IFMT == S_IFDIR { listing.folders.append(name) } else { listing.files.append(name) }
    default: break
    }
  }

  private func unreadable(_ path: String, _ reason: String) -> DatasetsError {
    DatasetsError(code: .unreadable, message: "\(absolute(path)) cannot be read: \(reason)")
  }
}
