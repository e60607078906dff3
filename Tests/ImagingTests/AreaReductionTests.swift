import Testing

@testable import Imaging

@Suite("Reducing by area")
struct AreaReductionTests {
  @Test(
    "Every byte is OpenCV's",
    arguments: [
      (411, 397, 256, 256), (257, 256, 256, 256), (1000, 333, 640, 213), (97, 61, 13, 7), (64, 48, 64, 31),
      (5, 3, 4, 1), (3, 3, 1, 2), (2, 2, 1, 2), (500, 500, 499, 3),
    ])
  func equalsOpenCV(size: (Int, Int, Int, Int)) throws {
    let image = Pictures.noise(width: size.0, height: size.1)
    let expected = try OpenCV.resized(image, width: size.2, height: size.3, interpolation: .area)
    let reduced = try image.resized(width: size.2, height: size.3, interpolation: .area)
    #expect(reduced == expected)
  }

  @Test("White stays white, and the last pixel of a picture is read", arguments: [3, 7, 100])
  func extremes(side: Int) throws {
    let image = Image(width: 113, height: 131, red: 255, green: 255, blue: 254)
    let reduction = try #require(AreaReduction(from: image, width: side, height: side))
    #expect(reduction.reduced(image) == Image(width: side, height: side, red: 255, green: 255, blue: 254))
  }

  @Test("It leaves to OpenCV what grows and what shrinks by whole numbers")
  func leaves() {
    let image = Pictures.noise(width: 30, height: 20)
    for (width, height) in [(31, 20), (30, 21), (15, 10), (10, 20), (0, 5)] {
      #expect(AreaReduction(from: image, width: width, height: height) == nil, "\(width) x \(height)")
    }
  }
}

@Suite("Cubic interpolation")
struct CubicInterpolationTests {
  @Test(
    "Every byte is OpenCV's",
    arguments: [
      (200, 201, 256, 256), (256, 256, 257, 300), (61, 97, 380, 381), (1, 1, 5, 3), (2, 9, 31, 10), (300, 40, 200, 80),
      (40, 300, 80, 200), (255, 33, 85, 11), (7, 5, 1, 1), (113, 131, 641, 133), (3, 2, 256, 1),
    ])
  func equalsOpenCV(size: (Int, Int, Int, Int)) throws {
    for image in [
      Pictures.noise(width: size.0, height: size.1), Pictures.gradient(width: size.0, height: size.1),
      Pictures.checkerboard(width: size.0, height: size.1),
    ] {
      let expected = try OpenCV.resized(image, width: size.2, height: size.3, interpolation: .cubic)
      #expect(try image.resized(width: size.2, height: size.3, interpolation: .cubic) == expected)
    }
  }

  @Test("Sides that are none, and too many pixels, are refused")
  func refuses() {
    let image = Pictures.noise(width: 4, height: 4)
    for (width, height) in [(0, 5), (5, -1), (20_000, 20_000)] {
      #expect(throws: ImagingError.self) {
        try image.resized(width: width, height: height, interpolation: .cubic)
      }
    }
  }
}
