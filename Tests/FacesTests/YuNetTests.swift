import Foundation
import Imaging
import Networks
import Records
import TestSupport
import Testing

@testable import Faces

@Suite("YuNet's numbers")
struct YuNetTests {
  /// Outputs for an input of 64 x 32 pixels, all zero but one cell of stride 16: column 2, row 1.
  private func outputs(
    class classScore: Float = 0.9, objectness: Float = 0.4, box: [Float] = [0.25, -0.5, 0.5, 1],
    landmarks: [Float] = [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1.25, 1]
  ) -> [Blob] {
    var blobs: [Blob] = []
    for stride in [8, 16, 32] {
      let cells = (64 / stride) * (32 / stride)
      for (size, cellValues) in [(1, [classScore]), (1, [objectness]), (4, box), (10, landmarks)] {
        var values = [Float](repeating: 0, count: cells * size)
        if stride == 16 { values.replaceSubrange((1 * 4 + 2) * size..<(1 * 4 + 3) * size, with: cellValues) }
        blobs.append(Blob(shape: [1, cells, size], values: values))
      }
    }
    return blobs
  }

  @Test("a cell's values become a box, landmarks and a score")
  func decode() throws {
    let faces = try YuNet.decode(outputs(), width: 64, height: 32, scoreThreshold: 0.5)
    let face = try #require(faces.first)
    #expect(faces.count == 1)
    #expect(abs(face.score - (0.9 * 0.4 as Double).squareRoot()) < 1e-6)
    // Centre (2 + 0.25) 16 = 36, (1 - 0.5) 16 = 8; sides 16 e^0.5 and 16 e.
    #expect(abs(face.box.centre.x - 36) < 1e-9 && abs(face.box.centre.y - 8) < 1e-9)
    #expect(abs(face.box.width - 16 * exp(0.5)) < 1e-9 && abs(face.box.height - 16 * exp(1)) < 1e-9)
    let expected = [(32, 16), (48, 16), (40, 24), (32, 32), (52, 32)]
    #expect(face.landmarks == expected.map { Point(x: Double($0.0), y: Double($0.1)) })
  }

  @Test("scores outside 0 ... 1 are held there, and the threshold is inclusive")
  func clamping() throws {
    let over = try YuNet.decode(outputs(class: 4, objectness: 0.25), width: 64, height: 32, scoreThreshold: 0.5)
    #expect(over.map(\.score) == [0.5])
    let under = try YuNet.decode(outputs(class: -1, objectness: 0.25), width: 64, height: 32, scoreThreshold: 0.01)
    #expect(under.isEmpty)
  }

  @Test("outputs of another size are refused")
  func wrongSize() {
    let error = #expect(throws: FacesError.self) {
      try YuNet.decode(outputs(), width: 96, height: 32, scoreThreshold: 0.5)
    }
    #expect(error?.code == "unexpected-network-output")
    #expect(throws: FacesError.self) { try YuNet.decode([], width: 64, height: 32, scoreThreshold: 0.5) }
  }

  @Test("the input is blue, green, red planes, padded with black to multiples of 32")
  func input() {
    var image = Image(width: 33, height: 2, red: 10, green: 20, blue: 30)
    image.pixels[(1 * 33 + 32) * 3] = 99
    let input = YuNet.input(of: image)
    #expect(input.width == 64 && input.height == 32 && input.values.count == 3 * 64 * 32)
    let plane = 64 * 32
    #expect([0, plane, 2 * plane].map { input.values[$0] } == [30, 20, 10])
    #expect(input.values[2 * plane + 64 + 32] == 99)
    #expect(input.values[33] == 0 && input.values[2 * 64] == 0)
  }

  @Test("overlap suppression equals its definition on random boxes")
  func suppression() {
    var random = KeyedRandom(seed: 7, key: "suppression", stage: "test")
    for _ in 0..<40 {
      let faces = (0..<25).map { _ in
        Face(
          box: Box(
            x: random.uniform(0...60), y: random.uniform(0...60), width: random.uniform(5...40),
            height: random.uniform(5...40)),
          score: Double(random.integer(below: 8)) / 8)
      }
      let kept = suppressOverlaps(faces, maximumOverlap: 0.3)
      // By definition: sorted by rank, a face is kept if and only if no kept face of better rank overlaps it too much.
      let ranked = faces.sorted { ($0.score, $1.box.y, $1.box.x) > ($1.score, $0.box.y, $0.box.x) }
      var isKept = [Bool](repeating: true, count: ranked.count)
      for index in ranked.indices {
        for better in 0..<index
        where isKept[better] && intersectionOverUnion(ranked[better].box, ranked[index].box) > 0.3 {
          isKept[index] = false
        }
      }
      #expect(kept == ranked.indices.filter { isKept[$0] }.map { ranked[$0] })
    }
  }

  private func intersectionOverUnion(_ left: Box, _ right: Box) -> Double {
    let wide = max(0, min(left.x + left.width, right.x + right.width) - max(left.x, right.x))
    let high = max(0, min(left.y + left.height, right.y + right.height) - max(left.y, right.y))
    return wide * high / (left.width * left.height + right.width * right.height - wide * high)
  }
}

@Suite("Networks")
struct NetworkTests {
  private static let model = TestFiles.models.appending(path: "face_detection_yunet_2023mar.onnx")
  private static let isThere = FileManager.default.fileExists(atPath: model.path(percentEncoded: false))

  @Test("bytes and floats give the same outputs, in the order asked for", .enabled(if: isThere, "needs models/"))
  func bytesAndFloats() throws {
    let network = try Network(onnx: Self.model)
    let bytes = (0..<3 * 32 * 64).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let fromBytes = try network.run(bytes, shape: [1, 3, 32, 64], outputs: ["kps_16", "cls_8"])
    #expect(fromBytes.map(\.shape) == [[1, 8, 10], [1, 32, 1]])
    #expect(try network.run(bytes.map(Float.init), shape: [1, 3, 32, 64], outputs: ["kps_16", "cls_8"]) == fromBytes)
    #expect(try network.run(bytes, shape: [1, 3, 32, 64], outputs: ["cls_8"]) == [fromBytes[1]])
  }

  @Test(
    "a reused network gives what a fresh one gives after the input's size changed",
    .enabled(if: isThere, "needs models/"))
  func reuse() throws {
    let reused = try Network(onnx: Self.model)
    let input = { (side: Int) in (0..<3 * side * side).map { UInt8(truncatingIfNeeded: $0 &* 91) } }
    for side in [96, 64, 128] {
      let shape = [1, 3, side, side]
      let fresh = try Network(onnx: Self.model).run(input(side), shape: shape, outputs: ["bbox_8"])
      #expect(try reused.run(input(side), shape: shape, outputs: ["bbox_8"]) == fresh)
    }
  }

  @Test("wrong shapes and names are errors that name the file", .enabled(if: isThere, "needs models/"))
  func misuse() throws {
    let network = try Network(onnx: Self.model)
    let short = #expect(throws: NetworkError.self) {
      try network.run([0] as [UInt8], shape: [1, 3, 32, 32], outputs: ["cls_8"])
    }
    #expect(short?.code == .badInput)
    let channels = [UInt8](repeating: 0, count: 2 * 32 * 32)
    let odd = #expect(throws: NetworkError.self) {
      try network.run(channels, shape: [1, 2, 32, 32], outputs: ["cls_8"])
    }
    #expect(odd?.code == .cannotRun && odd?.message.contains("face_detection_yunet") == true)
    let colours = [UInt8](repeating: 0, count: 3 * 32 * 32)
    #expect(throws: NetworkError.self) { try network.run(colours, shape: [1, 3, 32, 32], outputs: ["no such output"]) }
    #expect(throws: NetworkError.self) { try network.run(colours, shape: [1, 3, 32, 32], outputs: []) }
    #expect(try network.run(colours, shape: [1, 3, 32, 32], outputs: ["cls_8"]).count == 1, "usable after an error")
  }

  @Test("an absent file is an error")
  func absentFile() {
    let absent = URL(filePath: "/nonexistent/a.onnx")
    #expect(#expect(throws: NetworkError.self) { try Network(onnx: absent) }?.code == .cannotLoad)
    #expect(#expect(throws: NetworkError.self) { try CascadeClassifier(xml: absent) }?.code == .cannotLoad)
  }

  @Test("the library says its version")
  func versions() throws {
    #expect(try NetworkLibraries.versions()["opencv"]?.first?.isNumber == true)
  }
}
