/// How a value between pixels, or of many pixels, is made.
package enum Interpolation: String, Codable, Hashable, Sendable, CaseIterable {
  /// The closest pixel.
  case nearest
  /// Bilinear, 2 x 2 pixels.
  case linear
  /// Bicubic, 4 x 4 pixels.
  case cubic
  /// Mean of the covered area: for reducing, where the others alias. Enlarges as ``linear``.
  case area
  /// Lanczos, 8 x 8 pixels.
  case lanczos
}

/// What lies outside a picture.
package enum Border: String, Codable, Hashable, Sendable, CaseIterable {
  case black
  /// The picture mirrored, its edge pixels not repeated.
  case reflect
  /// The edge pixels, repeated.
  case replicate
}
