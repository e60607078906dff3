private import Foundation

#if canImport(Glibc)
  private import Glibc
#endif

/// Reads JSON from front to back, without building a tree of it.
struct JSONReader {
  /// What stands at a byte is not what was to be read there.
  struct Malformed: Error {
    let position: Int
  }

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  /// - Parameter bytes: outlive the reader.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Passes over space between values.
  ///
  /// - Returns: whether anything follows.
  mutating func skipSpace() -> Bool {
    while position < bytes.count, bytes[position] <= 32 { position += 1 }
    return position < bytes.count
  }

  /// Reads an object: `body` is to read the value of every member, or ``skip()`` it.
  mutating func members(_ body: (StaticName, inout JSONReader) throws -> Void) throws {
    try list(from: "{", to: "}") { reader in
      let name = try reader.rawString()
      try reader.expect(":")
      try body(StaticName(bytes: UnsafeRawBufferPointer(rebasing: reader.bytes[name])), &reader)
    }
  }

  /// Reads an array: `body` is to read every element.
  mutating func elements(_ body: (inout JSONReader) throws -> Void) throws { try list(from: "[", to: "]", body) }

  mutating func string() throws -> String {
    let place = try rawString()
    let text = UnsafeRawBufferPointer(rebasing: bytes[place])
    guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
    // Escapes are rare; whoever wrote them reads them.
    let quoted = Data(bytes[(place.lowerBound - 1)...place.upperBound])
    guard let decoded = try? JSONDecoder().decode(String.self, from: quoted) else {
      throw Malformed(position: place.lowerBound)
    }
    return decoded
  }

  mutating func integer() throws -> Int64 {
    guard let value = Int64(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[try rawNumber()]), as: UTF8.self))
    else { throw Malformed(position: position) }
    return value
  }

  mutating func number() throws -> Double {
    guard let value = Double(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[try rawNumber()]), as: UTF8.self))
    else { throw Malformed(position: position) }
    return value
  }

  /// `null`, or what `body` reads.
  mutating func optional<Value>(_ body: (inout JSONReader) throws -> Value) throws -> Value? {
    guard skipSpace(), bytes[position] == UInt8(ascii: "n") else { return try body(&self) }
    try skip()
    return nil
  }

  /// Passes over one value, whatever it is.
  mutating func skip() throws {
    guard skipSpace() else { throw Malformed(position: position) }
    switch bytes[position] {
    case UInt8(ascii: "\""): _ = try rawString()
    case UInt8(ascii: "{"): try members { _, reader in try reader.skip() }
    case UInt8(ascii: "["): try elements { try $0.skip() }
    default: _ = try rawNumber()
    }
  }

  /// The name of a member, compared where it stands. Names with escapes match nothing.
  struct StaticName {
    fileprivate let bytes: UnsafeRawBufferPointer

    /// As it is written, escapes as they stand.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    static func ~= (name: StaticString, member: StaticName) -> Bool { member == name }

    static func == (member: StaticName, name: StaticString) -> Bool {
      guard member.bytes.count == name.utf8CodeUnitCount else { return false }
      guard let start = member.bytes.baseAddress else { return true }
      return memcmp(start, name.utf8Start, member.bytes.count) == 0
    }
  }

  private mutating func list(
    from open: Unicode.Scalar, to close: Unicode.Scalar, _ body: (inout JSONReader) throws -> Void
  ) throws {
    try expect(open)
    guard skipSpace() else { throw Malformed(position: position) }
    if bytes[position] == UInt8(ascii: close) {
      position += 1
      return
    }
    while true {
      try body(&self)
      guard skipSpace() else { throw Malformed(position: position) }
      position += 1
      switch bytes[position - 1] {
      case UInt8(ascii: ","): continue
      case UInt8(ascii: close): return
      default: throw Malformed(position: position - 1)
      }
    }
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard skipSpace(), bytes[position] == UInt8(ascii: character) else { throw Malformed(position: position) }
    position += 1
  }

  /// Place of a string's bytes, without the quotes, escapes as they stand.
  private mutating func rawString() throws -> Range<Int> {
    try expect("\"")
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { throw Malformed(position: start) }
    position += 1
    return start..<(position - 1)
  }

  /// Place of a number, or of `true`, `false`, `null`.
  private mutating func rawNumber() throws -> Range<Int> {
    guard skipSpace() else { throw Malformed(position: position) }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte <= 32 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { break }
      position += 1
    }
    guard position > start else { throw Malformed(position: start) }
    return start..<position
  }
}
