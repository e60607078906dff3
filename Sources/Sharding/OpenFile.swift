internal import Foundation
internal import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// An open file descriptor: whole reads at a place, whole writes at the end, errors that name the file.
final class OpenFile: Sendable {
  let path: String
  private let descriptor: Int32

  /// Opens what is there for reading: a file, or a folder that is to be made durable.
  init(reading url: URL) throws(ShardingError) {
    path = url.path(percentEncoded: false)
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw Self.failure("cannot be opened", path) }
  }

  /// Makes an empty file, in place of one that is there.
  init(creating url: URL) throws(ShardingError) {
    path = url.path(percentEncoded: false)
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw Self.failure("cannot be made", path) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func append(_ bytes: [UInt8]) throws(ShardingError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        Glibc.write(descriptor, all.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure("cannot be written", path)
      }
      done += count
    }
  }

  /// Bytes `offset ..< offset + length`, or fewer where the file ends.
  func read(offset: Int, length: Int) throws(ShardingError) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      while count < length {
        let got = pread(descriptor, buffer.baseAddress.map { $0 + count }, length - count, off_t(offset + count))
        if got < 0 && errno == EINTR { continue }
        failed = got < 0
        if got <= 0 { return }
        count += got
      }
    }
    if failed { throw Self.failure("cannot be read", path) }
    return bytes
  }

  /// Size of the file, bytes.
  func byteCount() throws(ShardingError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure("cannot be looked at", path) }
    return Int(status.st_size)
  }

  /// Returns when the file's bytes are on the disk.
  func synchronise() throws(ShardingError) {
    guard fsync(descriptor) == 0 else { throw Self.failure("cannot be made durable", path) }
  }

  /// SHA-256 of the whole file.
  func digest() throws(ShardingError) -> Digest {
    let pieceBytes = 1 << 20
    var stream = DigestStream()
    var offset = 0
    while true {
      let piece = try read(offset: offset, length: pieceBytes)
      if piece.isEmpty { return stream.finish() }
      stream.update(piece)
      offset += piece.count
    }
  }

  static func failure(_ what: String, _ path: String) -> ShardingError {
    let code = errno
    return ShardingError(.fileSystem, path: path, systemCode: code, "\(what): \(String(cString: strerror(code)))")
  }
}
