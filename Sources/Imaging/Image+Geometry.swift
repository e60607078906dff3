private import COpenCVImage
package import Records

extension Image {
  /// The whole picture at another size.
  ///
  /// Deterministic; `nearest` and `linear` are OpenCV's bit-exact variants.
  ///
  /// - Throws: ``ImagingError`` when a side is not positive or the library is missing.
  package func resized(width: Int, height: Int, interpolation: Interpolation) throws(ImagingError) -> Image {
    if width == self.width && height == self.height { return self }
    if interpolation == .area, let reduction = AreaReduction(from: self, width: width, height: height) {
      return reduction.reduced(self)
    }
    if interpolation == .cubic {
      try OpenCV.checkSize(width: width, height: height, "resize: \(self.width) x \(self.height)")
      return CubicInterpolation(from: self, width: width, height: height).interpolated(self)
    }
    return try OpenCV.resized(self, width: width, height: height, interpolation: interpolation)
  }

  /// A picture of which `transform` maps this one's coordinates (see ``Image``) to its own.
  ///
  /// A pixel's centre lies half a pixel from its edges, so that a pure scale gives what
  /// ``resized(width:height:interpolation:)`` gives. `area` first reduces the part that is seen by the transform's
  /// scale, then interpolates linearly: reducing in one step would alias. Positions are rounded to 1/32 pixel.
  ///
  /// - Throws: ``ImagingError`` when a side is not positive, the transform has no inverse, or the library is missing.
  package func warped(
    by transform: AffineTransform, width: Int, height: Int, interpolation: Interpolation, border: Border
  ) throws(ImagingError) -> Image {
    guard let inverse = transform.inverse else {
      throw ImagingError(.badArgument, "warp: the transform \(transform) cannot be inverted")
    }
    guard interpolation == .area else {
      return try warpedAsIs(by: transform, width: width, height: height, interpolation: interpolation, border: border)
    }
    let scale = abs(transform.determinant).squareRoot()
    guard scale < 1 else {
      return try warpedAsIs(by: transform, width: width, height: height, interpolation: .linear, border: border)
    }
    // A mirror reaches arbitrarily far into the picture; the other borders only need its edge.
    let seen = border == .reflect ? nil : region(seenThrough: inverse, width: width, height: height, margin: 2 / scale)
    let (x, y) = (seen?.x ?? 0, seen?.y ?? 0)
    let part = seen.map { cropped(x: $0.x, y: $0.y, width: $0.width, height: $0.height) } ?? self
    let reduced = try part.resized(
      width: max(1, Int((Double(part.width) * scale).rounded())),
      height: max(1, Int((Double(part.height) * scale).rounded())), interpolation: .area)
    let enlarge = AffineTransform(
      a: Double(part.width) / Double(reduced.width), b: 0, tx: Double(x),
      c: 0, d: Double(part.height) / Double(reduced.height), ty: Double(y))
    return try reduced.warpedAsIs(
      by: enlarge.followed(by: transform), width: width, height: height, interpolation: .linear, border: border)
  }

  /// The pixels of a rectangle.
  ///
  /// - Requires: a rectangle of at least one pixel inside the picture.
  package func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
    precondition(
      x >= 0 && y >= 0 && width > 0 && height > 0 && width <= self.width - x && height <= self.height - y,
      "crop \(width) x \(height) at (\(x), \(y)) of \(self.width) x \(self.height)")
    var result: [UInt8] = []
    result.reserveCapacity(width * height * 3)
    for row in y..<y + height {
      let start = (row * self.width + x) * 3
      result += pixels[start..<start + width * 3]
    }
    return Image(width: width, height: height, pixels: result)
  }

  /// The mirror picture, left and right exchanged.
  package func flippedHorizontally() -> Image {
    rearranged(width: width, height: height) { column, row in (width - 1 - column, row) }
  }

  /// The picture turned by quarters, exactly; negative numbers turn counter-clockwise.
  package func rotated(quarterTurnsClockwise: Int) -> Image {
    switch ((quarterTurnsClockwise % 4) + 4) % 4 {
    case 1: rearranged(width: height, height: width) { column, row in (row, height - 1 - column) }
    case 2: rearranged(width: width, height: height) { column, row in (width - 1 - column, height - 1 - row) }
    case 3: rearranged(width: height, height: width) { column, row in (width - 1 - row, column) }
    default: self
    }
  }

  /// A picture whose pixel at (column, row) is this one's at `place(column, row)`.
  private func rearranged(width: Int, height: Int, _ place: (Int, Int) -> (Int, Int)) -> Image {
    var result = Image(width: width, height: height)
    pixels.withUnsafeBufferPointer { input in
      result.pixels.withUnsafeMutableBufferPointer { output in
        var written = 0
        for row in 0..<height {
          for column in 0..<width {
            let (x, y) = place(column, row)
            let read = (y * self.width + x) * 3
            output[written] = input[read]
            output[written + 1] = input[read + 1]
            output[written + 2] = input[read + 2]
            written += 3
          }
        }
      }
    }
    return result
  }

  /// One call of OpenCV's warp, with coordinates moved to its convention: pixel centres at whole numbers.
  private func warpedAsIs(
    by transform: AffineTransform, width: Int, height: Int, interpolation: Interpolation, border: Border
  ) throws(ImagingError) -> Image {
    let matrix = [
      transform.a, transform.b, transform.tx + (transform.a + transform.b - 1) / 2,
      transform.c, transform.d, transform.ty + (transform.c + transform.d - 1) / 2,
    ]
    return try OpenCV.makeImage(from: self, width: width, height: height, operation: "warp") {
      functions, source, target, error in
      functions.warp_affine(source, target, matrix, matrix.count, interpolation.openCV, border.openCV, error)
    }
  }

  /// The pixels that a picture of the given size shows through `inverse`, and `margin` more; `nil` when it shows none.
  private func region(
    seenThrough inverse: AffineTransform, width: Int, height: Int, margin: Double
  ) -> (x: Int, y: Int, width: Int, height: Int)? {
    let corners = [(0, 0), (width, 0), (0, height), (width, height)].map {
      inverse.apply(Point(x: Double($0), y: Double($1)))
    }
    func range(_ values: [Double], _ limit: Int) -> Range<Int>? {
      let low = max(0, ((values.min() ?? 0) - margin).rounded(.down))
      let high = min(Double(limit), ((values.max() ?? 0) + margin).rounded(.up))
      return low < high ? Int(low)..<Int(high) : nil
    }
    guard let columns = range(corners.map(\.x), self.width), let rows = range(corners.map(\.y), self.height) else {
      return nil
    }
    return (columns.lowerBound, rows.lowerBound, columns.count, rows.count)
  }
}
