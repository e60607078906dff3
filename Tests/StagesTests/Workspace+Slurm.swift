import Foundation
import TestSupport

extension Workspace {
  /// The centroids that a store holds.
  func centroids(_ store: String) throws -> Data {
    let tables = try FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: "\(store)/tables").path(percentEncoded: false))
    guard let cluster = tables.first(where: { $0.hasPrefix("cluster-") }) else { return Data() }
    return try data("\(store)/tables/\(cluster)/centroids.npy")
  }

  /// All features that a store holds, by name of their file: it depends on the samples alone.
  func features(_ store: String) throws -> [String: Data] {
    let folder = root.appending(path: "\(store)/samples")
    let files = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false))?.compactMap { $0 as? String }
    return Dictionary(
      uniqueKeysWithValues: try (files ?? []).filter { $0.hasSuffix("features.npy") }.map {
        ($0, try Data(contentsOf: folder.appending(path: $0)))
      })
  }

  /// Starts dfprep in the workspace, without waiting for it.
  func start(_ arguments: [String], environment: [String: String]) throws -> Process {
    let process = Process()
    process.executableURL = TestFiles.dfprep
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment
      .merging(["DFPREP_MODELS": TestFiles.models.path(percentEncoded: false)]) { $1 }
      .merging(environment) { $1 }
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Files below a folder whose names end so.
  func count(_ suffix: String, in folder: String) throws -> Int {
    let files = FileManager.default.enumerator(atPath: root.appending(path: folder).path(percentEncoded: false))
    return files?.count { ($0 as? String)?.hasSuffix(suffix) == true } ?? 0
  }

  /// Text of all that a run on Slurm left to read, for the messages of failed expectations.
  func slurmFiles(_ run: String) -> String {
    let folder = root.appending(path: "\(run)/plan/slurm")
    let names = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false))?.compactMap { $0 as? String }
    let texts = (names ?? []).sorted().filter { $0.hasSuffix(".log") || $0.hasSuffix(".out") || $0.hasSuffix(".end") }
      .map { "== \($0)\n" + ((try? String(contentsOf: folder.appending(path: $0), encoding: .utf8)) ?? "") }
    return texts.joined(separator: "\n")
  }
}
