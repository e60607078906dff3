internal import Foundation

/// Names in the outermost object of a JSON text that stand there twice, of which a decoder would drop one unseen.
enum JSONNames {
  /// - Returns: each name once, as written, in order; for a text that is not JSON, anything.
  static func repeated(in data: Data) -> [String] {
    var seen = Set<ArraySlice<UInt8>>()
    var repeated: [String] = []
    let bytes = Array(data)
    var (depth, index, expectsName) = (0, 0, false)
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        expectsName = depth == 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ","): expectsName = depth == 1
      case UInt8(ascii: "\""):
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
          index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        if expectsName, index < bytes.count, !seen.insert(bytes[start..<index]).inserted {
          repeated.append(String(decoding: bytes[start..<index], as: UTF8.self))
        }
        expectsName = false
      default: break
      }
      index += 1
    }
    return repeated
  }
}
