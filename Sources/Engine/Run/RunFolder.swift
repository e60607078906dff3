package import Foundation
package import Records
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
  private var publications: URL { root.appending(path: "plan/published.json") }

  /// What the run is.
  ///
  /// - Throws: ``ToolError`` with status 64 when this is no run's folder.
  package func readRecord() throws -> RunRecord {
    guard FileSystem.exists(record) else {
      throw ToolError(
        .usage, "\(root.path(percentEncoded: false)) holds no run.json: not a run's folder, or not yet run")
    }
    return try FileSystem.readJSON(RunRecord.self, from: record)
  }

  /// Makes the files of a product visible below `folder` of the run, by hard link where the store is on the same file
  /// system, by copy otherwise; what the stage published before and no longer has is taken away.
  func publish(stage: String, files: [FileRecord], from product: URL, to folder: String) throws {
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
    if !FileSystem.exists(events) { try Data().write(to: events) }
    let handle = try FileHandle(forWritingTo: events)
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: CanonicalJSON.data(event) + [UInt8(ascii: "\n")])
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

/// `run.json`: what the run is, for every verb that reads it, and all that the catalog is rebuilt from.
package struct RunRecord: Codable, Sendable {
  package var version = 1
  package var numericsProfile: String
  package var store: String
  package var modelsFolder: String
  /// Pipeline, families, units, products and history so far.
  package var inputs: TableInputs.Description
  /// All stages of the pipeline; those not reached are pending.
  package var stages: [StageRecord]
  /// What became of the frames asked for, by class.
  package var frames: FrameTallies
  /// What the datasets' readers had to say.
  package var problems: [String]
  package var isFinished: Bool

  package var pipeline: PipelineSpec { inputs.pipeline }
  package var families: [Family] { inputs.families }
  /// What is trained on and what is held out, by dataset.
  package var roles: [RoleCount] { RoleCount.all(of: families) }
}

/// The exclusive right to write a run's folder, held while the process lives.
final class Lease {
  private let descriptor: Int32

  /// - Throws: ``ToolError`` with status 75 that names the holder.
  init(_ folder: RunFolder) throws {
    let path = folder.root.appending(path: "run.lock").path(percentEncoded: false)
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw ToolError(.failed, "cannot open \(path): \(String(cString: strerror(errno)))") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      // An unreadable note only leaves the holder unnamed.
      let holder = (try? String(contentsOfFile: path, encoding: .utf8)) ?? "another process"
      throw ToolError(.notFinished, "this run is being worked on by \(holder); wait for it, or end it")
    }
    let note = Array("process \(getpid()) on \(ProcessInfo.processInfo.hostName)".utf8)
    ftruncate(descriptor, 0)
    pwrite(descriptor, note, note.count, 0)
  }

  /// Also after an `init` that threw.
  deinit { if descriptor >= 0 { close(descriptor) } }
}
