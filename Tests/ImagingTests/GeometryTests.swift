import Imaging
import Records
import Testing

@Suite("Size and place")
struct GeometryTests {
  @Test("The identity leaves every byte", arguments: [Interpolation.nearest, .linear, .cubic, .area, .lanczos])
  func identity(interpolation: Interpolation) throws {
    let image = Pictures.noise(width: 33, height: 21)
    let warped = try image.warped(
      by: .identity, width: 33, height: 21, interpolation: interpolation, border: .black)
    #expect(warped == image)
  }

  @Test("A whole translation moves every byte, and shows the border where the picture ends")
  func translation() throws {
    let image = Pictures.noise(width: 20, height: 16)
    let move = AffineTransform(a: 1, b: 0, tx: -5, c: 0, d: 1, ty: -3)
    let inside = try image.warped(by: move, width: 10, height: 8, interpolation: .linear, border: .black)
    #expect(inside == image.cropped(x: 5, y: 3, width: 10, height: 8))
    for (border, expected) in [
      (Border.black, [0, 0, 0]), (.replicate, image.colour(19, 4)), (.reflect, image.colour(15, 4)),
    ] {
      let beyond = try image.warped(by: move, width: 20, height: 16, interpolation: .linear, border: border)
      #expect(beyond.colour(14, 1) == image.colour(19, 4))
      #expect(beyond.colour(18, 1) == expected, "\(border)")
    }
  }

  @Test("A quarter turn by a warp is the exact quarter turn")
  func quarterTurn() throws {
    let image = Pictures.noise(width: 12, height: 7)
    let clockwise = AffineTransform(a: 0, b: -1, tx: 7, c: 1, d: 0, ty: 0)
    let warped = try image.warped(by: clockwise, width: 7, height: 12, interpolation: .nearest, border: .black)
    #expect(warped == image.rotated(quarterTurnsClockwise: 1))
  }

  @Test("A warp that only scales agrees with a resize: both put pixel centres at halves", arguments: [2.0, 0.25])
  func scale(factor: Double) throws {
    let image = Pictures.gradient(width: 64, height: 48)
    let (width, height) = (Int(64 * factor), Int(48 * factor))
    let resized = try image.resized(width: width, height: height, interpolation: .area)
    let warped = try image.warped(
      by: AffineTransform(a: factor, b: 0, tx: 0, c: 0, d: factor, ty: 0), width: width, height: height,
      interpolation: .area, border: .replicate)
    #expect(warped.largestDifference(from: resized) <= 2)
  }

  @Test("Reducing by area averages; a linear warp would alias", arguments: [Border.black, .replicate, .reflect])
  func areaWarp(border: Border) throws {
    let image = Pictures.checkerboard(width: 400, height: 400)
    // A window of 160 x 160 pixels at (120, 120), to 40 x 40, turned by a little.
    let transform = AffineTransform(a: 0.249, b: -0.02, tx: -28, c: 0.02, d: 0.249, ty: -32)
    let reduced = try image.warped(by: transform, width: 40, height: 40, interpolation: .area, border: border)
    #expect(reduced.pixels.allSatisfy { (120...135).contains($0) })
    let aliased = try image.warped(by: transform, width: 40, height: 40, interpolation: .nearest, border: border)
    #expect(Set(aliased.pixels) == [0, 255])
  }

  @Test("Part of the picture seen by an area warp lands where a linear warp puts it")
  func areaWarpPlace() throws {
    let image = Pictures.gradient(width: 300, height: 200)
    let transform = AffineTransform(a: 0.4, b: 0.1, tx: -40, c: -0.1, d: 0.4, ty: -10)
    let area = try image.warped(by: transform, width: 30, height: 30, interpolation: .area, border: .replicate)
    let linear = try image.warped(by: transform, width: 30, height: 30, interpolation: .linear, border: .replicate)
    #expect(area.largestDifference(from: linear) <= 2)
  }

  @Test(
    "One colour stays one colour at any size", arguments: [Interpolation.nearest, .linear, .cubic, .area, .lanczos])
  func constant(interpolation: Interpolation) throws {
    let image = Image(width: 50, height: 40, red: 12, green: 200, blue: 77)
    for (width, height) in [(7, 9), (111, 64)] {
      let resized = try image.resized(width: width, height: height, interpolation: interpolation)
      #expect(resized == Image(width: width, height: height, red: 12, green: 200, blue: 77))
    }
  }

  @Test("A resize by area to half is the mean of four")
  func areaResize() throws {
    let image = Pictures.noise(width: 8, height: 6)
    let half = try image.resized(width: 4, height: 3, interpolation: .area)
    for row in 0..<3 {
      for column in 0..<4 {
        for channel in 0..<3 {
          let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map { Int(image.colour(column * 2 + $0, row * 2 + $1)[channel]) }
          #expect(abs(Double(half.colour(column, row)[channel]) - Double(four.reduce(0, +)) / 4) <= 0.5)
        }
      }
    }
  }

  @Test("Flips, turns and crops move single pixels where they should")
  func exactMoves() {
    let image = Pictures.noise(width: 5, height: 3)
    #expect(image.flippedHorizontally().colour(0, 2) == image.colour(4, 2))
    #expect(image.flippedHorizontally().flippedHorizontally() == image)
    let turned = image.rotated(quarterTurnsClockwise: 1)
    #expect((turned.width, turned.height) == (3, 5))
    #expect(turned.colour(2, 0) == image.colour(0, 0))
    #expect(turned.colour(0, 0) == image.colour(0, 2))
    #expect(image.rotated(quarterTurnsClockwise: -1) == image.rotated(quarterTurnsClockwise: 3))
    #expect(turned.rotated(quarterTurnsClockwise: 1) == image.rotated(quarterTurnsClockwise: 2))
    #expect(turned.rotated(quarterTurnsClockwise: 3) == image)
    #expect(image.cropped(x: 1, y: 2, width: 2, height: 1).pixels == image.colour(1, 2) + image.colour(2, 2))
  }

  @Test("A transform and its inverse undo each other; one without area has none")
  func inverse() throws {
    let transform = AffineTransform(a: 0.4, b: 0.1, tx: -40, c: -0.2, d: 0.5, ty: 7)
    let inverse = try #require(transform.inverse)
    let point = transform.followed(by: inverse).apply(Point(x: 13, y: -4))
    #expect(abs(point.x - 13) < 1e-9 && abs(point.y + 4) < 1e-9)
    let flat = AffineTransform(a: 1, b: 1, tx: 0, c: 1, d: 1, ty: 0)
    #expect(flat.inverse == nil)
    #expect(throws: ImagingError.self) {
      try Pictures.noise(width: 4, height: 4).warped(
        by: flat, width: 4, height: 4, interpolation: .linear, border: .black)
    }
  }

  @Test("A size without pixels, or with too many, is refused by name")
  func sizes() {
    let image = Image(width: 2, height: 2)
    let errors = [(0, 5), (100_000, 100_000)].map { size in
      #expect(throws: ImagingError.self) {
        try image.resized(width: size.0, height: size.1, interpolation: .linear)
      }
    }
    #expect(errors.map { $0?.code } == ["image-bad-argument", "image-too-large"])
  }
}
