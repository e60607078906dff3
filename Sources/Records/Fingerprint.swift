private import Crypto
package import Foundation

/// The SHA-256 of something, written as 64 lower-case hexadecimal digits.
package struct Digest: Codable, Hashable, Sendable, Comparable, CustomStringConvertible {
  package let hex: String

  package init(hex: String) { self.hex = hex }

  /// The digest of `bytes` themselves.
  package init(of bytes: some DataProtocol) {
    self.init(SHA256.hash(data: bytes))
  }

  package init(of text: String) { self.init(of: Array(text.utf8)) }

  fileprivate init(_ digest: SHA256Digest) {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in digest {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    hex = String(decoding: text, as: UTF8.self)
  }

  /// The first 16 digits: enough to name a folder, never used to compare.
  package var short: String { String(hex.prefix(16)) }
  package var description: String { hex }
  package static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }

  package init(from decoder: any Decoder) throws { hex = try decoder.singleValueContainer().decode(String.self) }
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
