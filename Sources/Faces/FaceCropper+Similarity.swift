internal import Imaging
internal import Records

extension FaceCropper {
  /// Where the five landmarks of a face lie in a picture of 112 x 112 pixels, pixel centres at whole numbers.
  ///
  /// Source: Deng et al. 2019, ArcFace, in the alignment of InsightFace.
  static let template: [Point] = [
    Point(x: 38.2946, y: 51.6963), Point(x: 73.5318, y: 51.5014), Point(x: 56.0252, y: 71.7366),
    Point(x: 41.5493, y: 92.3655), Point(x: 70.7299, y: 92.2041),
  ]

  /// The face with its landmarks on the template, which is reduced around its centre by the margin.
  func aligned(_ picture: any Picture, face: Face) throws -> (image: Image, transform: AffineTransform) {
    guard face.landmarks.count == Self.template.count else { throw FacesError.noLandmarks }
    let size = cut.sizePixels ?? Int(FacePose.templateSidePixels)
    let goal = Self.template.map { point in
      func place(_ value: Double) -> Double {
        let scaled = value * Double(size) / FacePose.templateSidePixels
        return (scaled + Double(size) * (cut.margin - 1) / 2) / cut.margin + 0.5
      }
      return Point(x: place(point.x), y: place(point.y))
    }
    let limit = 4 * Double(max(picture.width, picture.height))
    guard let transform = AffineTransform(similarityFrom: face.landmarks, to: goal), let inverse = transform.inverse,
      let shown = Self.bounds(of: inverse, size: size, limit: limit)
    else {
      throw FacesError.badBox(
        reason: "cannot align \(face.landmarks) from a frame of \(picture.width) x \(picture.height) pixels")
    }
    let scale = abs(transform.determinant).squareRoot()
    let interpolation = Interpolation(cut.resampling, isReducing: scale < 1)
    let reach = Self.reach(interpolation, scale: scale)
    let seen = PixelRectangle(
      seenAt: shown.columns.lowerBound - reach..<shown.columns.upperBound + reach,
      shown.rows.lowerBound - reach..<shown.rows.upperBound + reach, of: picture, padding: cut.padding)
    var fromSeen = transform
    fromSeen.tx += transform.a * Double(seen.x) + transform.b * Double(seen.y)
    fromSeen.ty += transform.c * Double(seen.x) + transform.d * Double(seen.y)
    let image = try picture.region(seen).warped(
      by: fromSeen, width: size, height: size, interpolation: interpolation, border: Border(cut.padding))
    return (image, transform)
  }

  /// The pixels of the frame that a crop shows, or `nil` where they are absurdly many or far away.
  private static func bounds(
    of inverse: AffineTransform, size: Int, limit: Double
  ) -> (columns: Range<Int>, rows: Range<Int>)? {
    let side = Double(size)
    let corners = [(0, 0), (side, 0), (0, side), (side, side)].map { inverse.apply(Point(x: $0, y: $1)) }
    func range(_ values: [Double]) -> Range<Int>? {
      guard let low = values.min(), let high = values.max(), abs(low) <= limit, abs(high) <= limit else { return nil }
      return Int(low.rounded(.down))..<Int(high.rounded(.up))
    }
    guard let columns = range(corners.map(\.x)), let rows = range(corners.map(\.y)) else { return nil }
    return (columns, rows)
  }

  /// Pixels of the frame beyond a point that have a part in its value.
  private static func reach(_ interpolation: Interpolation, scale: Double) -> Int {
    switch interpolation {
    case .nearest, .linear: 2
    case .cubic: 3
    case .lanczos: 5
    case .area: Int((2 / min(1, scale)).rounded(.up)) + 2
    }
  }
}

extension AffineTransform {
  /// The rotation, scale and shift, without a reflection, that carry points onto others with the least squares.
  ///
  /// Source: Umeyama 1991; in the plane it is one division of complex numbers. `nil` where all points are one.
  init?(similarityFrom points: [Point], to goals: [Point]) {
    let count = Double(points.count)
    func mean(_ values: [Point]) -> Point {
      Point(x: values.reduce(0) { $0 + $1.x } / count, y: values.reduce(0) { $0 + $1.y } / count)
    }
    let (from, to) = (mean(points), mean(goals))
    var (along, across, spread) = (0.0, 0.0, 0.0)
    for (point, goal) in zip(points, goals) {
      let (x, y) = (point.x - from.x, point.y - from.y)
      let (u, v) = (goal.x - to.x, goal.y - to.y)
      along += x * u + y * v
      across += x * v - y * u
      spread += x * x + y * y
    }
    guard spread > 0, spread.isFinite, along.isFinite, across.isFinite, along != 0 || across != 0 else { return nil }
    let (a, c) = (along / spread, across / spread)
    self.init(a: a, b: -c, tx: to.x - a * from.x + c * from.y, c: c, d: a, ty: to.y - c * from.x - a * from.y)
  }
}
