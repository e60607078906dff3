internal import Augmentation
internal import Engine
internal import Records
internal import Training

/// Samples of packs as a trainer takes them, before there are shards: decoded, augmented by (seed, key, epoch), at the
/// network's size.
struct PackTrainingData: TrainingData {
  let entries: [SampleEntry]
  let side: Int
  /// `nil` for pictures as they are.
  let augmentation: AugmentationRecipe?
  let seed: UInt64

  var count: Int { entries.count }

  func label(at index: Int) -> Int { entries[index].sample.label.rawValue }

  func stratum(at index: Int) -> String { entries[index].sample.dataset }

  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    try ModelInput.pixels(
      entries[index].image(), side: side, augmentation: augmentation, seed: seed, key: entries[index].sample.key,
      epoch: epoch)
  }
}
