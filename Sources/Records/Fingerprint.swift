private import Crypto
package import Foundation

/// The SHA-256 of something, written as 64 lower-case hexadecimal digits.
///
/// Held as its 32 bytes: a large run has several for every source, and as text each would take four times the memory.
package struct Digest: Codable, Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Its bytes, eight in each, the first the most significant.
  private let words: Words

  private struct Words: Hashable, Sendable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0
    var fourth: UInt64 = 0
  }

  /// Stands where no digest is known yet.
  package static let unknown = Digest(words: Words())

  private init(words: Words) { self.words = words }

  /// - Returns: `nil` for anything but 64 lower-case hexadecimal digits.
  package init?(hex: some StringProtocol) {
    var words: [UInt64] = []
    var word: UInt64 = 0
    var count = 0
    for character in hex.utf8 {
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): word = word << 4 | UInt64(character - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): word = word << 4 | UInt64(character - UInt8(ascii: "a") + 10)
      default: return nil
      }
      count += 1
      if count.isMultiple(of: 16) {
        words.append(word)
        word = 0
      }
    }
    guard count == 64 else { return nil }
    self.init(words: Words(first: words[0], second: words[1], third: words[2], fourth: words[3]))
  }

  /// The digest of `bytes` themselves.
  package init(of bytes: some DataProtocol) {
    self.init(SHA256.hash(data: bytes))
  }

  package init(of text: String) { self.init(of: Array(text.utf8)) }

  fileprivate init(_ digest: SHA256Digest) {
    self.init(
      words: digest.withUnsafeBytes { bytes in
        func word(_ index: Int) -> UInt64 {
          UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        return Words(first: word(0), second: word(1), third: word(2), fourth: word(3))
      })
  }

  private static let digits = Array("0123456789abcdef".utf8)

  package var hex: String {
    String(unsafeUninitializedCapacity: 64) { text in
      var place = 0
      for word in [words.first, words.second, words.third, words.fourth] {
        for shift in stride(from: 60, through: 0, by: -4) {
          text[place] = Self.digits[Int(word >> UInt64(shift) & 15)]
          place += 1
        }
      }
      return place
    }
  }

  /// The first 16 digits: enough to name a folder, never used to compare.
  package var short: String { String(hex.prefix(16)) }
  package var description: String { hex }

  package static func < (left: Digest, right: Digest) -> Bool {
    (left.words.first, left.words.second, left.words.third, left.words.fourth)
      < (right.words.first, right.words.second, right.words.third, right.words.fourth)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = Digest(hex: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no SHA-256 of 64 hexadecimal digits")
    }
    self = digest
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}

/// Builds one digest from named fields, so that no two sequences of fields give the same bytes.
///
/// Every field enters as `name`, NUL, length of its bytes in decimal, NUL, bytes.
package struct FingerprintBuilder {
  private var hash = SHA256()
  /// Fields that are not in ``hash`` yet: few long pieces are hashed faster than many short ones.
  private var waiting: [UInt8] = []

  package init(_ kind: String) { add("kind", kind) }

  package mutating func add(_ name: String, _ value: String) {
    let value = value.utf8
    waiting.append(contentsOf: name.utf8)
    waiting.append(0)
    waiting.append(contentsOf: String(value.count).utf8)
    waiting.append(0)
    waiting.append(contentsOf: value)
    guard waiting.count > 1 << 14 else { return }
    hash.update(data: waiting)
    waiting.removeAll(keepingCapacity: true)
  }

  package mutating func add(_ name: String, _ value: Digest) { add(name, value.hex) }

  package mutating func add(_ name: String, _ values: [String]) {
    add("\(name).count", String(values.count))
    for value in values { add(name, value) }
  }

  package func finish() -> Digest {
    var hash = hash
    hash.update(data: waiting)
    return Digest(hash.finalize())
  }
}

/// A running SHA-256 over a stream of bytes.
package struct DigestStream {
  private var hash = SHA256()
  package init() {}
  package mutating func update(_ bytes: some DataProtocol) { hash.update(data: bytes) }
  package func finish() -> Digest { Digest(hash.finalize()) }
}

/// The JSON that fingerprints and manifests are made of: sorted keys, no spaces, slashes as they are.
package enum CanonicalJSON {
  package static func data(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return try encoder.encode(value)
  }

  package static func string(_ value: some Encodable) throws -> String {
    String(decoding: try data(value), as: UTF8.self)
  }

  package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    try JSONDecoder().decode(type, from: data)
  }
}
