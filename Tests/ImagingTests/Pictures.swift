import Imaging
import Records

/// Pictures made from formulas.
enum Pictures {
  /// Smooth colours over the whole range.
  static func gradient(width: Int, height: Int) -> Image {
    make(width: width, height: height) { x, y in
      [
        UInt8(255 * x / max(1, width - 1)), UInt8(255 * y / max(1, height - 1)),
        UInt8(255 * (x + y) / (width + height)),
      ]
    }
  }

  /// Independent random bytes.
  static func noise(width: Int, height: Int) -> Image {
    var random = KeyedRandom(seed: 1, key: "noise", stage: "test")
    return make(width: width, height: height) { _, _ in (0..<3).map { _ in UInt8(random.integer(below: 256)) } }
  }

  /// Black and white pixels in turn.
  static func checkerboard(width: Int, height: Int) -> Image {
    make(width: width, height: height) { x, y in [UInt8](repeating: (x + y) % 2 == 0 ? 0 : 255, count: 3) }
  }

  static func make(width: Int, height: Int, _ colour: (Int, Int) -> [UInt8]) -> Image {
    var pixels: [UInt8] = []
    for row in 0..<height {
      for column in 0..<width { pixels += colour(column, row) }
    }
    return Image(width: width, height: height, pixels: pixels)
  }
}

extension Image {
  /// R, G, B at a place.
  func colour(_ column: Int, _ row: Int) -> [UInt8] {
    Array(pixels[(row * width + column) * 3..<(row * width + column) * 3 + 3])
  }

  /// The largest difference of two bytes at the same place.
  func largestDifference(from other: Image) -> Int {
    zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }
}
