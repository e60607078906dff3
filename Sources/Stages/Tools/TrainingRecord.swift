internal import Engine
internal import Foundation
internal import Models
private import Records
private import Sharding

/// What a model was trained on, as far as its run is still there.
struct TrainingRecord {
  let fold: Int
  /// Sources of its training shards.
  let sources: Set<String>
  /// Groups of its training shards that no split may tear apart.
  let groups: Set<String>
  /// Shards that its fold validates on.
  let validation: Set<String>

  /// Looks for the run that made the model: three folders above it (`models/experts/`), and one above each shard.
  ///
  /// - Returns: `nil` where none of these is the run whose shards the model's metadata names.
  static func find(_ model: DetectorModel, at path: String, besides shards: [URL]) throws -> TrainingRecord? {
    guard let digest = model.metadata["shards"], let fold = model.metadata["fold"].flatMap(Int.init) else { return nil }
    func up(_ url: URL, _ count: Int) -> URL {
      (0..<count).reduce(url.absoluteURL.standardizedFileURL) { url, _ in url.deletingLastPathComponent() }
    }
    var roots: [URL] = []
    for root in [up(URL(filePath: path), 3)] + shards.map({ up($0, 2) }) where !roots.contains(root) {
      roots.append(root)
    }
    for root in roots {
      let run = RunFolder(root: root)
      guard FileSystem.exists(run.record) else { continue }
      let products = try run.readRecord().inputs.products
      guard products.contains(where: { $0.kind == .shards && $0.content.hex == digest }) else { continue }
      let folds = root.appending(path: "folds")
      guard FileSystem.exists(folds), let list = try FoldShards.all(in: folds).first(where: { $0.fold == fold }) else {
        continue
      }
      return try TrainingRecord(list, in: root.appending(path: "shards"))
    }
    return nil
  }

  private init(_ list: FoldShards, in folder: URL) throws {
    fold = list.fold
    var (sources, groups): (Set<String>, Set<String>) = ([], [])
    for name in list.training {
      for entry in try ShardReader(path: folder.appending(path: name)).entries {
        sources.insert(entry.source)
        groups.insert(entry.group ?? entry.family)
      }
    }
    (self.sources, self.groups) = (sources, groups)
    validation = Set(list.validation.map { Self.name(folder.appending(path: $0)) })
  }

  /// A file's name that is the same however its folder is written.
  static func name(_ url: URL) -> String {
    url.absoluteURL.resolvingSymlinksInPath().standardizedFileURL.path(percentEncoded: false)
  }
}
