/// A picture: RGB, `UInt8`, full range, row-major `[height, width, 3]`, no padding; origin top-left.
///
/// Coordinates are continuous: pixel (column, row) covers `[column, column + 1) x [row, row + 1)`, and its centre is at
/// (column + 0.5, row + 0.5). Boxes, landmarks and transforms are in these coordinates.
package struct Image: Sendable, Hashable {
  package let width: Int
  package let height: Int
  /// `width * height * 3` bytes in the order R, G, B.
  package var pixels: [UInt8]

  /// - Requires: positive sides and `pixels.count == width * height * 3`.
  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * 3, "\(pixels.count) bytes for \(width) x \(height)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  package init(width: Int, height: Int, red: UInt8 = 0, green: UInt8 = 0, blue: UInt8 = 0) {
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    if red != 0 || green != 0 || blue != 0 {
      for index in stride(from: 0, to: pixels.count, by: 3) {
        (pixels[index], pixels[index + 1], pixels[index + 2]) = (red, green, blue)
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}
