import Augmentation
import Imaging
import Records
import Testing

@Suite("Self-blended images")
struct SelfBlendTests {
  static let side = 128
  static let image = Faces.picture(side: side)

  @Test("The face changes, subtly; what is far from it stays, byte for byte", arguments: 0..<6)
  func place(index: Int) throws {
    let made = try Self.make("face \(index)")
    var insideSum = 0
    var insideCount = 0
    for row in 0..<Self.side {
      for column in 0..<Self.side {
        let (u, v) = ((Double(column) / 128 - 0.5) / 0.25, (Double(row) / 128 - 0.53) / 0.3)
        let radius = (u * u + v * v).squareRoot()
        let start = (row * Self.side + column) * 3
        let difference = (start..<start + 3).reduce(0) { $0 + abs(Int(made.pixels[$1]) - Int(Self.image.pixels[$1])) }
        if radius > 1.9 { #expect(difference == 0, "(\(column), \(row))") }
        if radius < 0.5 {
          insideSum += difference
          insideCount += 3
        }
      }
    }
    let mean = Double(insideSum) / Double(insideCount)
    #expect(mean > 0.5 && mean < 45, "\(mean) levels inside the face")
  }

  @Test("The border stays even when the face fills the crop")
  func border() throws {
    var random = KeyedRandom(seed: 1, key: "close", stage: "blend")
    let made = try SelfBlend.make(
      from: Self.image, landmarks: [], faceBox: Box(x: -10, y: -20, width: 150, height: 170), random: &random)
    #expect(made != Self.image)
    for place in 0..<Self.side {
      for (column, row) in [(place, 0), (place, 4), (place, 127), (0, place), (4, place), (127, place)] {
        let start = (row * Self.side + column) * 3
        #expect(made.pixels[start..<start + 3] == Self.image.pixels[start..<start + 3])
      }
    }
  }

  @Test("The same key makes the same bytes, another key others")
  func determinism() throws {
    #expect(try Self.make("a") == Self.make("a"))
    #expect(try Self.make("a") != Self.make("b"))
  }

  @Test("Landmarks that fall together are passed over for the box")
  func degenerate() throws {
    let point = [Point](repeating: Point(x: 64, y: 64), count: 5)
    #expect(try Self.make("x", landmarks: point) == Self.make("x", landmarks: []))
  }

  @Test("A face outside the picture is an error, not an unchanged picture called a fake")
  func outside() {
    var random = KeyedRandom(seed: 1, key: "outside", stage: "blend")
    let error = #expect(throws: AugmentationError.self) {
      try SelfBlend.make(
        from: Self.image, landmarks: [], faceBox: Box(x: 500, y: 0, width: 50, height: 50), random: &random)
    }
    #expect(error?.code == "face-outside-picture")
  }

  static func make(_ key: String, landmarks: [Point] = Faces.landmarks(side: side)) throws -> Image {
    var random = KeyedRandom(seed: 1, key: key, stage: "blend")
    return try SelfBlend.make(from: image, landmarks: landmarks, faceBox: Faces.box(side: side), random: &random)
  }
}
