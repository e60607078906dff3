package import Imaging
package import Records

/// Cuts a face out of its frame as a ``CropCut`` says.
///
/// Only the pixels that the crop shows are read. The transform that goes with a crop maps continuous coordinates (see
/// ``Image``): those of pixel (column, row)'s centre are (column + 0.5, row + 0.5), in the frame as in the crop. The
/// matrix for OpenCV's `warpAffine`, where they are whole numbers, has `tx + (a + b - 1) / 2` and `ty + (c + d - 1) / 2`
/// for `tx` and `ty`.
package struct FaceCropper: Sendable {
  let cut: CropCut

  /// - Requires: a positive margin and size.
  package init(cut: CropCut) {
    precondition(
      cut.margin > 0 && (cut.sizePixels ?? 1) > 0, "margin \(cut.margin), size \(cut.sizePixels ?? 0)")
    self.cut = cut
  }

  /// Crops one face.
  ///
  /// - Parameter face: its box and landmarks in pixels of `picture`.
  /// - Returns: the crop, and the map from pixels of `picture` to pixels of the crop.
  /// - Throws: ``FacesError`` `bad-face-box` when the cut is empty, endless, or many times larger than the frame;
  ///   `no-landmarks` where the cut needs them.
  package func crop(_ picture: any Picture, face: Face) throws -> (image: Image, transform: AffineTransform) {
    if cut.geometry == .similarity { return try aligned(picture, face: face) }
    guard let place = PixelRectangle(cut, box: face.box, width: picture.width, height: picture.height) else {
      throw FacesError.badBox(
        reason: "cannot crop \(face.box) from a frame of \(picture.width) x \(picture.height) pixels")
    }
    return try fitted(padded(picture, place), place)
  }

  /// The pixels of a place, beyond the frame its padding.
  private func padded(_ picture: any Picture, _ place: PixelRectangle) throws -> Image {
    let seen = PixelRectangle(
      seenAt: place.x..<place.x + place.width, place.y..<place.y + place.height, of: picture, padding: cut.padding)
    let image = try picture.region(seen)
    if seen == place { return image }
    return try image.warped(
      by: AffineTransform(a: 1, b: 0, tx: Double(seen.x - place.x), c: 0, d: 1, ty: Double(seen.y - place.y)),
      width: place.width, height: place.height, interpolation: .nearest, border: Border(cut.padding))
  }

  /// A rectangle of the frame at the size of a crop.
  private func fitted(_ part: Image, _ place: PixelRectangle) throws -> (image: Image, transform: AffineTransform) {
    guard let size = cut.sizePixels else { return (part, transform(place, width: part.width, height: part.height)) }
    guard cut.fit == .letterbox, part.width != part.height else {
      return (try resized(part, width: size, height: size), transform(place, width: size, height: size))
    }
    let scale = Double(size) / Double(max(part.width, part.height))
    let inner = try resized(
      part, width: max(1, Int(Double(part.width) * scale + 1e-9)),
      height: max(1, Int(Double(part.height) * scale + 1e-9)))
    let (left, top) = (Double((size - inner.width) / 2), Double((size - inner.height) / 2))
    let square = try inner.warped(
      by: AffineTransform(a: 1, b: 0, tx: left, c: 0, d: 1, ty: top), width: size, height: size,
      interpolation: .nearest, border: Border(cut.padding))
    var transform = transform(place, width: inner.width, height: inner.height)
    (transform.tx, transform.ty) = (transform.tx + left, transform.ty + top)
    return (square, transform)
  }

  private func resized(_ image: Image, width: Int, height: Int) throws -> Image {
    try image.resized(
      width: width, height: height,
      interpolation: Interpolation(cut.resampling, isReducing: image.width >= width && image.height >= height))
  }

  private func transform(_ place: PixelRectangle, width: Int, height: Int) -> AffineTransform {
    let (across, down) = (Double(width) / Double(place.width), Double(height) / Double(place.height))
    return AffineTransform(
      a: across, b: 0, tx: -Double(place.x) * across, c: 0, d: down, ty: -Double(place.y) * down)
  }
}

extension PixelRectangle {
  /// The part of a picture that a rectangle shows; where it shows none, the pixels nearest to it. What a mirror shows may
  /// lie anywhere.
  init(seenAt columns: Range<Int>, _ rows: Range<Int>, of picture: any Picture, padding: CropCut.Padding) {
    func range(_ wanted: Range<Int>, _ limit: Int) -> (start: Int, count: Int) {
      if padding == .reflect, wanted.lowerBound < 0 || wanted.upperBound > limit { return (0, limit) }
      let first = min(max(wanted.lowerBound, 0), limit - 1)
      return (first, min(max(wanted.upperBound, first + 1), limit) - first)
    }
    let (across, down) = (range(columns, picture.width), range(rows, picture.height))
    self.init(x: across.start, y: down.start, width: across.count, height: down.count)
  }
}

extension Border {
  init(_ padding: CropCut.Padding) {
    switch padding {
    case .black: self = .black
    case .reflect: self = .reflect
    case .replicate: self = .replicate
    }
  }
}

extension Interpolation {
  init(_ resampling: CropCut.Resampling, isReducing: Bool) {
    switch resampling {
    case .nearest: self = .nearest
    case .linear: self = .linear
    case .cubic: self = .cubic
    case .area: self = .area
    case .lanczos: self = .lanczos
    case .areaOrCubic: self = isReducing ? .area : .cubic
    }
  }
}
