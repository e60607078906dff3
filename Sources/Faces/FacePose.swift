private import Foundation
package import Records

/// Where a head is turned to, of its five landmarks.
///
/// The camera is taken to be far away (weak perspective): the landmarks are a scaled view of a rigid face. The view's two
/// rows are found by least squares, then made perpendicular and equally long with the least change, which is exact for
/// points that are such a view of the model. A real face differs from the model: expect errors of some 5 degrees, most in
/// pitch, and little sense of it where the nose is not seen.
///
/// Source: DeMenthon and Davis 1995, without the iteration.
package struct FacePose: Hashable, Sendable {
  /// Turn to the person's left, the picture's right; degrees, -90 ... 90.
  package let yawDegrees: Double
  /// Turn up; degrees.
  package let pitchDegrees: Double
  /// Tilt of the line of the eyes in the picture, clockwise; degrees.
  package let rollDegrees: Double

  /// Side of the template, pixels.
  static let templateSidePixels = 112.0

  /// Right eye, left eye, nose, right mouth corner, left mouth corner; x right, y down, z away from the camera. Across,
  /// ArcFace's template made symmetric; in depth, the tip of the nose 27 mm before the eyes and 25 mm before the corners of
  /// the mouth, as in Mallick's generic face (2016), at 63 mm between the eyes.
  package static let model: [(x: Double, y: Double, z: Double)] = {
    let template = FaceCropper.template
    let (eye, mouth) = ((template[1].x - template[0].x) / 2, (template[4].x - template[3].x) / 2)
    let eyesY = (template[0].y + template[1].y) / 2
    let mouthY = (template[3].y + template[4].y) / 2
    let pixelsPerMillimetre = 2 * eye / 63
    return [
      (-eye, eyesY, 0), (eye, eyesY, 0), (0, template[2].y, -27 * pixelsPerMillimetre),
      (-mouth, mouthY, -2 * pixelsPerMillimetre), (mouth, mouthY, -2 * pixelsPerMillimetre),
    ]
  }()

  /// - Parameter landmarks: as in ``Face``; `nil` comes of any other number of them, and of points without extent.
  package init?(landmarks: [Point]) {
    guard landmarks.count == Self.model.count else { return nil }
    // The view: two rows of three numbers, from the pseudo-inverse of the centred model.
    var (first, second) = ([0.0, 0, 0], [0.0, 0, 0])
    for (point, weights) in zip(landmarks, Self.pseudoInverse) {
      for axis in 0..<3 {
        first[axis] += (point.x - landmarks[0].x) * weights[axis]
        second[axis] += (point.y - landmarks[0].y) * weights[axis]
      }
    }
    // Times the inverse square root of their 2 x 2 matrix of products, the rows are perpendicular and of length 1.
    let (p, q, r) = (Self.dot(first, first), Self.dot(first, second), Self.dot(second, second))
    let determinant = p * r - q * q
    guard determinant.isFinite, determinant > 1e-12 * (p + r) * (p + r) else { return nil }
    let root = determinant.squareRoot()
    let divisor = root * (p + r + 2 * root).squareRoot()
    let (u, v, w) = ((r + root) / divisor, -q / divisor, (p + root) / divisor)
    let across = (0..<3).map { u * first[$0] + v * second[$0] }
    let down = (0..<3).map { v * first[$0] + w * second[$0] }
    let away = [
      across[1] * down[2] - across[2] * down[1], across[2] * down[0] - across[0] * down[2],
      across[0] * down[1] - across[1] * down[0],
    ]
    func degrees(_ sine: Double, _ cosine: Double) -> Double { atan2(sine, cosine) * 180 / .pi }
    rollDegrees = degrees(down[0], across[0])
    yawDegrees = degrees(away[0], (across[0] * across[0] + down[0] * down[0]).squareRoot())
    pitchDegrees = -degrees(away[1], away[2])
  }

  private static func dot(_ left: [Double], _ right: [Double]) -> Double {
    left[0] * right[0] + left[1] * right[1] + left[2] * right[2]
  }

  /// Of the model less its mean: the weight of each landmark in each of the view's three numbers. The weights of an axis
  /// sum to nothing, so that a shift of the landmarks changes nothing.
  private static let pseudoInverse: [[Double]] = {
    let count = Double(model.count)
    let means = (
      model.reduce(0) { $0 + $1.x } / count, model.reduce(0) { $0 + $1.y } / count,
      model.reduce(0) { $0 + $1.z } / count
    )
    let rows = model.map { [$0.x - means.0, $0.y - means.1, $0.z - means.2] }
    // The model is symmetric, so across does not mix with down and depth: one number and a 2 x 2 matrix to invert.
    func product(_ left: Int, _ right: Int) -> Double { rows.reduce(0) { $0 + $1[left] * $1[right] } }
    let (xx, yy, yz, zz) = (product(0, 0), product(1, 1), product(1, 2), product(2, 2))
    let determinant = yy * zz - yz * yz
    return rows.map { row in
      [row[0] / xx, (zz * row[1] - yz * row[2]) / determinant, (yy * row[2] - yz * row[1]) / determinant]
    }
  }()
}
