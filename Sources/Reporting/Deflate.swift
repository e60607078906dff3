private import CZlib

/// The zlib format, which browsers read with `DecompressionStream("deflate")`.
///
/// Source: RFC 1950.
enum Deflate {
  /// - Throws: ``ReportingError`` where there is not memory enough.
  static func compress(_ bytes: [UInt8]) throws(ReportingError) -> [UInt8] {
    var size = compressBound(UInt(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(size))
    let status = compress2(&result, &size, bytes, UInt(bytes.count), 6)
    guard status == Z_OK else { throw ReportingError.compression("zlib gives \(status)") }
    result.removeLast(result.count - Int(size))
    return result
  }
}
