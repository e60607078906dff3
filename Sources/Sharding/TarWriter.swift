package import Foundation
package import Records

/// Writes a tar whose bytes depend on the names and contents given to it and on nothing else.
///
/// The members are files of the ustar format with time, owner and group 0; a name that ustar cannot hold gets a pax
/// header. The file is written under the name given: give a temporary one and rename with ``AtomicFile``.
package final class TarWriter {
  private static let flushBytes = 1 << 20
  /// Length that GNU tar and others fill a tar up to a multiple of.
  private static let recordBytes = 20 * TarHeader.blockBytes

  private let file: OpenFile
  private var stream = DigestStream()
  private var buffer: [UInt8] = []
  /// Bytes given to the file, without ``buffer``.
  private var written = 0
  private var isFinished = false

  /// Makes an empty file at `path`.
  package init(path: URL) throws {
    file = try OpenFile(creating: path)
    buffer.reserveCapacity(2 * Self.flushBytes)
  }

  /// Appends a member.
  ///
  /// - Parameter name: relative, with forward slashes, without `..`.
  /// - Returns: where the content stands in the tar, bytes.
  package func add(name: String, bytes: [UInt8]) throws -> (offset: Int, length: Int) {
    precondition(!isFinished, "the tar is finished")
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." }), !name.utf8.contains(0) else {
      throw ShardingError(.badInput, path: file.path, "'\(name)' is not a relative path; members need one")
    }
    guard bytes.count <= TarHeader.mostBytes else {
      throw ShardingError(.badInput, path: file.path, "\(name) has \(bytes.count) bytes; a member holds up to 8 GiB")
    }
    if let header = TarHeader.block(name: name, length: bytes.count, kind: .file) {
      buffer += header
    } else {
      let attributes = Self.attribute("path", name)
      try appendHeader(name: "pax-header", length: attributes.count, kind: .attributes)
      append(content: attributes)
      // Readers without pax see the end of the name, which holds the extension.
      let tail = String(decoding: name.utf8.suffix(TarHeader.nameBytes).drop { $0 == UInt8(ascii: "/") }, as: UTF8.self)
      try appendHeader(name: tail.allSatisfy(\.isASCII) ? tail : "long-name", length: bytes.count, kind: .file)
    }
    let offset = written + buffer.count
    append(content: bytes)
    if buffer.count >= Self.flushBytes { try flush() }
    return (offset, bytes.count)
  }

  /// Ends the tar and returns when it is on the disk.
  package func finish() throws -> (bytes: Int, digest: Digest) {
    precondition(!isFinished, "the tar is finished")
    isFinished = true
    let end = written + buffer.count + 2 * TarHeader.blockBytes
    let total = (end + Self.recordBytes - 1) / Self.recordBytes * Self.recordBytes
    buffer += [UInt8](repeating: 0, count: total - written - buffer.count)
    try flush()
    try file.synchronise()
    return (total, stream.finish())
  }

  private func appendHeader(name: String, length: Int, kind: TarHeader.Kind) throws {
    guard let header = TarHeader.block(name: name, length: length, kind: kind) else {
      throw ShardingError(.badInput, path: file.path, "'\(name)' does not fit a tar header")
    }
    buffer += header
  }

  private func append(content: [UInt8]) {
    buffer += content
    buffer += repeatElement(0, count: TarHeader.padded(content.count) - content.count)
  }

  private func flush() throws {
    try file.append(buffer)
    stream.update(buffer)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  /// `length name=value` and a newline, where the length counts its own digits.
  private static func attribute(_ name: String, _ value: String) -> [UInt8] {
    let rest = " \(name)=\(value)\n"
    var length = rest.utf8.count
    while String(length).utf8.count + rest.utf8.count != length { length = String(length).utf8.count + rest.utf8.count }
    return Array((String(length) + rest).utf8)
  }
}
