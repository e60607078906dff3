/// How a stored frame's colours became RGB: what the file stated, or what was taken where it stated nothing.
package struct ColourConversion: Codable, Hashable, Sendable {
  /// FFmpeg's name of the matrix: `bt709`, `smpte170m`, `bt2020nc`, ...; `gbr` where the file stores RGB.
  package var matrix: String
  /// `tv` (limited) or `pc` (full).
  package var range: String
  /// Whether the file states both itself.
  package var isStated: Bool

  package init(matrix: String, range: String, isStated: Bool) {
    self.matrix = matrix
    self.range = range
    self.isStated = isStated
  }
}
