package import Records

/// Where the pixels of an original lie in its fake: `x' = scaleX x + offsetX`, `y' = scaleY y + offsetY`.
///
/// In continuous coordinates of whole frames, so that a resize is a pure scale and a crop a pure offset.
package struct RegistrationMap: Hashable, Sendable {
  package var scaleX: Double
  package var scaleY: Double
  /// Pixels of the fake.
  package var offsetX: Double
  /// Pixels of the fake.
  package var offsetY: Double

  package init(scaleX: Double, scaleY: Double, offsetX: Double, offsetY: Double) {
    (self.scaleX, self.scaleY, self.offsetX, self.offsetY) = (scaleX, scaleY, offsetX, offsetY)
  }

  package static let identity = RegistrationMap(scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0)

  package func apply(_ point: Point) -> Point {
    Point(x: scaleX * point.x + offsetX, y: scaleY * point.y + offsetY)
  }

  package func apply(_ box: Box) -> Box {
    Box(
      x: scaleX * box.x + offsetX, y: scaleY * box.y + offsetY, width: scaleX * box.width, height: scaleY * box.height)
  }

  /// The original's face as the fake's: the score is the original's.
  package func apply(_ face: Face) -> Face {
    Face(box: apply(face.box), landmarks: face.landmarks.map(apply), score: face.score, origin: .inherited)
  }

  /// The furthest that a pixel of a fake of the given size lies apart under the two maps, pixels of the original.
  package func distance(to other: RegistrationMap, width: Int, height: Int) -> Double {
    var furthest = 0.0
    for x in [0, Double(width)] {
      for y in [0, Double(height)] {
        let horizontal = (x - offsetX) / scaleX - (x - other.offsetX) / other.scaleX
        let vertical = (y - offsetY) / scaleY - (y - other.offsetY) / other.scaleY
        furthest = max(furthest, (horizontal * horizontal + vertical * vertical).squareRoot())
      }
    }
    return furthest
  }
}
