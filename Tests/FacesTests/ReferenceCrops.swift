import Imaging
import Records

/// What the reference programs make of a picture made by a formula, recorded with OpenCV 4 and scikit-image; pixels are
/// the middles of a grid, row by row, R, G, B.
enum ReferenceCrops {
  struct AlignedCrop: Sendable {
    /// Pixel centres at whole numbers.
    var landmarks: [Point]
    /// For OpenCV's `warpAffine`.
    var matrix: [Double]
    var sum: Int
    /// 6 x 6 pixels.
    var grid: [Int]
  }

  struct BoxCrop: Sendable {
    /// Left, top, right, bottom.
    var edges: [Double]
    /// Of the cut at its own size: columns, rows, sum of bytes, sum of bytes times (index modulo 251).
    var native: [String: [Int]]
    /// 4 x 4 pixels of `sbi` at 380, and of `dfdc-winner` fitted and padded to 380.
    var sbi: [Int]
    var winner: [Int]
  }

  static let picture: Image = {
    func triangle(_ value: Int, _ period: Int) -> UInt8 { UInt8(abs(value % (2 * period) - period) * 255 / period) }
    var image = Image(width: 400, height: 300)
    for y in 0..<300 {
      for x in 0..<400 {
        let start = (y * 400 + x) * 3
        image.pixels[start] = triangle(3 * x + y, 97)
        image.pixels[start + 1] = triangle(x + 2 * y, 61)
        image.pixels[start + 2] = triangle(2 * x - y + 1000, 143)
      }
    }
    return image
  }()

  static let aligned = [
    AlignedCrop(
      landmarks: [
        Point(x: 150, y: 120), Point(x: 210, y: 131), Point(x: 176, y: 160), Point(x: 146, y: 185),
        Point(
          x:
            196, y: 194),
      ],
      matrix: [
        1.0516756413242543, 0.1716096511162379, -83.74255340401083, -0.1716096511162379, 1.0516756413242543,
        19.92733243271701,
      ],
      sum: 25041698,
      grid: [
        42, 219, 196, 135, 3, 65, 187, 217, 61, 9, 72, 191, 169, 148, 187, 153, 145, 60, 96, 86, 219, 82,
        202, 160, 241, 12, 32, 62, 233, 98, 116, 55, 228, 207, 160, 154, 148, 125, 127, 29, 96, 252, 216,
        198, 124, 114, 22, 5, 64, 243, 136, 250, 51, 246, 202, 180, 33, 23, 108, 163, 163, 107, 219, 168,
        181, 88, 10, 38, 41, 197, 250, 169, 254, 23, 60, 76, 197, 69, 109, 97, 196, 221, 124, 182, 42, 165,
        52, 144, 50, 75, 202, 234, 153, 129, 13, 22, 57, 201, 104, 236, 87, 235, 94, 133, 144, 92, 161, 16,
      ]),
    AlignedCrop(
      landmarks: [
        Point(x: 30, y: 40), Point(x: 120, y: 30), Point(x: 70, y: 80), Point(x: 40, y: 130),
        Point(
          x: 115,
          y:
            125),
      ],
      matrix: [
        0.7302086016250283, -0.035811936226830335, 76.18114222030863, 0.035811936226830335,
        0.7302086016250283, 94.12463602987606,
      ],
      sum: 10881904,
      grid: [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 110, 37, 121, 55, 251, 174, 1, 29, 40, 63, 186, 249, 0, 0, 0, 0, 0, 0,
        223, 30, 26, 232, 251, 240, 178, 36, 54, 113, 179, 155, 0, 0, 0, 0, 0, 0, 45, 24, 67, 99, 245, 146,
        154, 42, 149, 218, 173, 60, 0, 0, 0, 0, 0, 0, 127, 5, 160, 72, 226, 54, 18, 61, 240, 46, 154, 31,
      ]),
  ]

  static let boxes = [
    BoxCrop(
      edges: [120.6, 70.2, 197.9, 171.7],
      native: [
        "faceforensics": [131, 131, 6597284, 824168624],
        "dfdc-winner": [127, 167, 8137834, 1015836657],
        "coccomini": [101, 101, 3897739, 486578657],
        "sbi": [98, 128, 4817492, 602251680],
      ],
      sbi: [
        124, 160, 206, 69, 57, 119, 248, 44, 32, 54, 147, 55, 40, 107, 246, 153, 210, 176, 163, 197, 89, 29,
        95, 2, 44, 134, 189, 237, 32, 233, 79, 70, 146, 113, 172, 58, 128, 132, 131, 188, 235, 219, 5, 172,
        203, 198, 70, 115,
      ],
      winner: [
        136, 112, 235, 43, 221, 124, 222, 47, 23, 107, 128, 173, 246, 48, 160, 66, 127, 199, 113, 208, 50,
        217, 32, 98, 154, 210, 86, 176, 34, 236, 3, 140, 124, 182, 194, 24, 44, 139, 11, 224, 195, 161, 106,
        20, 198, 72, 154, 49,
      ]),
    BoxCrop(
      edges: [-12.4, 20.7, 90.1, 130.3],
      native: [
        "faceforensics": [143, 143, 7717824, 964261065],
        "dfdc-winner": [124, 166, 7738807, 967440691],
        "coccomini": [94, 110, 3535683, 440471280],
        "sbi": [103, 139, 5115640, 639369429],
      ],
      sbi: [
        97, 11, 1, 106, 95, 93, 200, 202, 185, 4, 198, 232, 5, 231, 60, 197, 123, 31, 109, 15, 123, 93, 91,
        214, 85, 58, 122, 221, 166, 30, 18, 235, 61, 184, 127, 153, 176, 160, 184, 130, 52, 92, 72, 54, 0,
        234, 162, 91,
      ],
      winner: [
        0, 0, 0, 120, 85, 107, 60, 252, 254, 0, 0, 0, 0, 0, 0, 229, 78, 33, 47, 96, 182, 0, 0, 0, 0, 0, 0,
        170, 240, 40, 157, 66, 108, 0, 0, 0, 0, 0, 0, 62, 105, 114, 244, 229, 34, 0, 0, 0,
      ]),
    BoxCrop(
      edges: [300.5, 190.9, 395.2, 280.4],
      native: [
        "faceforensics": [114, 114, 5249517, 655396658],
        "dfdc-winner": [131, 140, 7104588, 887765671],
        "coccomini": [95, 94, 3792866, 473137305],
        "sbi": [112, 113, 5144776, 643538417],
      ],
      sbi: [
        79, 65, 219, 209, 182, 190, 10, 210, 90, 231, 92, 9, 153, 207, 169, 135, 90, 240, 85, 26, 140, 203,
        143, 40, 227, 28, 119, 61, 145, 219, 159, 247, 191, 130, 130, 91, 208, 245, 68, 12, 128, 168, 233,
        11, 241, 55, 105, 141,
      ],
      winner: [
        118, 148, 176, 157, 1, 207, 76, 145, 83, 200, 218, 41, 26, 144, 114, 250, 219, 239, 15, 72, 145,
        217, 74, 20, 65, 73, 51, 168, 74, 177, 107, 220, 207, 125, 143, 83, 157, 219, 10, 76, 144, 114, 199,
        2, 239, 33, 149, 145,
      ]),
  ]

  /// The middles of a grid of `count` x `count` cells.
  static func grid(_ image: Image, _ count: Int) -> [Int] {
    (0..<count * count).flatMap { cell in
      let row = (2 * (cell / count) + 1) * image.height / (2 * count)
      let column = (2 * (cell % count) + 1) * image.width / (2 * count)
      return (0..<3).map { Int(image.pixels[(row * image.width + column) * 3 + $0]) }
    }
  }

  /// As ``BoxCrop/native``.
  static func digest(_ image: Image) -> [Int] {
    var (sum, weighted) = (0, 0)
    for (index, value) in image.pixels.enumerated() {
      sum += Int(value)
      weighted += Int(value) * (index % 251)
    }
    return [image.width, image.height, sum, weighted]
  }
}
