internal import Engine
internal import Foundation
internal import Sharding

/// The shards that a command names: files, folders of them, runs.
struct ShardSelection {
  /// dfprep's own, in order of their paths.
  private(set) var own: [(url: URL, reader: ShardReader)] = []
  /// Anybody else's tars.
  private(set) var foreign: [URL] = []

  /// - Throws: ``ToolError`` with status 64 when a path names no shards, 1 where one cannot be read.
  init(_ paths: [String]) throws {
    var files: [URL] = []
    for path in paths { files += try Self.files(path) }
    var seen: Set<String> = []
    for file in files where seen.insert(TrainingRecord.name(file)).inserted {
      do { own.append((file, try ShardReader(path: file))) } catch let error as ShardingError
        where error.code == .notAShard
      {
        foreign.append(file)
      } catch { throw ToolError(.failed, "\(error)") }
    }
  }

  private static func files(_ path: String) throws -> [URL] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ToolError(.usage, "there is no \(path)")
    }
    let url = URL(filePath: path)
    guard isFolder.boolValue else {
      guard path.hasSuffix(".tar") else {
        throw ToolError(.usage, "\(path) is no shard (.tar); `dfprep infer` scores pictures and videos")
      }
      return [url]
    }
    let folder = FileSystem.exists(RunFolder(root: url).record) ? url.appending(path: "shards") : url
    let names = FileSystem.exists(folder) ? try FileSystem.names(in: folder).filter { $0.hasSuffix(".tar") } : []
    guard !names.isEmpty else { throw ToolError(.usage, "\(path) holds no shards (.tar)") }
    return names.sorted().map { folder.appending(path: $0) }
  }
}
