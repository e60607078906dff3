package import Imaging

/// A small grey picture of a frame and its halvings, by which frames are compared.
package struct RegistrationThumbnail: Sendable {
  /// Most pixels of the longer side.
  package static let sidePixels = 240
  /// A halving whose shorter side would have fewer pixels is left out; a frame as small as that is not compared.
  static let minimumSidePixels = 12

  /// Size of the frame, pixels.
  package let pictureWidth: Int
  package let pictureHeight: Int
  /// Finest first; at least one.
  let levels: [RegistrationLevel]

  /// Reduces the picture's luma.
  ///
  /// - Throws: what the picture throws.
  package init(_ picture: any Picture) throws {
    let ratio = min(1, Double(Self.sidePixels) / Double(max(picture.width, picture.height)))
    let width = max(1, Int((Double(picture.width) * ratio).rounded()))
    let height = max(1, Int((Double(picture.height) * ratio).rounded()))
    self.init(
      luma: try picture.luma(width: width, height: height), width: width, height: height,
      pictureWidth: picture.width, pictureHeight: picture.height)
  }

  /// - Requires: `luma` has `width * height` values, of a frame of the given size.
  package init(luma: [UInt8], width: Int, height: Int, pictureWidth: Int, pictureHeight: Int) {
    precondition(luma.count == width * height && !luma.isEmpty, "\(luma.count) values for \(width) x \(height)")
    (self.pictureWidth, self.pictureHeight) = (pictureWidth, pictureHeight)
    var level = RegistrationLevel(
      width: width, height: height, scaleX: Double(width) / Double(pictureWidth),
      scaleY: Double(height) / Double(pictureHeight), values: luma)
    var levels = [level]
    while min(level.width, level.height) / 2 >= Self.minimumSidePixels {
      level = level.halved()
      levels.append(level)
    }
    self.levels = levels
  }

  /// Whether there is enough of it to compare.
  var isUsable: Bool { min(levels[0].width, levels[0].height) >= Self.minimumSidePixels }

  /// Memory that the values take.
  package var byteCount: Int { levels.reduce(0) { $0 + $1.values.count } }

  /// The level whose pixels are nearest in size to squares of `pixels` by `pixels` of the frame.
  func level(pixelsPerValue pixels: Double) -> RegistrationLevel {
    func mismatch(_ level: RegistrationLevel) -> Double { max(pixels * level.scaleX, 1 / (pixels * level.scaleX)) }
    var best = levels[0]
    for level in levels where mismatch(level) < mismatch(best) { best = level }
    return best
  }
}

/// One size of a thumbnail: luma, row-major.
struct RegistrationLevel: Sendable {
  let width: Int
  let height: Int
  /// Values for one pixel of the frame.
  let scaleX: Double
  let scaleY: Double
  let values: [UInt8]

  /// Means of squares of two; an odd last row or column is left out.
  func halved() -> RegistrationLevel {
    let (halfWidth, halfHeight) = (width / 2, height / 2)
    let half = [UInt8](unsafeUninitializedCapacity: halfWidth * halfHeight) { output, count in
      values.withUnsafeBufferPointer { input in
        for row in 0..<halfHeight {
          for column in 0..<halfWidth {
            let place = row * 2 * width + column * 2
            let sum =
              Int(input[place]) + Int(input[place + 1]) + Int(input[place + width]) + Int(input[place + width + 1])
            output[row * halfWidth + column] = UInt8((sum + 2) >> 2)
          }
        }
      }
      count = halfWidth * halfHeight
    }
    return RegistrationLevel(
      width: halfWidth, height: halfHeight, scaleX: scaleX / 2, scaleY: scaleY / 2, values: half)
  }

  /// Blurred by 1 2 1 along both axes; the outermost pixels stay.
  ///
  /// Interpolation between sharp pixels draws a fit towards whole pixels; between blurred ones much less.
  func blurred() -> RegistrationLevel {
    let blurred = [UInt8](unsafeUninitializedCapacity: values.count) { output, count in
      values.withUnsafeBufferPointer { input in
        func row(_ place: Int) -> Int { Int(input[place - 1]) + 2 * Int(input[place]) + Int(input[place + 1]) }
        for y in 0..<height {
          for x in 0..<width {
            let place = y * width + x
            let isInside = y > 0 && y < height - 1 && x > 0 && x < width - 1
            output[place] =
              isInside ? UInt8((row(place - width) + 2 * row(place) + row(place + width) + 8) >> 4) : input[place]
          }
        }
      }
      count = values.count
    }
    return RegistrationLevel(width: width, height: height, scaleX: scaleX, scaleY: scaleY, values: blurred)
  }
}
