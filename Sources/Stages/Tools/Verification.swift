package import Engine
private import Foundation
private import Records
private import Sharding

/// What the verb `verify` found: a run, or shards, read again.
package struct Verification: Codable, Sendable {
  /// Files read.
  package private(set) var files = 0
  package private(set) var bytes = 0
  package private(set) var shards = 0
  package private(set) var samples = 0
  package private(set) var folds = 0
  package private(set) var problems: [RunVerification.Problem] = []

  /// Verifies each of `paths`: a run by its folder or pipeline, a folder of shards, or one shard.
  package init(paths: [String]) throws {
    for path in paths { try verify(path) }
    problems.sort { ($0.path, $0.code, $0.message) < ($1.path, $1.code, $1.message) }
  }

  /// - Throws: ``ToolError`` with status 4 when something is not as it was written.
  package func check() throws {
    guard !problems.isEmpty else { return }
    throw ToolError(.gateFailed, "\(problems.count) problems")
  }

  private mutating func verify(_ path: String) throws {
    let url = URL(filePath: path)
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isThere, !isFolder.boolValue, path.hasSuffix(".tar") {
      add(ShardSet.verify(shard: url), below: url.deletingLastPathComponent())
    } else if isFolder.boolValue, !FileSystem.exists(RunFolder(root: url).record) {
      guard try FileSystem.names(in: url).contains(where: { $0.hasSuffix(".tar") }) else {
        throw ToolError(.usage, "\(path) is neither a run's folder nor a folder of shards")
      }
      add(try ShardSet.verify(folder: url), below: url)
    } else {
      try verify(run: Project.runFolder(path))
    }
  }

  private mutating func verify(run: RunFolder) throws {
    let found = try RunVerification(of: run)
    files += found.files
    bytes += found.bytes
    problems += found.problems
    let folder = run.root.appending(path: "shards")
    guard FileSystem.exists(folder) else { return }
    add(try ShardSet.verify(folder: folder), below: folder)
    try verifyFolds(run.root.appending(path: "folds"), shards: folder)
  }

  /// No group may be on both sides of a fold, and no held-out sample on either.
  private mutating func verifyFolds(_ folder: URL, shards: URL) throws {
    guard FileSystem.exists(folder) else { return }
    for fold in try FoldShards.all(in: folder) {
      folds += 1
      func groups(_ names: [String]) throws -> Set<String> {
        try Set(
          names.flatMap { name in
            try ShardReader(path: shards.appending(path: name)).entries
              .map { $0.group ?? $0.family }
          })
      }
      let path = folder.appending(path: "\(fold.fold).json").path(percentEncoded: false)
      do {
        let crossing = try groups(fold.training).intersection(groups(fold.validation)).sorted()
        guard let first = crossing.first else { continue }
        problems.append(
          .init(
            path: path, code: "leakage", message: "\(crossing.count) groups stand on both sides, the first: \(first)"))
      } catch {
        problems.append(.init(path: path, code: "unreadable-fold", message: "\(error)"))
      }
    }
  }

  private mutating func add(_ report: VerificationReport, below folder: URL) {
    shards += report.shards
    samples += report.samples
    bytes += report.bytes
    problems += report.problems.map {
      .init(path: folder.appending(path: $0.file).path(percentEncoded: false), code: $0.code, message: $0.message)
    }
  }
}
