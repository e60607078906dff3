private import Foundation

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

  /// What a copy shows that was turned about the middle: linear between pixels, black where the picture has none, as
  /// turned copies are.
  func turned(degrees: Double) -> [Float] {
    let side = Self.sidePixels
    let (cosine, sine) = (Float(cos(degrees * .pi / 180)), Float(sin(degrees * .pi / 180)))
    let middle = Float(side) / 2
    var result = [Float](repeating: 0, count: side * side)
    for row in 0..<side {
      for column in 0..<side {
        let (u, v) = (Float(column) + 0.5 - middle, Float(row) + 0.5 - middle)
        let (x, y) = (cosine * u - sine * v + middle - 0.5, sine * u + cosine * v + middle - 0.5)
        guard x >= -0.5, y >= -0.5, x <= Float(side) - 0.5, y <= Float(side) - 0.5 else { continue }
        let (left, top) = (min(max(0, Int(x)), side - 2), min(max(0, Int(y)), side - 2))
        let (across, down) = (min(1, max(0, x - Float(left))), min(1, max(0, y - Float(top))))
        let place = top * side + left
        let values = [place, place + 1, place + side, place + side + 1].map { Float(luma[$0]) }
        let upper = values[0] + (values[1] - values[0]) * across
        let lower = values[2] + (values[3] - values[2]) * across
        result[row * side + column] = upper + (lower - upper) * down
      }
    }
    return result
  }

  /// The picture in a mirror, left and right exchanged.
  package var mirrored: Thumbnail {
    let side = Self.sidePixels
    return Thumbnail(checked: luma.indices.map { luma[$0 / side * side + side - 1 - $0 % side] })
  }
}

/// A part of a picture, in shares of its sides, or the whole of it turned; the whole is `0, 0, 1`.
struct ThumbnailWindow: Hashable, Sendable {
  var x: Double
  var y: Double
  /// Share of either side.
  var scale: Double
  /// By how much it is turned about its middle.
  var degrees = 0.0

  static let whole = ThumbnailWindow(x: 0, y: 0, scale: 1)

  /// The whole picture, and what cuts of up to a tenth of the sides leave, near enough that a copy cut otherwise is a
  /// few bits from one of them: scales 0.965, 0.93 and 0.9 at two, three and four places along each side.
  ///
  /// And the whole turned by 4 degrees to either side: copies turned by 2 to 6 are near one of those.
  static let cuts: [ThumbnailWindow] =
    [.whole]
    + [(0.965, 2), (0.93, 3), (0.9, 4)].flatMap { scale, places in
      (0..<places * places).map { index in
        let step = (1 - scale) / Double(places - 1)
        return ThumbnailWindow(x: Double(index % places) * step, y: Double(index / places) * step, scale: scale)
      }
    } + [4, -4].map { ThumbnailWindow(x: 0, y: 0, scale: 1, degrees: $0) }
}
