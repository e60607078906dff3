private import Foundation
import Imaging
import Records

/// The part of a picture that a face covers, brows to chin, as an ellipse.
struct FaceEllipse {
  var centre: Point
  /// Half axis across the face, pixels.
  var across: Double
  /// Half axis from brows to chin, pixels.
  var along: Double
  /// Unit vector from brows to chin.
  var down: Point

  /// From five landmarks (see ``SelfBlend``), or from the box when there are not five or they fall together.
  ///
  /// The proportions are those of an average face: with the distance from eyes to mouth as 1, brows at -0.6 and chin at
  /// 1.6; half the width is 1.05 times the distance of the eyes, or in profile 0.75 times the height's unit.
  init(landmarks: [Point], box: Box) {
    centre = box.centre
    across = 0.45 * box.width
    along = 0.48 * box.height
    down = Point(x: 0, y: 1)
    guard landmarks.count == 5 else { return }
    let eyes = Self.middle(landmarks[0], landmarks[1])
    let mouth = Self.middle(landmarks[3], landmarks[4])
    let height = hypot(mouth.x - eyes.x, mouth.y - eyes.y)
    guard height >= 2 else { return }
    down = Point(x: (mouth.x - eyes.x) / height, y: (mouth.y - eyes.y) / height)
    centre = Point(x: eyes.x + 0.5 * height * down.x, y: eyes.y + 0.5 * height * down.y)
    along = 1.1 * height
    across = max(1.05 * hypot(landmarks[1].x - landmarks[0].x, landmarks[1].y - landmarks[0].y), 0.75 * height)
  }

  private static func middle(_ left: Point, _ right: Point) -> Point {
    Point(x: (left.x + right.x) / 2, y: (left.y + right.y) / 2)
  }

  /// The ellipse under a transform that scales and moves, without turning.
  func moved(by transform: Records.AffineTransform) -> FaceEllipse {
    var result = self
    let scale = abs(transform.determinant).squareRoot()
    result.centre = transform.apply(centre)
    result.across *= scale
    result.along *= scale
    return result
  }

  /// Weights of the inserted face, `UInt8`, full range, row-major `[height, width]`.
  ///
  /// The ellipse at a random size, its outline bent by random waves, its edge blurred; 0 along the picture's border.
  func softMask(width: Int, height: Int, random: inout KeyedRandom) throws(ImagingError) -> [UInt8] {
    let size = random.uniform(0.75...1.02)
    let waves = (1...4).map {
      (number: Double($0), height: random.uniform(0...0.06), phase: random.uniform(0...2 * .pi))
    }
    let sigma = max(0.8, random.uniform(0.02...0.07) * (across + along))
    var hard = Image(width: width, height: height)
    hard.pixels.withUnsafeMutableBufferPointer { pixels in
      for row in 0..<height {
        for column in 0..<width {
          let (x, y) = (Double(column) + 0.5 - centre.x, Double(row) + 0.5 - centre.y)
          let (u, v) = ((x * down.y - y * down.x) / across, (x * down.x + y * down.y) / along)
          let radius = (u * u + v * v).squareRoot() / size
          guard radius < 1.25 else { continue }
          let angle = atan2(v, u)
          let outline = waves.reduce(1) { $0 + $1.height * cos($1.number * angle + $1.phase) }
          if radius < outline { pixels[(row * width + column) * 3] = 255 }
        }
      }
    }
    let soft = try hard.gaussianBlurred(sigma: sigma)
    // 0 in the outermost 4 % of the shorter side, then a ramp as wide.
    let border = 0.04 * Double(min(width, height))
    return (0..<width * height).map { index in
      let (column, row) = (index % width, index / width)
      let distance = Double(min(column, row, width - 1 - column, height - 1 - row)) + 1
      let share = min(1, max(0, distance / border - 1))
      return UInt8((share * Double(soft.pixels[index * 3])).rounded())
    }
  }
}
