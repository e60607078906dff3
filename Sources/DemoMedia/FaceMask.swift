import Foundation
import Imaging
import Records

/// An upright ellipse of the face over brow, cheeks and chin, with a soft edge.
struct FaceMask {
  /// Pixels that the ellipse may touch.
  let columns: Range<Int>
  let rows: Range<Int>
  private let centre: Point
  /// Unit vector from the mouth to the eyes.
  private let up: Point
  private let halfWidth: Double
  private let halfHeight: Double
  /// Radius, of 1, at which the edge begins to fade.
  private let solid = 0.68

  /// - Parameter landmarks: right eye, left eye, nose, right and left mouth corner.
  init(landmarks: [Point], sidePixels: Int) {
    func middle(_ first: Int, _ second: Int) -> Point {
      Point(x: (landmarks[first].x + landmarks[second].x) / 2, y: (landmarks[first].y + landmarks[second].y) / 2)
    }
    let (eyes, mouth) = (middle(0, 1), middle(3, 4))
    let height = hypot(eyes.x - mouth.x, eyes.y - mouth.y)
    let width = hypot(landmarks[1].x - landmarks[0].x, landmarks[1].y - landmarks[0].y)
    centre = Point(x: eyes.x + 0.45 * (mouth.x - eyes.x), y: eyes.y + 0.45 * (mouth.y - eyes.y))
    up = Point(x: (eyes.x - mouth.x) / max(height, 1), y: (eyes.y - mouth.y) / max(height, 1))
    halfWidth = max(1.02 * width, 0.8 * height, 1)
    halfHeight = max(1.05 * height, 1)
    let reach = max(halfWidth, halfHeight)
    func span(_ value: Double) -> Range<Int> {
      let lower = min(max(0, Int(value - reach)), sidePixels)
      return lower..<max(lower, min(sidePixels, Int(value + reach) + 1))
    }
    columns = span(centre.x)
    rows = span(centre.y)
  }

  /// 1 inside, 0 outside, smooth between, at the centre of a pixel.
  func weight(column: Int, row: Int) -> Double {
    let (x, y) = (Double(column) + 0.5 - centre.x, Double(row) + 0.5 - centre.y)
    let along = (x * up.x + y * up.y) / halfHeight
    let across = (x * up.y - y * up.x) / halfWidth
    let radius = (along * along + across * across).squareRoot()
    if radius >= 1 { return 0 }
    if radius <= solid { return 1 }
    let rest = (1 - radius) / (1 - solid)
    return rest * rest * (3 - 2 * rest)
  }

  /// `face` over `frame` where the mask is, each channel brought to the mean and deviation that `frame` has there.
  ///
  /// - Parameter strength: how much of the difference in colour is taken away, 0 ... 1.
  func blend(_ face: Image, over frame: Image, strength: Double) -> Image {
    var result = frame
    let (own, other) = (statistics(of: frame), statistics(of: face))
    let gains = zip(own, other).map { 1 + strength * (min(max($0.deviation / max($1.deviation, 1), 0.7), 1.4) - 1) }
    let means = zip(own, other).map { $1.mean + strength * ($0.mean - $1.mean) }
    for row in rows {
      for column in columns {
        let weight = weight(column: column, row: row)
        guard weight > 0 else { continue }
        let start = (row * frame.width + column) * 3
        for channel in 0..<3 {
          let matched = (Double(face.pixels[start + channel]) - other[channel].mean) * gains[channel] + means[channel]
          let mixed = weight * matched + (1 - weight) * Double(frame.pixels[start + channel])
          result.pixels[start + channel] = UInt8(min(255, max(0, mixed.rounded())))
        }
      }
    }
    return result
  }

  /// Mean and deviation of each channel over the solid part.
  private func statistics(of image: Image) -> [(mean: Double, deviation: Double)] {
    var (count, sums, squares) = (0.0, [0.0, 0, 0], [0.0, 0, 0])
    for row in rows {
      for column in columns where weight(column: column, row: row) == 1 {
        let start = (row * image.width + column) * 3
        for channel in 0..<3 {
          let value = Double(image.pixels[start + channel])
          sums[channel] += value
          squares[channel] += value * value
        }
        count += 1
      }
    }
    return (0..<3).map { channel in
      let mean = sums[channel] / max(count, 1)
      return (mean, max(0, squares[channel] / max(count, 1) - mean * mean).squareRoot())
    }
  }
}
