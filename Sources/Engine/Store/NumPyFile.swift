package import Foundation

/// Float32 matrices in NumPy's own format, C order, little endian; versions 1 to 3 are read, version 1.0 is written.
///
/// Source: NumPy enhancement proposal 1.
package enum NumPyFile {
  /// What a file's header says.
  struct Header {
    let rows: Int
    let columns: Int
    /// Where the values begin.
    let start: Int
  }

  private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  /// `[rows, columns]` float32.
  package static func data(rows: Int, columns: Int, values: [Float]) -> Data {
    values.withUnsafeBytes { file(type: "<f4", shape: "(\(rows), \(columns))", bytes: $0) }
  }

  /// `[values]` int32.
  package static func data(_ values: [Int32]) -> Data {
    values.withUnsafeBytes { file(type: "<i4", shape: "(\(values.count),)", bytes: $0) }
  }

  /// Reads what ``data(rows:columns:values:)`` and NumPy write.
  ///
  /// - Throws: ``ToolError`` naming `path` when it is anything else.
  package static func read(_ url: URL) throws -> (rows: Int, columns: Int, values: [Float]) {
    let data = try Data(contentsOf: url, options: .mappedIfSafe)
    let header = try data.withUnsafeBytes { try Self.header($0, of: url.path(percentEncoded: false)) }
    let values = [Float](unsafeUninitializedCapacity: header.rows * header.columns) { buffer, count in
      data.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[header.start...]))
      }
      count = header.rows * header.columns
    }
    return (header.rows, header.columns, values)
  }

  /// The header of a file whose `bytes` these are.
  ///
  /// - Throws: ``ToolError`` naming `path` when it is no float32 matrix in C order, or not as long as it says.
  static func header(_ bytes: UnsafeRawBufferPointer, of path: String) throws -> Header {
    func refuse(_ why: String) -> ToolError { ToolError(.failed, "\(path): \(why)") }
    guard bytes.count > 12, bytes[..<6].elementsEqual(magic), (1...3).contains(bytes[6]) else {
      throw refuse("not a NumPy file of version 1 to 3")
    }
    // The length of the text: two bytes in version 1, four since.
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthBytes + length
    guard start <= bytes.count else { throw refuse("cut in its header") }
    let text = String(decoding: bytes[8 + lengthBytes..<start], as: UTF8.self)
    guard text.contains("'<f4'"), text.contains("False"), let shape = text.firstMatch(of: /\((\d+), (\d+)\)/),
      let rows = Int(shape.1), let columns = Int(shape.2)
    else {
      throw refuse(
        "not a float32 matrix in C order: \(text.trimmingCharacters(in: .whitespacesAndNewlines)); "
          + "write it by numpy.save(path, numpy.ascontiguousarray(features, 'float32'))")
    }
    let (values, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, values <= bytes.count, bytes.count - start == values * MemoryLayout<Float>.size else {
      throw refuse("\(bytes.count - start) bytes for \(rows) x \(columns)")
    }
    return Header(rows: rows, columns: columns, start: start)
  }

  private static func file(type: String, shape: String, bytes: UnsafeRawBufferPointer) -> Data {
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    let before = magic.count + 4
    header += String(repeating: " ", count: (64 - (before + header.utf8.count + 1) % 64) % 64) + "\n"
    var data = Data(magic + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
    data.append(contentsOf: Array(header.utf8))
    data.append(contentsOf: bytes)
    return data
  }
}
