/// Ways in which a picture is looked at besides upright; the score is the mean over all.
package struct TestTimeViews: Hashable, Sendable {
  /// Left and right exchanged, too.
  package var flips: Bool
  /// Turned by one, two and three quarters, too.
  package var rotations: Bool

  package init(flips: Bool = false, rotations: Bool = false) { (self.flips, self.rotations) = (flips, rotations) }

  var count: Int { (flips ? 2 : 1) * (rotations ? 4 : 1) }

  /// All views of a square RGB picture `[side, side, 3]`, itself first.
  func of(_ pixels: [UInt8], side: Int) -> [[UInt8]] {
    var views = [pixels]
    if rotations { for _ in 1..<4 { views.append(Self.turned(views[views.count - 1], side: side)) } }
    if flips { views += views.map { Self.flipped($0, side: side) } }
    return views
  }

  private static func flipped(_ pixels: [UInt8], side: Int) -> [UInt8] {
    moved(pixels, side: side) { row, column in (row, side - 1 - column) }
  }

  /// A quarter turn clockwise.
  private static func turned(_ pixels: [UInt8], side: Int) -> [UInt8] {
    moved(pixels, side: side) { row, column in (side - 1 - column, row) }
  }

  /// The picture whose pixel (row, column) is where `place` says in `pixels`.
  private static func moved(_ pixels: [UInt8], side: Int, _ place: (Int, Int) -> (Int, Int)) -> [UInt8] {
    var result = pixels
    for row in 0..<side {
      for column in 0..<side {
        let (from, to) = (place(row, column), 3 * (row * side + column))
        for channel in 0..<3 { result[to + channel] = pixels[3 * (from.0 * side + from.1) + channel] }
      }
    }
    return result
  }
}
