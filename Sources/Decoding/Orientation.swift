import CFFmpeg
import Imaging

/// How a stored frame lies: one of the eight ways of turning and mirroring it upright.
struct Orientation: Hashable {
  /// Rows of the stored frame are columns of the upright one.
  var swapsAxes = false
  /// The stored frame is read from right to left.
  var reversesX = false
  /// The stored frame is read from bottom to top.
  var reversesY = false

  static let upright = Orientation()

  /// Clockwise turn, degrees; with ``isMirrored`` followed by a flip left to right.
  var rotationDegrees: Int { swapsAxes ? (reversesX ? 270 : 90) : (reversesY ? 180 : 0) }
  var isMirrored: Bool { (reversesX != reversesY) != swapsAxes }
}

extension Orientation {
  /// Reads FFmpeg's 3 x 3 display matrix, where `x' = m0 x + m3 y` and `y' = m1 x + m4 y`.
  ///
  /// A turn that is not a multiple of 90 degrees counts as the nearest one.
  init(displayMatrix matrix: UnsafePointer<Int32>) {
    let straight = matrix[0].magnitude &+ matrix[4].magnitude
    let crossed = matrix[1].magnitude &+ matrix[3].magnitude
    if crossed > straight {
      self.init(swapsAxes: true, reversesX: matrix[1] < 0, reversesY: matrix[3] < 0)
    } else {
      self.init(swapsAxes: false, reversesX: matrix[0] < 0, reversesY: matrix[4] < 0)
    }
  }

  /// The orientation that the container states for a stream.
  init(of stream: UnsafePointer<AVStream>) {
    var bytes = 0
    guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes), bytes >= 36 else {
      self = .upright
      return
    }
    self = data.withMemoryRebound(to: Int32.self, capacity: 9) { Orientation(displayMatrix: $0) }
  }

  /// Turns a stored picture upright.
  func apply(_ image: Image) -> Image {
    let turned = rotationDegrees == 0 ? image : image.rotated(quarterTurnsClockwise: rotationDegrees / 90)
    return isMirrored ? turned.flippedHorizontally() : turned
  }

  /// Turns a stored plane of bytes upright.
  func apply(_ plane: [UInt8], width: Int, height: Int) -> [UInt8] {
    guard self != .upright else { return plane }
    let (uprightWidth, uprightHeight) = swapsAxes ? (height, width) : (width, height)
    var result: [UInt8] = []
    result.reserveCapacity(plane.count)
    for row in 0..<uprightHeight {
      for column in 0..<uprightWidth {
        let (x, y) = swapsAxes ? (row, column) : (column, row)
        result.append(plane[(reversesY ? height - 1 - y : y) * width + (reversesX ? width - 1 - x : x)])
      }
    }
    return result
  }

  /// The part of the stored frame that is seen in `rectangle` of the upright one, which has the given size.
  func stored(_ rectangle: PixelRectangle, width: Int, height: Int) -> PixelRectangle {
    var stored = rectangle
    var size = (width: width, height: height)
    if swapsAxes {
      stored = PixelRectangle(x: rectangle.y, y: rectangle.x, width: rectangle.height, height: rectangle.width)
      size = (width: height, height: width)
    }
    if reversesX { stored.x = size.width - stored.x - stored.width }
    if reversesY { stored.y = size.height - stored.y - stored.height }
    return stored
  }
}
