import Records

extension AffineTransform {
  /// The rotation, scale and shift, without mirroring, that brings `points` closest to `targets` by least squares.
  ///
  /// Source: Umeyama 1991, in two dimensions, where a rotation and a scale are one complex factor.
  static func similarity(from points: [Point], to targets: [Point]) -> AffineTransform {
    let (from, to) = (centroid(of: points), centroid(of: targets))
    var (real, imaginary, norm) = (0.0, 0.0, 0.0)
    for (point, target) in zip(points, targets) {
      let (x, y, u, v) = (point.x - from.x, point.y - from.y, target.x - to.x, target.y - to.y)
      real += x * u + y * v
      imaginary += x * v - y * u
      norm += x * x + y * y
    }
    let (a, c) = norm > 0 ? (real / norm, imaginary / norm) : (1, 0)
    return AffineTransform(
      a: a, b: -c, tx: to.x - a * from.x + c * from.y, c: c, d: a, ty: to.y - c * from.x - a * from.y)
  }

  private static func centroid(of points: [Point]) -> Point {
    let count = Double(max(1, points.count))
    return Point(x: points.reduce(0) { $0 + $1.x } / count, y: points.reduce(0) { $0 + $1.y } / count)
  }
}
