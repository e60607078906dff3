package import Imaging
package import Records

/// Cuts the square around a face and scales it to the size that a model sees.
///
/// The square is centred on the box, its side is the margin times the box's longer side, and both are rounded to whole
/// pixels of the frame, so that the cut is a copy. Where it reaches beyond the frame, the frame's edge pixels are
/// repeated: black would be an edge of its own to every measure of sharpness. It is reduced by area averaging and
/// enlarged by cubic interpolation.
package struct FaceCropper: Sendable {
  private let margin: Double
  private let sizePixels: Int

  /// - Requires: a positive margin and size.
  package init(recipe: CropRecipe) {
    precondition(recipe.margin > 0 && recipe.sizePixels > 0, "margin \(recipe.margin), size \(recipe.sizePixels)")
    margin = recipe.margin
    sizePixels = recipe.sizePixels
  }

  /// Crops one face.
  ///
  /// - Parameter face: its box in pixels of `picture`.
  /// - Returns: the crop, and the map from pixels of `picture` to pixels of the crop.
  /// - Throws: ``FacesError`` `bad-face-box` when the box is empty, endless, or many times larger than the frame.
  package func crop(_ picture: any Picture, face: Face) throws -> (image: Image, transform: AffineTransform) {
    let side = (margin * max(face.box.width, face.box.height)).rounded()
    let left = (face.box.centre.x - side / 2).rounded()
    let top = (face.box.centre.y - side / 2).rounded()
    let limit = 4 * Double(max(picture.width, picture.height))
    guard side >= 1, side <= limit, abs(left) <= limit, abs(top) <= limit else {
      throw FacesError.badBox(
        reason: "cannot crop \(face.box) from a frame of \(picture.width) x \(picture.height) pixels")
    }
    let seen = Self.clamp(left: Int(left), top: Int(top), side: Int(side), to: picture)
    let square = try picture.region(seen).warped(
      by: AffineTransform(a: 1, b: 0, tx: Double(seen.x) - left, c: 0, d: 1, ty: Double(seen.y) - top),
      width: Int(side), height: Int(side), interpolation: .nearest, border: .replicate)
    let crop = try square.resized(
      width: sizePixels, height: sizePixels, interpolation: Int(side) > sizePixels ? .area : .cubic)

    let scale = Double(sizePixels) / side
    let transform = AffineTransform(a: scale, b: 0, tx: -left * scale, c: 0, d: scale, ty: -top * scale)
    return (crop, transform)
  }

  /// The part of a square that lies in the picture; where none does, the pixels nearest to it.
  private static func clamp(left: Int, top: Int, side: Int, to picture: any Picture) -> PixelRectangle {
    func range(_ start: Int, _ limit: Int) -> (start: Int, count: Int) {
      let first = min(max(start, 0), limit - 1)
      let end = min(max(start + side, first + 1), limit)
      return (first, end - first)
    }
    let (columns, rows) = (range(left, picture.width), range(top, picture.height))
    return PixelRectangle(x: columns.start, y: rows.start, width: columns.count, height: rows.count)
  }
}
