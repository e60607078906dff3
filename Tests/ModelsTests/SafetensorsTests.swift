import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct SafetensorsTests {
  private func sample() throws -> Safetensors {
    let number = withUnsafeBytes(of: Int64(7)) { Data($0) }
    let values = [Float(1.5), -2, .leastNonzeroMagnitude].withUnsafeBytes { Data($0) }
    return Safetensors(
      arrays: [
        try NamedArray(name: "b", type: .float32, shape: [3, 1], bytes: values),
        try NamedArray(name: "count", type: .int64, shape: [], bytes: number),
        try NamedArray(name: "a", type: .float32, shape: [3], bytes: values),
      ], metadata: ["recipe": "{\"x\":\"ü/\"}", "format": "test"])
  }

  @Test func readsBackWhatItWrites() throws {
    let file = try sample()
    #expect(try Safetensors(decoding: file.encoded()) == file)
  }

  @Test func equalContentsGiveEqualBytesAndTheOrderIsTheFormats() throws {
    let file = try sample()
    let reversed = Safetensors(arrays: file.arrays.reversed(), metadata: file.metadata)
    #expect(try file.encoded() == reversed.encoded())
    #expect(file.arrays.map(\.name) == ["count", "a", "b"])
    let bytes = try file.encoded()
    #expect(bytes.prefix(8).first.map { $0 % 8 == 0 } == true)
    #expect(String(decoding: bytes.dropFirst(8).prefix(16), as: UTF8.self) == "{\"__metadata__\":")
  }

  private func file(_ header: String, data: Int) -> Data {
    var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    file.append(Data(header.utf8))
    file.append(Data(count: data))
    return file
  }

  @Test(arguments: [
    ("not JSON", 4, "header"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "belong to no array"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3, "lies at"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "lies at"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "needs 8 bytes"),
    (#"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#, 4, "shape"),
    (#"{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,4]}}"#, 4, "shape"),
    (#"{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#, 4, "element type BF16"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      4,
      "starts at 0"
    ),
  ]) func damagedFilesAreRefused(header: String, data: Int, reason: String) throws {
    let error = #expect(throws: ModelError.self) { try Safetensors(decoding: file(header, data: data)) }
    #expect(error?.code == .unreadableWeights)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func cutFilesAreRefusedWhereverTheyAreCut() throws {
    let whole = try sample().encoded()
    for length in 0..<whole.count {
      #expect(throws: ModelError.self, "\(length) bytes") { try Safetensors(decoding: whole.prefix(length)) }
    }
  }
}
