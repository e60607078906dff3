internal import Foundation

#if canImport(Glibc)
  private import Glibc
#endif

/// Lists the files of a tar by its headers alone, as far as a dataset reader needs them.
///
/// Source: POSIX.1-2017 pax, "ustar Interchange Format" and "pax Header Block"; GNU tar manual, "Basic Tar Format".
final class TarMembers {
  /// One file in the tar.
  struct Member {
    var name: String
    /// First byte of the content in the tar.
    var offset: Int
    /// Length of the content, bytes.
    var length: Int
  }

  /// Why the rest of a tar cannot be read.
  struct Fault: Error {
    var message: String
  }

  private static let blockBytes = 512
  /// Most bytes of a long name or a block of attributes.
  private static let mostAttributeBytes = 1 << 20
  /// Headers are read in pieces of this many bytes, several small members at once.
  private static let pieceBytes = 1 << 15

  private let descriptor: Int32
  private let byteCount: Int
  private var position = 0
  private var piece: (start: Int, bytes: [UInt8]) = (0, [])

  init(_ path: String) throws(Fault) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Fault(message: "cannot be opened: \(String(cString: strerror(errno)))") }
    var status = stat()
    byteCount = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The next file; folders and links are passed over. `nil` at the end mark, or at the end of a tar that has none.
  func next() throws(Fault) -> Member? {
    var (longName, longLength): (String?, Int?) = (nil, nil)
    while position < byteCount {
      let block = try read(position, Self.blockBytes)
      if block.allSatisfy({ $0 == 0 }) { return nil }
      guard Self.number(block[148..<156]) == Self.checksum(block), let length = Self.number(block[124..<136]) else {
        throw Fault(message: "no tar header at byte \(position); is the tar compressed, or cut and joined?")
      }
      let isFile = [0, UInt8(ascii: "0"), UInt8(ascii: "7")].contains(block[156])
      let hasContent = isFile || !(UInt8(ascii: "1")...UInt8(ascii: "6")).contains(block[156])
      let bytes = isFile ? longLength ?? length : hasContent ? length : 0
      let offset = position + Self.blockBytes
      guard bytes <= byteCount - offset else {
        throw Fault(message: "ends within the member at byte \(position); copy it again")
      }
      position = offset + (bytes + Self.blockBytes - 1) / Self.blockBytes * Self.blockBytes
      switch block[156] {
      case _ where isFile: return Member(name: longName ?? Self.name(block), offset: offset, length: bytes)
      case UInt8(ascii: "L"): longName = Self.text(try attributes(offset, bytes)[...])
      case UInt8(ascii: "x"):
        let values = Self.values(try attributes(offset, bytes))
        if values.keys.contains(where: { $0.hasPrefix("GNU.sparse") }) {
          throw Fault(message: "has a sparse file at byte \(offset); write the tar without --sparse")
        }
        longName = values["path"] ?? longName
        longLength = values["size"].flatMap { Int($0) } ?? longLength
      case UInt8(ascii: "g"), UInt8(ascii: "K"): break
      default: (longName, longLength) = (nil, nil)
      }
    }
    return nil
  }

  /// Content of a member, or a part of it.
  func read(_ offset: Int, _ length: Int) throws(Fault) -> [UInt8] {
    if offset < piece.start || offset + length > piece.start + piece.bytes.count {
      let wanted = min(max(length, Self.pieceBytes), max(0, byteCount - offset))
      var bytes = [UInt8](repeating: 0, count: wanted)
      var done = 0
      while done < wanted {
        let count = bytes.withUnsafeMutableBytes {
          pread(descriptor, $0.baseAddress.map { $0 + done }, wanted - done, off_t(offset + done))
        }
        guard count > 0 else {
          if count < 0, errno == EINTR { continue }
          throw Fault(message: "cannot be read at byte \(offset + done)")
        }
        done += count
      }
      piece = (offset, bytes)
    }
    guard offset + length <= piece.start + piece.bytes.count else {
      throw Fault(message: "ends at byte \(byteCount), within a header; copy it again")
    }
    return Array(piece.bytes[(offset - piece.start)..<(offset - piece.start + length)])
  }

  private func attributes(_ offset: Int, _ length: Int) throws(Fault) -> [UInt8] {
    guard length <= Self.mostAttributeBytes else {
      throw Fault(message: "has \(length) bytes of attributes at byte \(offset)")
    }
    return try read(offset, length)
  }

  /// `length name=value` lines.
  private static func values(_ bytes: [UInt8]) -> [String: String] {
    var values: [String: String] = [:]
    var rest = bytes[...]
    while let length = Int(String(decoding: rest.prefix { $0 != 0x20 }, as: UTF8.self)), length > 0,
      length <= rest.count
    {
      let line = String(decoding: rest.prefix(length).drop { $0 != 0x20 }.dropFirst().dropLast(), as: UTF8.self)
      if let equals = line.firstIndex(of: "=") {
        values[String(line[..<equals])] = String(line[line.index(after: equals)...])
      }
      rest = rest.dropFirst(length)
    }
    return values
  }

  private static func name(_ block: [UInt8]) -> String {
    let name = text(block[0..<100])
    guard Array(block[257..<263]) == Array("ustar\0".utf8), block[345] != 0 else { return name }
    return text(block[345..<500]) + "/" + name
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func checksum(_ block: [UInt8]) -> Int {
    block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(block[$1])) }
  }

  /// Octal digits among spaces and zeros, or, when the top bit is set, a big-endian number.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if field.first == 0x80 { return Int(exactly: field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) }
    let digits = text(field.drop { $0 == 0x20 }).prefix { $0 != " " }
    return digits.isEmpty ? 0 : Int(digits, radix: 8).flatMap { $0 < 0 ? nil : $0 }
  }
}
