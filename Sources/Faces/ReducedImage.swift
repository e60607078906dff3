import Imaging
import Records

/// A picture at the size that a detector looks at, and the way back to its own pixels.
struct ReducedImage {
  let image: Image
  /// Pixels of the picture for one of the reduced image, along x.
  let scaleX: Double
  /// Pixels of the picture for one of the reduced image, along y; differs from ``scaleX`` by the rounding of sides.
  let scaleY: Double

  init(_ picture: any Picture, scale: DetectionScale) throws {
    try self.init(picture, factor: scale.factor(width: picture.width, height: picture.height))
  }

  /// - Parameter factor: the image's sides over the picture's; reduced by area averaging, enlarged by cubic interpolation.
  init(_ picture: any Picture, factor: Double) throws {
    let width = max(1, Int((Double(picture.width) * factor).rounded()))
    let height = max(1, Int((Double(picture.height) * factor).rounded()))
    if factor < 1 {
      image = try picture.reduced(width: width, height: height)
    } else {
      image = try picture.image().resized(width: width, height: height, interpolation: .cubic)
    }
    scaleX = Double(picture.width) / Double(width)
    scaleY = Double(picture.height) / Double(height)
  }

  /// A face of the reduced image in pixels of the picture.
  func enlarge(_ face: Face) -> Face {
    let box = Box(
      x: face.box.x * scaleX, y: face.box.y * scaleY, width: face.box.width * scaleX, height: face.box.height * scaleY)
    let landmarks = face.landmarks.map { Point(x: $0.x * scaleX, y: $0.y * scaleY) }
    return Face(box: box, landmarks: landmarks, score: face.score)
  }

  /// Red, green and blue of a pixel as floats, `[channel][row][column]` with black at the right and at the bottom, or
  /// `[row][column][channel]`.
  ///
  /// - Parameters:
  ///   - width: at least the image's; `height` likewise.
  ///   - value: what a byte becomes.
  func floats(
    width: Int, height: Int, isInterleaved: Bool, value: (UInt8) -> Float = { Float($0) }
  ) -> [Float] {
    let table = (0...255).map { value(UInt8($0)) }
    var values = [Float](repeating: table[0], count: 3 * width * height)
    let (pixelStep, channelStep) = isInterleaved ? (3, 1) : (1, width * height)
    image.pixels.withUnsafeBufferPointer { pixels in
      values.withUnsafeMutableBufferPointer { values in
        for y in 0..<image.height {
          var source = y * image.width * 3
          for x in 0..<image.width {
            let target = (y * width + x) * pixelStep
            values[target] = table[Int(pixels[source])]
            values[target + channelStep] = table[Int(pixels[source + 1])]
            values[target + 2 * channelStep] = table[Int(pixels[source + 2])]
            source += 3
          }
        }
      }
    }
    return values
  }
}
