import Foundation
import Records
import TestSupport
import Testing

@testable import Networks

/// Networks run by oneDNN beside the same run by OpenCV.
@Suite struct ConvolutionalNetworkTests {
  private static let yunet = TestFiles.models.appending(path: "face_detection_yunet_2023mar.onnx")
  private static let hasModel = FileManager.default.fileExists(atPath: yunet.path(percentEncoded: false))

  @Test(
    .enabled(if: hasModel, "`make test` fetches the weights"), arguments: [(640, 384), (320, 192), (96, 64), (32, 32)])
  func theOutputsAreThoseOfOpenCV(width: Int, height: Int) throws {
    let network = try ConvolutionalNetwork(onnx: Self.yunet)
    var random = KeyedRandom(seed: 3, key: "\(width)", stage: "network")
    let planes = (0..<3 * width * height).map { index in
      UInt8((index / 7 % 160) + random.integer(below: 96))
    }
    let expected = try Network(onnx: Self.yunet).run(
      planes, shape: [1, 3, height, width], outputs: network.outputs)
    let found = try network.run(planes, width: width, height: height)
    #expect(found.count == 12)
    for (name, (one, other)) in zip(network.outputs, zip(found, expected)) {
      try #require(one.values.count == other.values.count, "\(name)")
      let largest = other.values.map(abs).max() ?? 0
      let difference = zip(one.values, other.values).map { abs($0 - $1) }.max() ?? 0
      #expect(difference <= 1e-4 * max(1, largest), "\(name): \(difference) of \(largest)")
    }
    #expect(try network.run(planes, width: width, height: height) == found)
  }

  @Test(.enabled(if: hasModel, "`make test` fetches the weights"))
  func sizesMayChangeAndAreChecked() throws {
    let network = try ConvolutionalNetwork(onnx: Self.yunet)
    func run(_ side: Int) throws -> [Blob] {
      try network.run([UInt8](repeating: 9, count: 3 * side * side), width: side, height: side)
    }
    let small = try run(64)
    #expect(try run(96).count == small.count)
    #expect(try run(64) == small)
    #expect(throws: NetworkError.self) { try run(65) }
    #expect(throws: NetworkError.self) { try network.run([1, 2, 3], width: 64, height: 64) }
  }

  @Test(.enabled(if: hasModel, "`make test` fetches the weights"))
  func aDamagedFileIsRefused() throws {
    let bytes = try Data(contentsOf: Self.yunet)
    try TestFiles.withTemporaryDirectory { folder in
      let file = folder.appending(path: "damaged.onnx")
      var random = KeyedRandom(seed: 5, key: "damage", stage: "network")
      var refused = 0
      for trial in 0..<80 {
        var damaged = bytes
        if trial < 20 {
          damaged = damaged.prefix(bytes.count * trial / 20)
        } else {
          // The names and shapes of nodes stand at the front.
          for _ in 0..<4 { damaged[random.integer(below: trial < 60 ? 12_000 : bytes.count)] ^= 1 << UInt8(trial % 8) }
        }
        try damaged.write(to: file)
        do {
          let network = try ConvolutionalNetwork(onnx: file)
          _ = try network.run([UInt8](repeating: 0, count: 3 * 64 * 64), width: 64, height: 64)
        } catch let error as NetworkError {
          refused += 1
          #expect(!error.message.isEmpty)
        }
      }
      #expect(refused > 30)
      #expect(throws: NetworkError.self) { try ConvolutionalNetwork(onnx: folder.appending(path: "absent.onnx")) }
    }
  }
}
