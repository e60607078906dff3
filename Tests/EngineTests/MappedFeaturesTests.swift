import Engine
import Foundation
import TestSupport
import Testing

@Suite struct MappedFeaturesTests {
  private let values = (0..<60).map { Float($0) * 0.25 - 3 }

  @Test(arguments: [(20, 3), (1, 60), (60, 1)]) func `values are those of the file`(rows: Int, columns: Int) throws {
    try TestFiles.withTemporaryDirectory { root in
      let file = root.appending(path: "m.npy")
      try NumPyFile.data(rows: rows, columns: columns, values: values).write(to: file)
      let mapped = try MappedFeatures(file.path(percentEncoded: false))
      #expect((mapped.rows, mapped.columns) == (rows, columns))
      #expect(mapped.withValues { Array($0) } == values)
      mapped.release(0..<rows)
      #expect(mapped.withValues { Array($0) } == values)
      #expect(mapped.name(ofRow: 7).contains("row 7 of \(file.path(percentEncoded: false))"))
    }
  }

  /// NumPy writes longer headers as version 2: four bytes of length.
  @Test func `headers of version 2 are read`() throws {
    try TestFiles.withTemporaryDirectory { root in
      let file = root.appending(path: "m.npy")
      let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 3), }".padding(
        toLength: 115, withPad: " ", startingAt: 0)
      var data = Data([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 2, 0, 116, 0, 0, 0])
      data.append(contentsOf: Array((text + "\n").utf8))
      values.withUnsafeBytes { data.append(contentsOf: $0) }
      try data.write(to: file)
      #expect(try MappedFeatures(file.path(percentEncoded: false)).withValues { Array($0) } == values)
      #expect(try NumPyFile.read(file).values == values)
    }
  }

  @Test func `what is no float32 matrix is refused with its name and what to do`() throws {
    try TestFiles.withTemporaryDirectory { root in
      let whole = NumPyFile.data(rows: 20, columns: 3, values: values)
      let doubles = String(decoding: whole[10..<128], as: UTF8.self).replacing("<f4", with: "<f8")
      let vector = NumPyFile.data([1, 2, 3] as [Int32])
      let ofDoubles = whole.prefix(10) + Data(doubles.utf8) + whole.dropFirst(128)
      let cases: [(Data, String)] = [
        (Data(), "is empty"), (whole.dropLast(4), "236 bytes for 20 x 3"), (vector, "numpy.save"),
        (ofDoubles, "numpy.save"), (Data("x,y\n1,2\n3,4\n5,6".utf8), "not a NumPy"),
      ]
      for (data, reason) in cases {
        let file = root.appending(path: "bad.npy")
        try data.write(to: file)
        let error = #expect(throws: ToolError.self) { try MappedFeatures(file.path(percentEncoded: false)) }
        #expect(error?.message.contains(reason) == true && error?.message.contains("bad.npy") == true)
      }
      #expect(throws: ToolError.self) {
        try MappedFeatures(root.appending(path: "none.npy").path(percentEncoded: false))
      }
    }
  }
}
