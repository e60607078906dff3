package import Foundation

/// One file in a tar.
package struct TarMember: Hashable, Sendable {
  package let name: String
  /// First byte of the content in the tar.
  package let offset: Int
  /// Length of the content, bytes.
  package let length: Int
}

/// Walks over the files of a tar, whoever wrote it, in the order they stand in.
///
/// Folders, links and devices are passed over. A tar that ends early, or does not read as one, is an error with the
/// byte where that showed; content after the end mark is one too, since a zeroed block would hide what is behind it.
package final class TarReader {
  /// Most bytes that a long name or a block of attributes may have.
  private static let mostAttributeBytes = 1 << 20

  private let file: OpenFile
  private let totalBytes: Int
  private var position = 0
  private var isAtEnd = false

  package init(path: URL) throws {
    file = try OpenFile(reading: path)
    totalBytes = try file.byteCount()
  }

  /// The next file, or `nil` after the last.
  ///
  /// - Throws: ``ShardingError`` `truncated-tar` or `corrupt-tar`.
  package func next() throws -> TarMember? {
    var longName: String?
    var longLength: Int?
    while !isAtEnd {
      let start = position
      let block = try content(at: start, length: TarHeader.blockBytes, of: "a header")
      if block.allSatisfy({ $0 == 0 }) {
        try requireZeros(from: start)
        isAtEnd = true
        break
      }
      guard let header = TarHeader(block) else {
        throw error(.corruptTar, start, "no tar header where one should stand; make the file again, or copy it again")
      }
      position += TarHeader.blockBytes
      guard let kind = header.kind else {
        throw error(.corruptTar, start, "'\(header.name)' is a kind of member that dfprep does not read")
      }
      let isFile = kind == .file || kind == .contiguousFile
      let length = isFile ? longLength ?? header.length : kind.hasContent ? header.length : 0
      let offset = position
      guard length <= totalBytes - offset else {
        throw error(
          .truncatedTar, totalBytes,
          "the file ends within '\(longName ?? header.name)', which needs \(length) bytes from byte \(offset) on")
      }
      position += TarHeader.padded(length)
      switch kind {
      case .file, .contiguousFile:
        return TarMember(name: longName ?? header.name, offset: offset, length: length)
      case .longName:
        longName = String(decoding: try attributeBytes(offset, length).prefix { $0 != 0 }, as: UTF8.self)
      case .attributes:
        let attributes = try parseAttributes(try attributeBytes(offset, length), at: offset)
        longName = attributes["path"] ?? longName
        if let size = attributes["size"] {
          guard let length = Int(size), length >= 0 else { throw error(.corruptTar, start, "a size of '\(size)'") }
          longLength = length
        }
        if attributes.keys.contains(where: { $0.hasPrefix("GNU.sparse") }) {
          throw error(.corruptTar, start, "a sparse file, which dfprep does not read; write the tar without --sparse")
        }
      case .globalAttributes, .longLink: break
      case .hardLink, .symbolicLink, .characterDevice, .blockDevice, .folder, .fifo:
        longName = nil
        longLength = nil
      }
    }
    return nil
  }

  /// Content of a member, or a part of it.
  package func read(offset: Int, length: Int) throws -> [UInt8] {
    try content(at: offset, length: length, of: "a member")
  }

  private func content(at offset: Int, length: Int, of what: String) throws -> [UInt8] {
    let bytes = try file.read(offset: offset, length: length)
    guard bytes.count == length else {
      throw error(
        .truncatedTar, min(offset + bytes.count, totalBytes),
        "the file ends before or within \(what) at byte \(offset)")
    }
    return bytes
  }

  private func attributeBytes(_ offset: Int, _ length: Int) throws -> [UInt8] {
    guard length <= Self.mostAttributeBytes else { throw error(.corruptTar, offset, "\(length) bytes of attributes") }
    return try content(at: offset, length: length, of: "attributes")
  }

  /// Reads `length name=value` lines.
  private func parseAttributes(_ bytes: [UInt8], at offset: Int) throws -> [String: String] {
    var attributes: [String: String] = [:]
    var rest = bytes[...]
    while let first = rest.first, first != 0 {
      let digits = rest.prefix { $0 != UInt8(ascii: " ") }
      guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1, length <= rest.count,
        let equals = rest.prefix(length).dropFirst(digits.count + 1).firstIndex(of: UInt8(ascii: "="))
      else {
        throw error(.corruptTar, offset + rest.startIndex, "attributes that are not `length name=value`")
      }
      let line = rest.prefix(length)
      let name = String(decoding: line[(digits.endIndex + 1)..<equals], as: UTF8.self)
      attributes[name] = String(decoding: line[(equals + 1)..<(line.endIndex - 1)], as: UTF8.self)
      rest = rest.dropFirst(length)
    }
    return attributes
  }

  private func requireZeros(from start: Int) throws {
    let pieceBytes = 1 << 20
    var offset = start
    while offset < totalBytes {
      let piece = try file.read(offset: offset, length: min(pieceBytes, totalBytes - offset))
      if let index = piece.firstIndex(where: { $0 != 0 }) {
        throw error(.corruptTar, offset + index, "content after the end mark at byte \(start)")
      }
      offset += piece.count
    }
  }

  private func error(_ code: ShardingError.Code, _ offset: Int, _ message: String) -> ShardingError {
    ShardingError(code, path: file.path, offset: offset, message)
  }
}
