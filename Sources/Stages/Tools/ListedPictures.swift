private import Decoding
private import Engine
internal import Foundation
internal import Imaging
internal import Splitting

/// Pictures of what somebody's list names, as far as the files are at hand.
final class ListedPictures {
  private static let extensions = ["mp4", "png", "jpg", "jpeg", "avi", "mov", "mkv", "webp"]

  /// Folders that a path of the list may be below, the likeliest first.
  private let folders: [URL]
  /// Clips of FaceForensics++ by the name that its pairs have.
  private lazy var sequences: [String: String] = folders.reduce(into: [:]) { found, folder in
    found.merge(Self.sequences(below: folder)) { first, _ in first }
  }

  /// - Parameters:
  ///   - list: the list, or its folder.
  ///   - media: the folder that the user names.
  init(list: URL, media: String?) {
    let folder = list.deletingLastPathComponent()
    folders =
      (media.map { [URL(filePath: $0, directoryHint: .isDirectory)] } ?? [])
      + [
        list, folder, folder.deletingLastPathComponent(),
        folder.deletingLastPathComponent().deletingLastPathComponent(),
      ]
  }

  /// A still picture, or a frame from a third of a video in; `nil` where there is none that can be decoded.
  func image(_ row: SplitRow) throws -> Image? {
    guard let path = path(of: row) else { return nil }
    do {
      let file = try VideoFile(path: path)
      let times = try file.timestamps()
      var image: Image?
      _ = try file.decode([times[times.count / 3]]) { image = try $0.picture.image() }
      return image
    } catch is DecodingError { return nil }
  }

  private func path(of row: SplitRow) -> String? {
    guard let name = row.file else { return sequences[row.item.video] }
    let names = [name] + Self.extensions.map { "\(name).\($0)" }
    for folder in folders {
      for name in names {
        let file = name.hasPrefix("/") ? URL(filePath: name) : folder.appending(path: name)
        var isFolder: ObjCBool = false
        let path = file.path(percentEncoded: false)
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue { return path }
      }
    }
    return sequences[VideoName.stem(name)]
  }

  /// Originals of YouTube, and the first fake of each name, whatever the method; the least compressed.
  private static func sequences(below folder: URL) -> [String: String] {
    // A folder that is not there holds nothing.
    func names(_ folder: URL) -> [String] { ((try? FileSystem.names(in: folder)) ?? []).sorted() }
    let manipulated = folder.appending(path: "manipulated_sequences")
    let methods =
      [folder.appending(path: "original_sequences/youtube")]
      + names(manipulated).map { manipulated.appending(path: $0) }
    var found: [String: String] = [:]
    for compression in ["raw", "c0", "c23", "c40"] {
      for method in methods {
        let videos = method.appending(path: "\(compression)/videos")
        for name in names(videos) where found[VideoName.stem(name)] == nil {
          found[VideoName.stem(name)] = videos.appending(path: name).path(percentEncoded: false)
        }
      }
    }
    return found
  }
}
