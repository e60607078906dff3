/// The 512-byte block before a member of a tar.
///
/// Source: POSIX.1-2017 pax, "ustar Interchange Format" and "pax Header Block"; GNU tar manual, "Basic Tar Format", for
/// long names and sizes in base 256.
struct TarHeader: Hashable {
  static let blockBytes = 512
  /// What a ustar size field of 11 octal digits can say.
  static let mostBytes = 0o77777777777
  static let nameBytes = 100
  static let prefixBytes = 155

  /// What a member is.
  enum Kind: UInt8 {
    case file = 0x30  // "0"
    case hardLink = 0x31
    case symbolicLink = 0x32
    case characterDevice = 0x33
    case blockDevice = 0x34
    case folder = 0x35
    case fifo = 0x36
    case contiguousFile = 0x37
    case longLink = 0x4B  // "K"
    case longName = 0x4C  // "L"
    case globalAttributes = 0x67  // "g"
    case attributes = 0x78  // "x"

    /// Whether blocks of content follow the header.
    var hasContent: Bool { !(Kind.hardLink.rawValue...Kind.fifo.rawValue).contains(rawValue) }
  }

  var name: String
  var length: Int
  /// `nil` for a kind that dfprep does not know.
  var kind: Kind?

  /// Blocks that `length` bytes of content fill, in bytes.
  static func padded(_ length: Int) -> Int { (length + blockBytes - 1) / blockBytes * blockBytes }

  // MARK: - Writing

  /// The block that stands for a member whose name fits: owner, group and time 0, read-only.
  ///
  /// - Returns: `nil` when the name fits neither the name field nor, cut at a slash, name and prefix together.
  static func block(name: String, length: Int, kind: Kind) -> [UInt8]? {
    guard let (prefix, rest) = split(Array(name.utf8)) else { return nil }
    var block = [UInt8](repeating: 0, count: blockBytes)
    func put(_ bytes: some Collection<UInt8>, at offset: Int) {
      block.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
    func put(_ value: Int, digits: Int, at offset: Int) {
      let octal = String(value, radix: 8)
      put((String(repeating: "0", count: digits - octal.count) + octal).utf8, at: offset)
    }
    put(rest, at: 0)
    put(0o444, digits: 7, at: 100)
    put(0, digits: 7, at: 108)
    put(0, digits: 7, at: 116)
    put(length, digits: 11, at: 124)
    put(0, digits: 11, at: 136)
    block[156] = kind.rawValue
    put("ustar\u{0}00".utf8, at: 257)
    put(0, digits: 7, at: 329)
    put(0, digits: 7, at: 337)
    put(prefix, at: 345)
    put(checksum(block), digits: 6, at: 148)
    block[155] = UInt8(ascii: " ")
    return block
  }

  /// Cuts a name at the first slash after which the rest fits the name field.
  private static func split(_ name: [UInt8]) -> (prefix: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
    if name.count <= nameBytes { return ([], name[...]) }
    let least = name.count - nameBytes - 1
    guard let slash = name[least...].firstIndex(of: UInt8(ascii: "/")), slash <= prefixBytes, slash + 1 < name.count
    else { return nil }
    return (name[..<slash], name[(slash + 1)...])
  }

  /// Sum of the block's bytes, those of the checksum itself taken as spaces.
  private static func checksum(_ block: [UInt8]) -> Int {
    block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(block[$1])) }
  }

  // MARK: - Reading

  /// Reads a block that others may have written.
  ///
  /// - Returns: `nil` when its checksum or its size is not that of a tar header.
  init?(_ block: [UInt8]) {
    guard block.count == Self.blockBytes, Self.number(block[148..<156]) == Self.checksum(block),
      let length = Self.number(block[124..<136])
    else { return nil }
    self.length = length
    let type = block[156]
    kind = type == 0 ? .file : Kind(rawValue: type)
    name = Self.text(block[0..<100])
    // GNU's own format has other things in the place of the prefix, and another magic.
    if Array(block[257..<263]) == Array("ustar\u{0}".utf8), block[345] != 0 {
      name = Self.text(block[345..<500]) + "/" + name
    }
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Octal digits among spaces and NULs, or, when the top bit is set, a big-endian number.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if let first = field.first, first & 0x80 != 0 {
      guard first == 0x80, field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else { return nil }
      return Int(exactly: field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    let digits = text(field.drop { $0 == 32 }).prefix { $0 != " " }
    return digits.isEmpty ? 0 : Int(digits, radix: 8).flatMap { $0 < 0 ? nil : $0 }
  }
}
