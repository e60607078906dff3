internal import Augmentation
internal import Engine
private import Imaging
private import Records
internal import Training

/// Samples of packs as a trainer takes them, before there are shards: decoded, augmented by (seed, key, epoch), at the
/// network's size.
struct PackTrainingData: PictureTrainingData {
  let entries: [SampleEntry]
  let side: Int
  /// None for pictures as they are.
  let augmentations: [AugmentationRecipe]
  let seed: UInt64

  var count: Int { entries.count }

  func label(at index: Int) -> Int { entries[index].sample.label.rawValue }

  func stratum(at index: Int) -> String { entries[index].sample.dataset }

  func picture(at index: Int) throws -> TrainingPicture {
    let key = entries[index].sample.key
    return try TrainingPicture(key: key, place: "a pack", side: side, augmentations: augmentations, seed: seed) {
      try ImageCodec.decode(entries[index].image())
    }
  }
}
