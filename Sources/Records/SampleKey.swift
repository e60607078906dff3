/// The name of a sample: `dataset/relative-path/pts/track/variant`, escaped for WebDataset.
///
/// Lower-case ASCII without dots, so that a reader that cuts the key at the first dot of the base name, or a file system
/// that ignores case, keeps two keys apart. Never made from absolute paths, ordinals, content, hosts or times. Order of
/// samples is byte order of keys.
package enum SampleKey {
  /// Digits that `pts` is padded to; a negative time is written `-` and its magnitude.
  static let ptsDigits = 12

  package static func make(dataset: String, path: String, pts: Int64, track: Int, variant: String) -> String {
    let digits = String(pts.magnitude)
    let padded = String(repeating: "0", count: max(0, ptsDigits - digits.count)) + digits
    return [escape(dataset), escape(path), (pts < 0 ? "-" : "") + padded, String(track), escape(variant)]
      .joined(separator: "/")
  }

  /// Escapes text: `a-z 0-9 - _` and `/` stay, an upper-case letter becomes `+` and its lower-case form, any other byte `=` and
  /// two hexadecimal digits.
  package static func escape(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: "/"):
        result.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        result += [UInt8(ascii: "+"), byte | 0x20]
      default:
        let digits = Array("0123456789abcdef".utf8)
        result += [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A key in the words that it was made of: `dataset/path, time in ticks, face, variant`; `nil` when `key` is none.
  package static func inWords(_ key: String) -> String? {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 5, let pts = Int64(parts[parts.count - 3]), let track = Int(parts[parts.count - 2]),
      let path = unescape(parts.dropLast(3).joined(separator: "/")),
      let variant = unescape(String(parts[parts.count - 1]))
    else { return nil }
    return "\(path), tick \(pts), face \(track), \(variant)"
  }

  /// The text that ``escape(_:)`` was given, or `nil` when `text` is not of its form.
  package static func unescape(_ text: String) -> String? {
    var result: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "+"):
        guard let letter = bytes.popFirst(), (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) else {
          return nil
        }
        result.append(letter & 0xDF)
      case UInt8(ascii: "="):
        guard let high = bytes.popFirst(), let low = bytes.popFirst(),
          let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
        else { return nil }
        result.append(value)
      default: result.append(byte)
      }
    }
    guard let original = String(validating: result, as: UTF8.self), escape(original) == text else { return nil }
    return original
  }
}
