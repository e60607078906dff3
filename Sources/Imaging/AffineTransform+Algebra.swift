private import Foundation
package import Records

// Foundation has a type of the same name, hence the module's name and `Self`.
extension Records.AffineTransform {
  /// The transform that leaves every point where it is.
  package static var identity: Self { Self(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0) }

  /// Scales and turns clockwise about `centre`, then moves by `shift`.
  package static func similarity(about centre: Point, scale: Double, degrees: Double, shift: Point) -> Self {
    let cosine = scale * cos(degrees * .pi / 180)
    let sine = scale * sin(degrees * .pi / 180)
    return Self(
      a: cosine, b: -sine, tx: centre.x - cosine * centre.x + sine * centre.y + shift.x,
      c: sine, d: cosine, ty: centre.y - sine * centre.x - cosine * centre.y + shift.y)
  }

  /// Area of the picture of a unit square; negative when mirrored.
  package var determinant: Double { a * d - b * c }

  /// The transform that undoes this one; `nil` when the picture of a square has no area, or a number is not finite.
  package var inverse: Self? {
    let determinant = determinant
    guard determinant != 0, determinant.isFinite, tx.isFinite, ty.isFinite else { return nil }
    return Self(
      a: d / determinant, b: -b / determinant, tx: (b * ty - d * tx) / determinant,
      c: -c / determinant, d: a / determinant, ty: (c * tx - a * ty) / determinant)
  }

  /// This transform, then `next`.
  package func followed(by next: Self) -> Self {
    Self(
      a: next.a * a + next.b * c, b: next.a * b + next.b * d, tx: next.a * tx + next.b * ty + next.tx,
      c: next.c * a + next.d * c, d: next.c * b + next.d * d, ty: next.c * tx + next.d * ty + next.ty)
  }
}
