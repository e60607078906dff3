import Foundation
import Imaging
import Records
import TestSupport
import Testing

@testable import Faces

@Suite("Detectors' numbers")
struct DetectorNumbersTests {
  private func noise(width: Int, height: Int, seed: UInt64) -> Image {
    var random = KeyedRandom(seed: seed, key: "noise", stage: "test")
    return Image(
      width: width, height: height,
      pixels: (0..<width * height * 3).map { _ in UInt8(random.integer(below: 256)) })
  }

  @Test(
    "the size that is looked at follows from the picture's",
    arguments: [
      ("side", 1280, 720, 0.5), ("side", 720, 1280, 0.5), ("side", 320, 200, 1),
      ("dfdc-winner", 299, 900, 2), ("dfdc-winner", 300, 200, 1), ("dfdc-winner", 1000, 2000, 1),
      ("dfdc-winner", 1001, 500, 0.5), ("dfdc-winner", 1900, 500, 0.5), ("dfdc-winner", 1920, 1080, 0.33),
    ])
  func scales(name: String, width: Int, height: Int, factor: Double) throws {
    let scale = try #require(DetectionScale(name: name, sidePixels: 640))
    #expect(scale.factor(width: width, height: height) == factor)
  }

  @Test("rules have names, and no others")
  func scaleNames() {
    #expect(DetectionScale.names.allSatisfy { DetectionScale(name: $0, sidePixels: 1) != nil })
    #expect(DetectionScale(name: "half", sidePixels: 640) == nil)
  }

  @Test("a picture is enlarged or reduced, and faces come back in its own pixels")
  func reducedImage() throws {
    let small = try ReducedImage(Image(width: 101, height: 60, red: 7, green: 8, blue: 9), scale: .dfdcWinner)
    #expect((small.image.width, small.image.height) == (202, 120))
    #expect(small.image.pixels.prefix(3) == [7, 8, 9])
    #expect((small.scaleX, small.scaleY) == (0.5, 0.5))
    let large = try ReducedImage(noise(width: 90, height: 31, seed: 1), scale: .side(30))
    #expect((large.image.width, large.image.height) == (30, 10))
    let face = large.enlarge(
      Face(box: Box(x: 1, y: 2, width: 3, height: 4), landmarks: [Point(x: 5, y: 6)], score: 0.5))
    #expect(face.box == Box(x: 3, y: 2 * 3.1, width: 9, height: 4 * 3.1))
    #expect(face.landmarks == [Point(x: 15, y: 6 * 3.1)] && face.score == 0.5)
  }

  @Test("a picture becomes floats in planes or pixel by pixel, with black beyond its edges")
  func floats() throws {
    let image = Image(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])
    let reduced = try ReducedImage(image, scale: .side(2))
    #expect(
      reduced.floats(width: 3, height: 2, isInterleaved: false)
        == [1, 4, 0, 0, 0, 0, 2, 5, 0, 0, 0, 0, 3, 6, 0, 0, 0, 0])
    #expect(
      reduced.floats(width: 3, height: 1, isInterleaved: true) { Float($0) - 9 }
        == [-8, -7, -6, -5, -4, -3, -9, -9, -9])
  }

  @Test(
    "means over areas equal their definition",
    arguments: [
      (0..<37, 0..<23, 12, 9), (5..<37, 2..<9, 24, 24), (36..<37, 22..<23, 4, 3), (0..<37, 0..<23, 37, 23),
    ])
  func means(x: Range<Int>, y: Range<Int>, columns: Int, rows: Int) {
    let image = noise(width: 37, height: 23, seed: 2)
    var found: [Float] = []
    SummedAreas(image).appendMeans(x: x, y: y, columns: columns, rows: rows, to: &found)
    var expected: [Float] = []
    for column in 0..<columns {
      for row in 0..<rows {
        let across =
          Int(
            floor(Double(column * x.count) / Double(columns)))..<Int(
            ceil(Double((column + 1) * x.count) / Double(columns)))
        let down =
          Int(floor(Double(row * y.count) / Double(rows)))..<Int(ceil(Double((row + 1) * y.count) / Double(rows)))
        for channel in 0..<3 {
          let values = down.flatMap { j in
            across.map { i in Double(image.pixels[((y.lowerBound + j) * 37 + x.lowerBound + i) * 3 + channel]) }
          }
          expected.append(Float((values.reduce(0, +) / Double(values.count) - 127.5) / 128))
        }
      }
    }
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("MTCNN's pyramid goes from the least face to twelve pixels")
  func pyramid() {
    let scales = MTCNN.scales(width: 640, height: 360, leastFace: 0)
    #expect(scales.count == 9)
    #expect(scales.first == 0.6)
    #expect(zip(scales, scales.dropFirst()).allSatisfy { abs($1 / $0 - 0.709) < 1e-12 })
    #expect(360 * (scales.last ?? 0) >= 12 && 360 * (scales.last ?? 1) * 0.709 < 12)
    #expect(MTCNN.scales(width: 640, height: 19, leastFace: 0).isEmpty)
    // Windows of 20 pixels are looked at for faces of up to 20 / 0.709^2 = 39.8.
    #expect(MTCNN.scales(width: 640, height: 360, leastFace: 39) == scales)
    #expect(MTCNN.scales(width: 640, height: 360, leastFace: 40) == Array(scales.dropFirst()))
  }

  @Test("MTCNN's cells become windows, moved, squared and cut at the picture")
  func windows() throws {
    // Three columns of two rows, column by column; the face is in column 2, row 1.
    var scores = [Float](repeating: 0.2, count: 12)
    scores[2 * 5 + 1] = 0.9
    var offsets = [Float](repeating: 9, count: 24)
    offsets.replaceSubrange(20..<24, with: [0.5, -0.25, 0.25, 0])
    let found = MTCNN.windows(scores: scores, offsets: offsets, columns: 3, rows: 2, scale: 0.5)
    let window = try #require(found.first)
    #expect(found.count == 1 && window.score == 0.9)
    // First corner (2 2 + 1) / 0.5 = 10, (2 1 + 1) / 0.5 = 6; second (4 + 12) / 0.5 = 32, (2 + 12) / 0.5 = 28.
    #expect(window.corners == SIMD4(10, 6, 32, 28))
    #expect(window.box(wider: 1) == Box(x: 10, y: 6, width: 23, height: 23))
    let moved = window.moved(sidesWider: 0)
    #expect(moved.corners == SIMD4(21, 0.5, 37.5, 28))
    let square = moved.squared()
    #expect(square.corners == SIMD4(15.5, 0.5, 43, 28))
    let pixels = try #require(square.pixels(width: 40, height: 20))
    // Corners are counted from 1: pixel 15 is the index 14.
    #expect(pixels.x == 14..<40 && pixels.y == 0..<20)
    #expect(square.pixels(width: 14, height: 20) == nil)
    let broken = MTCNN.Window(corners: SIMD4(.nan, 0, .infinity, 9), score: 1)
    #expect(broken.pixels(width: 40, height: 20) == nil)
    let huge = MTCNN.Window(corners: SIMD4(-3e30, -2, 3e30, 9), score: 1)
    #expect(try #require(huge.pixels(width: 40, height: 20)).x == 0..<40)
  }

  @Test("batches are few sizes that sum to what is there")
  func batches() {
    #expect(MTCNN.batches(0).isEmpty)
    #expect(MTCNN.batches(7) == [4, 2, 1])
    #expect(MTCNN.batches(75) == [32, 32, 8, 2, 1])
  }

  @Test("a box inside a larger one is covered by share, not by union")
  func share() {
    let boxes = [Box(x: 0, y: 0, width: 10, height: 10), Box(x: 2, y: 2, width: 4, height: 4)]
    #expect(boxes[0].share(of: boxes[1]) == 1 && boxes[1].share(of: boxes[0]) == 1)
    #expect(boxes[0].share(of: Box(x: 10, y: 0, width: 5, height: 5)) == 0)
    #expect(uncovered(boxes, maximumOverlap: 0.7) { $0.share(of: $1) } == [0])
    #expect(uncovered(boxes, maximumOverlap: 0.7) { $0.overlap(with: $1) } == [0, 1])
    #expect(uncovered(boxes, maximumOverlap: 1) { $0.share(of: $1) } == [0, 1])
  }

  @Test("CenterFace's cell becomes a box, landmarks and a score")
  func centerFace() throws {
    // Four columns of two rows; the face is in column 2, row 1: cell 6.
    let output = { (values: [Float]) in
      values.flatMap { value in (0..<8).map { $0 == 6 ? value : 0 } }
    }
    let outputs = [
      output([0.75]), output([1, 0.5]), output([0.25, -0.25]), output([0, 0, 0, 1, 0.5, 0.5, 1, 0, 1, 1]),
    ]
    let faces = CenterFace.decode(outputs, columns: 4, rows: 2, scoreThreshold: 0.5)
    let face = try #require(faces.first)
    #expect(faces.count == 1 && face.score == 0.75)
    let (width, height) = (4 * exp(0.5), 4 * exp(1.0))
    #expect(abs(face.box.width - width) < 1e-9 && abs(face.box.height - height) < 1e-9)
    #expect(abs(face.box.centre.x - 9) < 1e-9 && abs(face.box.centre.y - 7) < 1e-9)
    let expected = [(0.0, 0.0), (1, 0), (0.5, 0.5), (0, 1), (1, 1)].map {
      Point(x: face.box.x + $0.0 * face.box.width, y: face.box.y + $0.1 * face.box.height)
    }
    #expect(face.landmarks == expected)
    #expect(CenterFace.decode(outputs, columns: 4, rows: 2, scoreThreshold: 0.76).isEmpty)
  }

  @Test("BlazeFace's boxes lie around the centres of their cells, on both grids")
  func blazeFace() {
    var outputs = BlazeFace.counts.map { [Float](repeating: 0, count: $0) }
    for index in [0, 2] { outputs[index] = outputs[index].map { _ in -9 } }
    // The second box of column 3, row 2 of 16; the last box of column 1, row 7 of 8.
    let (fine, coarse) = ((2 * 16 + 3) * 2 + 1, (7 * 8 + 1) * 6 + 5)
    outputs[0][fine] = 0
    outputs[1].replaceSubrange(16 * fine..<16 * fine + 4, with: [4, -8, 40, 60])
    outputs[2][coarse] = 2
    outputs[3].replaceSubrange(16 * coarse..<16 * coarse + 4, with: [0, 0, 10, 10])
    let faces = BlazeFace.decode(outputs, scoreThreshold: 0.5)
    #expect(
      faces.map(\.box) == [
        Box(x: 3.5 * 16 + 4 - 20, y: 2.5 * 16 - 8 - 30, width: 40, height: 60),
        Box(x: 1.5 * 32 - 5, y: 7.5 * 32 - 5, width: 10, height: 10),
      ])
    #expect(faces.map(\.score) == [0.5, 1 / (1 + exp(-2))])
  }
}
