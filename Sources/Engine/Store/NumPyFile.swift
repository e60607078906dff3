package import Foundation

/// Float32 matrices in NumPy's own format, version 1.0, C order, little endian.
///
/// Source: NumPy enhancement proposal 1.
package enum NumPyFile {
  private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]

  /// `[rows, columns]` float32.
  package static func data(rows: Int, columns: Int, values: [Float]) -> Data {
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    let length = magic.count + 2 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - length % 64) % 64) + "\n"
    var data = Data(magic)
    data.append(contentsOf: [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
    data.append(contentsOf: Array(header.utf8))
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }

  /// Reads what ``data(rows:columns:values:)`` writes.
  ///
  /// - Throws: ``ToolError`` naming `path` when it is anything else.
  package static func read(_ url: URL) throws -> (rows: Int, columns: Int, values: [Float]) {
    let data = try Data(contentsOf: url, options: .mappedIfSafe)
    func refuse(_ why: String) -> ToolError { ToolError(.failed, "\(url.path(percentEncoded: false)): \(why)") }
    guard data.count > 10, data.prefix(8).elementsEqual(magic) else { throw refuse("not a NumPy 1.0 file") }
    let start = 10 + Int(data[8]) + Int(data[9]) << 8
    guard start <= data.count else { throw refuse("cut in its header") }
    let header = String(decoding: data[10..<start], as: UTF8.self)
    guard header.contains("'<f4'"), header.contains("False"),
      let shape = header.firstMatch(of: /\((\d+), (\d+)\)/), let rows = Int(shape.1), let columns = Int(shape.2)
    else { throw refuse("not a float32 matrix in C order: \(header)") }
    guard data.count - start == rows * columns * 4 else {
      throw refuse("\(data.count - start) bytes for \(rows) x \(columns)")
    }
    let values = [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      data.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start...]))
      }
      count = rows * columns
    }
    return (rows, columns, values)
  }
}
