internal import Augmentation
internal import Imaging
private import Records

/// The one way from a crop to the pixels a network sees: the same for features, training, evaluation and `infer`.
enum ModelInput {
  /// RGB8 `[side, side, 3]` of a compressed crop.
  static func pixels(_ compressed: [UInt8], side: Int) throws -> [UInt8] {
    try resized(ImageCodec.decode(compressed), side: side).pixels
  }

  /// The same of a decoded crop, augmented by (seed, key, epoch, view) where that is wanted.
  static func pixels(
    _ image: Image, side: Int, augmentation: AugmentationRecipe?, seed: UInt64, key: String, epoch: Int, view: Int
  ) throws -> [UInt8] {
    guard let augmentation else { return try resized(image, side: side).pixels }
    let stage = view == 0 ? "augment/\(epoch)" : "augment/\(epoch)/\(view)"
    var random = KeyedRandom(seed: seed, key: key, stage: stage)
    return try resized(augmentation.apply(to: image, random: &random).image, side: side).pixels
  }

  /// A crop at a network's size: averaged over areas when it shrinks, cubic when it grows.
  static func resized(_ image: Image, side: Int) throws -> Image {
    if image.width == side, image.height == side { return image }
    let shrinks = image.width >= side && image.height >= side
    return try image.resized(width: side, height: side, interpolation: shrinks ? .area : .cubic)
  }
}
