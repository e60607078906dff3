package import Foundation
internal import Records
private import Sharding

#if canImport(Glibc)
  private import Glibc
#endif

/// The folder of one run: what the user sees.
package struct RunFolder: Sendable {
  package let root: URL

  package init(root: URL) { self.root = root }

  package var record: URL { root.appending(path: "run.json") }
  package var catalog: URL { root.appending(path: "catalog.sqlite") }
  package var events: URL { root.appending(path: "events.jsonl") }
  package var plan: URL { root.appending(path: "plan") }
  var progress: URL { plan.appending(path: "progress.json") }
  var seal: URL { plan.appending(path: "seal.json") }
  package var lease: URL { root.appending(path: "run.lease") }
  private var publications: URL { root.appending(path: "plan/published.json") }

  /// The run in short: what a reading verb usually wants.
  ///
  /// - Throws: ``ToolError`` with status 64 when this is no run's folder.
  package func readSummary() throws -> RunSummary {
    guard FileSystem.exists(record) else {
      throw ToolError(
        .usage, "\(root.path(percentEncoded: false)) holds no run.json: not a run's folder, or not yet run")
    }
    return try FileSystem.readJSON(RunSummary.self, from: record)
  }

  /// The run with all its sources, and with the places where its results stand.
  ///
  /// - Throws: ``ToolError`` with status 64 when this is no run's folder.
  package func readRecord() throws -> RunRecord {
    let summary = try readSummary()
    let file = inputs(summary.inputsDigest)
    guard FileSystem.exists(file) else {
      throw ToolError(.failed, "\(file.path(percentEncoded: false)) is gone; `dfprep run` makes it again")
    }
    let record = RunRecord(summary: summary, inputs: try FileSystem.readJSON(TableInputs.Description.self, from: file))
    return record.moved(to: root)
  }

  /// Writes a record: first its larger part, named by its content, then `run.json`, which refers to it.
  ///
  /// - Returns: what was written.
  func write(_ summary: RunSummary, _ inputs: TableInputs.Description) throws -> RunRecord {
    var summary = summary
    let pieces = try PieceFile(beside: plan.appending(path: "inputs"))
    try inputs.canonicalJSON(to: pieces.append)
    summary.inputsDigest = try pieces.commit { self.inputs($0) }
    summary.folder = root.standardizedFileURL.path(percentEncoded: false)
    let file = self.inputs(summary.inputsDigest)
    let folders = "folders-\(summary.inputsDigest.short).json"
    try FileSystem.writeJSON(inputs.folders, to: plan.appending(path: folders))
    try FileSystem.writeJSON(summary, to: record)
    for name in try FileSystem.names(in: plan)
    where ["inputs-", "folders-"].contains(where: name.hasPrefix) && name != file.lastPathComponent && name != folders {
      try? FileManager.default.removeItem(at: plan.appending(path: name))  // Only in the way.
    }
    return RunRecord(summary: summary, inputs: inputs)
  }

  /// The folders of the store that a run refers to, without reading all the rest.
  func folders(_ summary: RunSummary) throws -> [String] {
    try FileSystem.readJSON([String].self, from: plan.appending(path: "folders-\(summary.inputsDigest.short).json"))
  }

  private func inputs(_ digest: Digest) -> URL { plan.appending(path: "inputs-\(digest.short).json") }

  /// Takes away what an earlier process was writing when it was killed. Only for the holder of the lease.
  func sweep() throws {
    let prefixes = [".partial-", ".publishing-"]
    guard let walker = FileManager.default.enumerator(atPath: root.path(percentEncoded: false)) else { return }
    for case let name as String in walker {
      guard let last = name.split(separator: "/").last, prefixes.contains(where: last.hasPrefix) else { continue }
      try? FileManager.default.removeItem(at: root.appending(path: name))  // Only in the way.
    }
  }

  /// Makes the files of a product visible below `folder` of the run, by hard link where the store is on the same file
  /// system, by copy otherwise; what the stage published before and no longer has is taken away.
  func publish(
    stage: String, files: [FileRecord], from product: URL, to folder: String, check: () throws -> Void = {}
  ) throws {
    var published = published
    let before = published[stage] ?? [:]
    var now: [String: Digest] = [:]
    for file in files where file.name != "manifest.json" {
      let path = folder == "." ? file.name : "\(folder)/\(file.name)"
      now[path] = file.digest
      let destination = root.appending(path: path)
      if before[path] == file.digest, FileSystem.exists(destination),
        try FileSystem.identity(of: destination.path(percentEncoded: false)).bytes == file.bytes
      {
        continue
      }
      try check()
      try place(product.appending(path: file.name), at: destination)
    }
    remove(before.keys.filter { now[$0] == nil })
    published[stage] = now
    try FileSystem.writeJSON(published, to: publications)
  }

  /// Takes away what was published by stages that the pipeline, changed since, no longer has.
  func withdraw(except stages: Set<String>) throws {
    let published = published
    let gone = published.filter { !stages.contains($0.key) }
    guard !gone.isEmpty else { return }
    let kept = published.filter { stages.contains($0.key) }
    let paths = Set(kept.values.flatMap(\.keys))
    remove(gone.values.flatMap(\.keys).filter { !paths.contains($0) })
    try FileSystem.writeJSON(kept, to: publications)
  }

  /// Digest of every file that each stage published, by stage id and path in the run's folder.
  var published: [String: [String: Digest]] {
    // Where it is absent or unreadable, everything is published once more.
    (try? FileSystem.readJSON([String: [String: Digest]].self, from: publications)) ?? [:]
  }

  private func place(_ source: URL, at destination: URL) throws {
    try FileSystem.makeFolder(destination.deletingLastPathComponent())
    let temporary = destination.deletingLastPathComponent().appending(path: ".publishing-\(UUID().uuidString)")
    if link(source.path(percentEncoded: false), temporary.path(percentEncoded: false)) != 0 {
      try FileManager.default.copyItem(at: source, to: temporary)
    }
    try AtomicFile.commit(temporary: temporary, to: destination)
  }

  private func remove(_ paths: [String]) {
    for path in paths {
      try? FileManager.default.removeItem(at: root.appending(path: path))  // Gone already: as wanted.
    }
  }

  /// Appends one line to `events.jsonl`.
  func log(_ event: RunEvent) throws {
    try FileSystem.append(CanonicalJSON.data(event), to: events)
  }
}

/// One line of `events.jsonl`.
struct RunEvent: Codable {
  var time: Date
  var event: String
  var stage: String?
  var detail: String?

  init(_ event: String, stage: String? = nil, detail: String? = nil) {
    time = .now
    self.event = event
    self.stage = stage
    self.detail = detail
  }
}
