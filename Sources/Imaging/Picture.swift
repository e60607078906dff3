/// A rectangle of whole pixels.
package struct PixelRectangle: Hashable, Sendable {
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// Whether all of `other` is within.
  package func contains(_ other: PixelRectangle) -> Bool {
    x <= other.x && y <= other.y && other.x + other.width <= x + width && other.y + other.height <= y + height
  }
}

/// An upright picture whose pixels are paid for only where they are looked at: a decoded frame, or an ``Image``.
package protocol Picture: Sendable {
  /// Columns, at least 1.
  var width: Int { get }
  /// Rows, at least 1.
  var height: Int { get }

  /// RGB of a rectangle: the same bytes as that part of the whole picture's.
  ///
  /// - Requires: a rectangle of at least one pixel inside the picture.
  func region(_ rectangle: PixelRectangle) throws -> Image

  /// RGB of the whole picture at a smaller size, each pixel the mean of those it covers.
  func reduced(width: Int, height: Int) throws -> Image

  /// Luma of the whole picture at a smaller size: full range, row-major, `width * height` bytes.
  func luma(width: Int, height: Int) throws -> [UInt8]
}

extension Picture {
  /// RGB of the whole picture.
  package func image() throws -> Image { try region(PixelRectangle(x: 0, y: 0, width: width, height: height)) }
}

extension Image: Picture {
  package func region(_ rectangle: PixelRectangle) -> Image {
    if rectangle == PixelRectangle(x: 0, y: 0, width: width, height: height) { return self }
    return cropped(x: rectangle.x, y: rectangle.y, width: rectangle.width, height: rectangle.height)
  }

  package func reduced(width: Int, height: Int) throws -> Image {
    try resized(width: width, height: height, interpolation: .area)
  }

  package func luma(width: Int, height: Int) throws -> [UInt8] { try reduced(width: width, height: height).luma() }
}
