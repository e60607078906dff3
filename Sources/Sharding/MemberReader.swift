package import Foundation
package import Records

/// Where the bytes of one thing stand in a file, and what they are.
package struct MemberReference: Codable, Hashable, Sendable {
  /// First byte in the file.
  package var offset: Int
  /// Number of bytes.
  package var length: Int
  /// SHA-256 of the bytes.
  package var digest: Digest

  package init(offset: Int, length: Int, digest: Digest) {
    self.offset = offset
    self.length = length
    self.digest = digest
  }
}

/// Reads members of one tar, in any order, from any thread.
package final class MemberReader: Sendable {
  /// Size of the file, bytes.
  package let byteCount: Int
  private let file: OpenFile

  package init(path: URL) throws {
    file = try OpenFile(reading: path)
    byteCount = try file.byteCount()
  }

  /// The bytes that `reference` stands for.
  ///
  /// - Throws: ``ShardingError`` `truncated-tar` when the file ends before them, `digest-mismatch` when they differ.
  package func read(_ reference: MemberReference) throws -> [UInt8] {
    let bytes = try read(offset: reference.offset, length: reference.length)
    guard Digest(of: bytes) == reference.digest else {
      throw ShardingError(
        .digestMismatch, path: file.path, offset: reference.offset,
        "\(reference.length) bytes are not those that were written; `dfprep verify` tells what else has changed")
    }
    return bytes
  }

  /// Bytes `offset ..< offset + length`.
  package func read(offset: Int, length: Int) throws -> [UInt8] {
    guard offset >= 0, length >= 0, offset <= byteCount, length <= byteCount - offset else {
      throw ShardingError(
        .truncatedTar, path: file.path, offset: byteCount,
        "the file ends before the \(length) bytes from byte \(offset) on")
    }
    return try file.read(offset: offset, length: length)
  }
}
