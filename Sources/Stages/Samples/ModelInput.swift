internal import Imaging

/// The one way from a crop to the pixels a network sees: the same for features, training, evaluation and `infer`.
enum ModelInput {
  /// RGB8 `[side, side, 3]` of a compressed crop.
  static func pixels(_ compressed: [UInt8], side: Int) throws -> [UInt8] {
    try resized(ImageCodec.decode(compressed), side: side).pixels
  }

  /// A crop at a network's size: averaged over areas when it shrinks, cubic when it grows.
  static func resized(_ image: Image, side: Int) throws -> Image {
    if image.width == side, image.height == side { return image }
    let shrinks = image.width >= side && image.height >= side
    return try image.resized(width: side, height: side, interpolation: shrinks ? .area : .cubic)
  }
}
