private import Augmentation
internal import Evaluation
internal import Foundation
private import Imaging
internal import Records
internal import Sharding
internal import Training

/// Samples of shards as a trainer takes them: decoded, augmented by (seed, key, epoch), at the network's size.
final class ShardTrainingData: PictureTrainingData {
  private let places: [(shard: Int, index: Int)]
  private let files: [String]
  private let shards: [ShardReader]
  let samples: [Sample]
  /// Of each sample, what no split may tear apart.
  private let groups: [String]
  private let side: Int
  private let augmentations: [AugmentationRecipe]
  private let seed: UInt64

  /// - Parameter augmentations: names of presets by view, the last for all further ones; none for pictures as they are.
  init(files: [String], in folder: URL, side: Int, augmentations: [String], seed: UInt64) throws {
    self.files = files
    shards = try files.map { try ShardReader(path: folder.appending(path: $0)) }
    var places: [(Int, Int)] = []
    var samples: [Sample] = []
    var groups: [String] = []
    for (shard, reader) in shards.enumerated() {
      for index in reader.entries.indices {
        places.append((shard, index))
        let sample = try reader.sample(at: index)
        samples.append(sample)
        groups.append(reader.entries[index].group ?? sample.family)
      }
    }
    self.places = places
    self.samples = samples
    self.groups = groups
    self.side = side
    self.augmentations = augmentations.compactMap(AugmentationPresets.named)
    self.seed = seed
  }

  var count: Int { samples.count }

  /// What is to be known of a sample's score; `nil` for one that dfprep made, which counts in no measure.
  func judgement(of index: Int) -> Judgement? {
    let sample = samples[index]
    return sample.isMade
      ? nil : Prediction(sample, group: groups[index], fold: nil, cluster: nil, scores: []).judgement
  }

  func label(at index: Int) -> Int { samples[index].label.rawValue }

  func stratum(at index: Int) -> String { samples[index].dataset }

  func picture(at index: Int) throws -> TrainingPicture {
    let (shard, place) = places[index]
    return try TrainingPicture(
      key: samples[index].key, place: files[shard], side: side, augmentations: augmentations, seed: seed
    ) { try ImageCodec.decode(shards[shard].image(at: place)) }
  }
}
