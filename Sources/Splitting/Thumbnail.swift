/// What near-duplicates are found by: the whole picture's luma, 64 x 64, whatever its shape.
package struct Thumbnail: Sendable, Hashable {
  /// Pixels of a side.
  package static let sidePixels = 64

  /// Row-major, full range, `sidePixels * sidePixels` values.
  package let luma: [UInt8]

  /// - Throws: when `luma` has another number of values.
  package init(luma: [UInt8]) throws(SplittingError) {
    let side = Self.sidePixels
    guard luma.count == side * side else {
      throw SplittingError(
        code: .wrongSize, message: "\(luma.count) luma values; a thumbnail is made of \(side) x \(side)")
    }
    self.luma = luma
  }

  private init(checked luma: [UInt8]) { self.luma = luma }

  /// The picture in a mirror, left and right exchanged.
  package var mirrored: Thumbnail {
    let side = Self.sidePixels
    return Thumbnail(checked: luma.indices.map { luma[$0 / side * side + side - 1 - $0 % side] })
  }
}

/// A part of a picture, in shares of its sides; the whole is `0, 0, 1`.
struct ThumbnailWindow: Hashable, Sendable {
  var x: Double
  var y: Double
  /// Share of either side.
  var scale: Double

  static let whole = ThumbnailWindow(x: 0, y: 0, scale: 1)

  /// The whole picture, and what cuts of up to a tenth of the sides leave, near enough that a copy cut otherwise is a
  /// few bits from one of them: scales 0.965, 0.93 and 0.9 at two, three and four places along each side.
  static let cuts: [ThumbnailWindow] =
    [.whole]
    + [(0.965, 2), (0.93, 3), (0.9, 4)].flatMap { scale, places in
      (0..<places * places).map { index in
        let step = (1 - scale) / Double(places - 1)
        return ThumbnailWindow(x: Double(index % places) * step, y: Double(index / places) * step, scale: scale)
      }
    }
}
