internal import Augmentation
internal import Engine
private import Records
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
    try source(index).pixels(epoch: epoch, view: view)
  }

  func images(at index: Int, epoch: Int, views: Int) throws -> [[UInt8]] {
    let source = try source(index)
    return try (0..<views).map { try source.pixels(epoch: epoch, view: $0) }
  }

  private func source(_ index: Int) throws -> TrainingPicture {
    let key = entries[index].sample.key
    return try TrainingPicture(key: key, place: "a pack", side: side, augmentation: augmentation, seed: seed) {
      try entries[index].image()
    }
  }
}
