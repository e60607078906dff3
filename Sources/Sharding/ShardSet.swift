package import Foundation
private import Records

/// What a re-reading of a folder of shards found.
package struct VerificationReport: Codable, Hashable, Sendable {
  /// One thing that is not as it was written.
  package struct Problem: Codable, Hashable, Sendable {
    /// Name below the folder.
    package var file: String
    /// Code of a ``ShardingError``, `missing`, `unlisted` or `index-mismatch`.
    package var code: String
    package var message: String
  }

  package var shards = 0
  package var samples = 0
  package var reals = 0
  package var fakes = 0
  /// Size of the shards, bytes.
  package var bytes = 0
  package var problems: [Problem] = []

  package var isSound: Bool { problems.isEmpty }
}

/// A folder of shards, their indexes, and `SHA256SUMS`.
package enum ShardSet {
  package static let checksumsName = "SHA256SUMS"

  /// Writes `SHA256SUMS` over every visible file of the folder, sorted by name, as `sha256sum -c` reads it.
  ///
  /// - Parameter known: shards just written, whose digests are taken as they are instead of reading them again.
  package static func writeChecksums(folder: URL, known: [ShardSummary] = []) throws {
    let digests = Dictionary(known.map { ($0.file, $0.digest) }) { first, _ in first }
    let lines = try visibleFiles(folder).map { name in
      "\(try digests[name] ?? OpenFile(reading: folder.appending(path: name)).digest())  \(name)\n"
    }
    try AtomicFile.write(Data(lines.joined().utf8), to: folder.appending(path: checksumsName))
  }

  /// Reads everything again: checksums, the members of every shard, keys, labels, and indexes against tars.
  ///
  /// - Throws: when the folder cannot be listed; what is wrong in it is in the report.
  package static func verify(folder: URL) throws -> VerificationReport {
    var report = VerificationReport()
    let files = try visibleFiles(folder)
    verifyChecksums(folder, files: files, report: &report)
    var shardOfKey: [String: String] = [:]
    for name in files where name.hasSuffix(".tar") {
      report.shards += 1
      attempt(name, &report) { report in try verifyShard(name, folder, &shardOfKey, &report) }
    }
    let shards = Set(files.filter { $0.hasSuffix(".tar") }.map(ShardIndex.name(forShard:)))
    for name in files where name.hasSuffix(".index.json") && !shards.contains(name) {
      report.problems.append(.init(file: name, code: "missing", message: "the shard of this index is not there"))
    }
    report.problems.sort { ($0.file, $0.code, $0.message) < ($1.file, $1.code, $1.message) }
    return report
  }

  /// Reads one shard again, and its index against it; it need not lie in a folder with checksums.
  package static func verify(shard: URL) -> VerificationReport {
    var report = VerificationReport(shards: 1)
    var shardOfKey: [String: String] = [:]
    attempt(shard.lastPathComponent, &report) { report in
      let name = shard.lastPathComponent
      let folder = shard.deletingLastPathComponent()
      try verifyShard(name, folder, &shardOfKey, &report)
      let index = try ShardReader.readIndex(folder.appending(path: ShardIndex.name(forShard: name)))
      guard try OpenFile(reading: shard).digest() != index.digest else { return }
      report.problems.append(
        .init(file: name, code: "digest-mismatch", message: "the file is not the one that its index was made for"))
    }
    return report
  }

  private static func verifyChecksums(_ folder: URL, files: [String], report: inout VerificationReport) {
    attempt(checksumsName, &report) { report in
      let text = String(decoding: try Data(contentsOf: folder.appending(path: checksumsName)), as: UTF8.self)
      var listed = Set<String>()
      for line in text.split(separator: "\n") {
        guard let match = line.wholeMatch(of: /([0-9a-f]{64}) [ *](.+)/) else {
          report.problems.append(.init(file: checksumsName, code: "bad-input", message: "line '\(line)'"))
          continue
        }
        let name = String(match.2)
        listed.insert(name)
        guard files.contains(name) else {
          report.problems.append(.init(file: name, code: "missing", message: "\(checksumsName) names it"))
          continue
        }
        attempt(name, &report) { report in
          guard try OpenFile(reading: folder.appending(path: name)).digest().hex != String(match.1) else { return }
          report.problems.append(
            .init(file: name, code: "digest-mismatch", message: "the file is not the one that \(checksumsName) names"))
        }
      }
      for name in files where !listed.contains(name) {
        report.problems.append(.init(file: name, code: "unlisted", message: "\(checksumsName) does not name it"))
      }
    }
  }

  private static func verifyShard(
    _ name: String, _ folder: URL, _ shardOfKey: inout [String: String], _ report: inout VerificationReport
  ) throws {
    let url = folder.appending(path: name)
    report.bytes += try OpenFile(reading: url).byteCount()
    let entries = try ShardReader.readEntries(url)
    report.samples += entries.count
    report.fakes += entries.count { $0.label == .fake }
    report.reals += entries.count { $0.label == .real }
    for entry in entries {
      if let other = shardOfKey.updateValue(name, forKey: entry.key) {
        report.problems.append(.init(file: name, code: "duplicate-key", message: "\(entry.key) is in \(other) too"))
      }
    }
    for (first, second) in zip(entries, entries.dropFirst())
    where !first.key.utf8.lexicographicallyPrecedes(second.key.utf8) {
      report.problems.append(.init(file: name, code: "unsorted-key", message: "\(second.key) after \(first.key)"))
    }
    let index = try ShardReader.readIndex(folder.appending(path: ShardIndex.name(forShard: name)))
    compare(entries, with: index, shard: name, &report)
  }

  private static func compare(
    _ entries: [ShardEntry], with index: ShardIndex, shard name: String, _ report: inout VerificationReport
  ) {
    func mismatch(_ message: String) {
      report.problems.append(
        .init(file: ShardIndex.name(forShard: name), code: "index-mismatch", message: message))
    }
    guard index.entries.count == entries.count else {
      return mismatch("\(index.entries.count) samples; \(name) has \(entries.count)")
    }
    for (var expected, found) in zip(index.entries, entries) {
      expected.group = nil
      if expected != found { mismatch("\(found.key) is not in \(name) as the index says") }
    }
  }

  /// Runs a check; an error becomes a problem of `file`.
  private static func attempt(
    _ file: String, _ report: inout VerificationReport, _ check: (inout VerificationReport) throws -> Void
  ) {
    do { try check(&report) } catch {
      let code = (error as? ShardingError)?.code.rawValue ?? ShardingError.Code.fileSystem.rawValue
      report.problems.append(.init(file: file, code: code, message: "\(error)"))
    }
  }

  /// Names of the regular files of a folder but hidden ones and the checksums, sorted.
  private static func visibleFiles(_ folder: URL) throws -> [String] {
    let path = folder.path(percentEncoded: false)
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { name in
      var isFolder: ObjCBool = false
      return !name.hasPrefix(".") && name != checksumsName
        && FileManager.default.fileExists(
          atPath: folder.appending(path: name).path(percentEncoded: false), isDirectory: &isFolder)
        && !isFolder.boolValue
    }
  }
}
