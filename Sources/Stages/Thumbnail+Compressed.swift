private import Imaging
internal import Splitting

extension Thumbnail {
  /// The thumbnail of a JPEG or PNG in memory; a large JPEG is decoded at a fraction of its size.
  init(compressed: [UInt8]) throws {
    let side = Self.sidePixels
    try self.init(luma: ImageCodec.luma(compressed, leastSide: side).averaged(width: side, height: side).values)
  }
}
