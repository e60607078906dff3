private import Augmentation
internal import Foundation
internal import Records
internal import Sharding
internal import Training

/// Samples of shards as a trainer takes them: decoded, augmented by (seed, key, epoch), at the network's size.
final class ShardTrainingData: TrainingData {
  private let places: [(shard: Int, index: Int)]
  private let shards: [ShardReader]
  let samples: [Sample]
  private let side: Int
  private let augmentation: AugmentationRecipe?
  private let seed: UInt64

  /// - Parameter augmentation: name of a preset; `nil` for pictures as they are.
  init(files: [String], in folder: URL, side: Int, augmentation: String?, seed: UInt64) throws {
    shards = try files.map { try ShardReader(path: folder.appending(path: $0)) }
    var places: [(Int, Int)] = []
    var samples: [Sample] = []
    for (shard, reader) in shards.enumerated() {
      for index in reader.entries.indices {
        places.append((shard, index))
        samples.append(try reader.sample(at: index))
      }
    }
    self.places = places
    self.samples = samples
    self.side = side
    self.augmentation = augmentation.flatMap(AugmentationPresets.named)
    self.seed = seed
  }

  var count: Int { samples.count }

  func label(at index: Int) -> Int { samples[index].label.rawValue }

  func stratum(at index: Int) -> String { samples[index].dataset }

  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    let compressed = try compressed(at: index)
    return try ModelInput.pixels(
      compressed, side: side, augmentation: augmentation, seed: seed, key: samples[index].key, epoch: epoch)
  }

  private func compressed(at index: Int) throws -> [UInt8] {
    try shards[places[index].shard].image(at: places[index].index)
  }
}
