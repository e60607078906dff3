package import Foundation
package import Records
private import Sharding

#if canImport(Glibc)
  private import Glibc
#endif

/// What the engine asks of the file system, with errors that name the path.
package enum FileSystem {
  /// Size, time and inode of a file.
  package static func identity(of path: String) throws -> FileIdentity {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure("cannot look at", path) }
    return FileIdentity(
      bytes: Int(status.st_size),
      modifiedNanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
      inode: UInt64(status.st_ino))
  }

  /// Size of a regular file that has no other name; 0 for everything else.
  static func ownBytes(of path: String) -> Int {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else { return 0 }
    return Int(status.st_size)
  }

  /// SHA-256 of a file, read in pieces of one mebibyte.
  package static func digest(of path: String) throws -> Digest {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot open", path) }
    defer { close(descriptor) }
    var stream = DigestStream()
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("cannot read", path) }
    var buffer = [UInt8](repeating: 0, count: max(1 << 12, min(1 << 20, Int(status.st_size))))
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 { throw failure("cannot read", path) }
      if count == 0 { return stream.finish() }
      stream.update(buffer[..<count])
    }
  }

  /// Bytes `offset ..< offset + length` of a file.
  package static func read(_ path: String, offset: Int, length: Int) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot open", path) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: length)
    var done = 0
    while done < length {
      let count = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { pread(descriptor, $0 + done, length - done, off_t(offset + done)) } ?? 0
      }
      if count < 0 { throw failure("cannot read", path) }
      if count == 0 { throw ToolError(.failed, "\(path) ends at byte \(offset + done), before what its manifest says") }
      done += count
    }
    return bytes
  }

  package static func makeFolder(_ url: URL) throws {
    do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch {
      // Foundation's own words are a dump of its error; the system's reason stands in the error below it.
      let code = MachineFault.systemCode(of: error)
      let reason = code.map { String(cString: strerror($0)) } ?? "\(error)"
      let path = url.path(percentEncoded: false)
      throw ToolError(
        code.map(MachineFault.isOne) == true ? .notFinished : .failed,
        "cannot make the folder \(path): \(reason)\(code.map(MachineFault.advice) ?? "; check the path")")
    }
  }

  package static func exists(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.path(percentEncoded: false))
  }

  /// Names in a folder, sorted; empty when there is no such folder.
  package static func names(in folder: URL) throws -> [String] {
    guard exists(folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
  }

  /// Makes the files of `temporary` durable, then gives the folder its final name, then makes that durable.
  ///
  /// When another process was faster, its result stands and this one is removed.
  package static func commit(folder temporary: URL, to final: URL) throws {
    for name in try names(in: temporary) {
      try synchronise(temporary.appending(path: name).path(percentEncoded: false))
    }
    try synchronise(temporary.path(percentEncoded: false))
    // A folder without a manifest is no result: somebody took parts of it away.
    if exists(final), !exists(final.appending(path: "manifest.json")) { try FileManager.default.removeItem(at: final) }
    if rename(temporary.path(percentEncoded: false), final.path(percentEncoded: false)) != 0 {
      if exists(final) {
        try FileManager.default.removeItem(at: temporary)
        return
      }
      throw failure("cannot rename into", final.path(percentEncoded: false))
    }
    try synchronise(final.deletingLastPathComponent().path(percentEncoded: false))
  }

  /// Digests all regular files below `folder`, by relative name, sorted; `except` is left out.
  package static func records(in folder: URL, except: Set<String> = []) throws -> [FileRecord] {
    let root = folder.resolvingSymlinksInPath().path(percentEncoded: false)
    guard let walker = FileManager.default.enumerator(atPath: root) else { return [] }
    var records: [FileRecord] = []
    for case let name as String in walker where !except.contains(name) {
      let path = (root.hasSuffix("/") ? root : root + "/") + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
      try synchronise(path)
      records.append(FileRecord(name: name, bytes: try identity(of: path).bytes, digest: try digest(of: path)))
    }
    return records.sorted { $0.name < $1.name }
  }

  /// Writes JSON with sorted keys under a temporary name and renames it.
  package static func writeJSON(_ value: some Encodable, to url: URL) throws {
    try write(CanonicalJSON.data(value), to: url)
  }

  /// Writes a file under a temporary name and renames it; an error of the machine says what to do about it.
  package static func write(_ data: Data, to url: URL) throws {
    do { try AtomicFile.write(data, to: url) } catch {
      guard let code = MachineFault.systemCode(of: error), MachineFault.isOne(code) else { throw error }
      throw ToolError(.notFinished, "\(error)\(MachineFault.advice(code))")
    }
  }

  /// Appends a line to a file, in one write, and first ends a line that was torn when its writer was killed.
  static func append(_ line: Data, to url: URL) throws {
    let path = url.path(percentEncoded: false)
    let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("cannot open", path) }
    defer { close(descriptor) }
    var status = stat()
    var last = UInt8(ascii: "\n")
    if fstat(descriptor, &status) == 0, status.st_size > 0 { pread(descriptor, &last, 1, status.st_size - 1) }
    let bytes = (last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]) + [UInt8](line) + [UInt8(ascii: "\n")]
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw failure("cannot write to", path) }
  }

  package static func readJSON<Value: Decodable>(_ type: Value.Type, from url: URL) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(contentsOf: url))
    } catch let error as DecodingError {
      throw ToolError(.failed, "\(url.path(percentEncoded: false)) is not what this version writes: \(error)")
    }
  }

  static func synchronise(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("cannot make durable", path) }
  }

  /// The error of the last system call.
  static func failure(_ what: String, _ path: String) -> ToolError {
    let code = errno
    return ToolError(
      MachineFault.isOne(code) ? .notFinished : .failed,
      "\(what) \(path): \(String(cString: strerror(code)))\(MachineFault.advice(code))")
  }
}
