private import Engine
private import Evaluation
internal import Foundation
internal import Imaging
internal import Splitting

/// A split as the user points at it: told apart by what the path holds.
struct AuditInput {
  var table: SplitTable
  /// The picture of a row, where the split has pictures or the files that it names are at hand.
  var image: (SplitRow) throws -> Image?

  /// - Parameters:
  ///   - conversion: path of a `conversion_dict.json`; one beside the split is found by itself.
  ///   - media: the folder that a list's paths are below, where its own is not.
  /// - Throws: ``ToolError`` with status 64 when there is no such path, or nothing in it that is known.
  init(path: String, conversion: String?, media: String?) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ToolError(.usage, "there is no \(path)")
    }
    let url = URL(filePath: path)
    do {
      if ["yaml", "yml"].contains(url.pathExtension) {
        let split = try RunSplit(run: Project.runFolder(path))
        (table, image) = (split.table, split.image)
      } else if isFolder.boolValue {
        (table, image) = try Self.read(folder: url, conversion: conversion, media: media)
      } else {
        image = ListedPictures(list: url, media: media).image
        table = try Self.table(file: url)
        let beside = url.deletingLastPathComponent().appending(path: "conversion_dict.json")
        if let file = conversion.map({ URL(filePath: $0) }) ?? (FileSystem.exists(beside) ? beside : nil) {
          table.add(sourceVideos: try Self.dictionary(Self.data(file)))
        }
      }
    } catch let error as SplittingError {
      throw ToolError(.usage, error.code == .badInput ? error.message : "\(error)")
    }
  }

  private static func read(
    folder: URL, conversion: String?, media: String?
  ) throws -> (SplitTable, (SplitRow) throws -> Image?) {
    let splits = [folder.appending(path: "splits"), folder].first {
      FileSystem.exists($0.appending(path: "train.json"))
    }
    if FileSystem.exists(RunFolder(root: folder).record) {
      let split = try RunSplit(run: RunFolder(root: folder))
      return (split.table, split.image)
    }
    if let splits {
      return (
        try faceForensics(splits, below: folder, conversion: conversion),
        ListedPictures(list: folder, media: media).image
      )
    }
    guard try FileSystem.names(in: folder).contains(where: { $0.hasSuffix(".tar") }) else {
      throw ToolError(
        .usage,
        """
        \(folder.path(percentEncoded: false)) is no split: not a run's folder (run.json), no folder of shards (*.tar), \
        no FaceForensics++ (splits/train.json, val.json, test.json)
        """)
    }
    let split = try RunSplit(shards: folder)
    return (split.table, split.image)
  }

  private static func table(file: URL) throws -> SplitTable {
    let data = try data(file)
    let name = file.lastPathComponent
    if file.pathExtension.lowercased() == "json" { return try SplitTable.deepfakeBench(data, name: name) }
    do {
      return try SplitTable.table(CommaSeparatedValues.records(String(decoding: data, as: UTF8.self)), name: name)
    } catch let error as EvaluationError { throw ToolError(.usage, "\(name): \(error)") }
  }

  private static func faceForensics(_ splits: URL, below folder: URL, conversion: String?) throws -> SplitTable {
    let files = try ["train", "val", "test"].compactMap { side -> (side: String, json: Data)? in
      let file = splits.appending(path: "\(side).json")
      return FileSystem.exists(file) ? (side, try data(file)) : nil
    }
    let candidates = [folder, splits, splits.deletingLastPathComponent()].map {
      $0.appending(path: "conversion_dict.json")
    }
    let dictionary =
      try conversion.map { try data(URL(filePath: $0)) }
      ?? candidates.first(where: FileSystem.exists).map { try data($0) }
    return try SplitTable.faceForensics(splits: files, conversion: dictionary)
  }

  private static func dictionary(_ data: Data) throws -> [String: String] {
    do { return try JSONDecoder().decode([String: String].self, from: data) } catch {
      throw ToolError(.usage, "conversion_dict.json is not a YouTube id by sequence: \(error)")
    }
  }

  private static func data(_ url: URL) throws -> Data {
    do { return try Data(contentsOf: url) } catch {
      throw ToolError(.usage, "cannot read \(url.path(percentEncoded: false)): \(error.localizedDescription)")
    }
  }
}
