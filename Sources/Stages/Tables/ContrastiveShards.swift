private import Augmentation
internal import Foundation
private import Imaging
internal import Records
internal import Sharding
internal import Training

/// Samples of shards in two views, each with its transforms, drawn by (seed, key, epoch, view).
struct ContrastiveShards: TrainingData {
  private let shards: [ShardReader]
  private let places: [(shard: Int, index: Int)]
  let samples: [Sample]
  private let side: Int
  /// Transforms by view.
  private let recipes: [AugmentationRecipe]
  private let seed: UInt64

  /// - Parameter views: names of presets; without any, pictures are as they are.
  init(files: [String], in folder: URL, side: Int, views: [String], seed: UInt64) throws {
    shards = try files.map { try ShardReader(path: folder.appending(path: $0)) }
    var found: [(sample: Sample, shard: Int, index: Int)] = []
    for (shard, reader) in shards.enumerated() {
      for index in reader.entries.indices { found.append((try reader.sample(at: index), shard, index)) }
    }
    found.sort { $0.sample.key < $1.sample.key }
    samples = found.map(\.sample)
    places = found.map { ($0.shard, $0.index) }
    self.side = side
    recipes = views.compactMap(AugmentationPresets.named)
    self.seed = seed
  }

  private init(_ whole: ContrastiveShards, chosen: [Int]) {
    (shards, side, recipes, seed) = (whole.shards, whole.side, whole.recipes, whole.seed)
    samples = chosen.map { whole.samples[$0] }
    places = chosen.map { whole.places[$0] }
  }

  /// A part of `share` of each class by the hash of keys, and the rest.
  func divided(share: Double, stage: String) -> (part: ContrastiveShards, rest: ContrastiveShards) {
    let chosen = Label.allCases.flatMap { label in
      let members = samples.indices.filter { samples[$0].label == label }
      let places = KeySample.places(
        members.map { samples[$0].key }, count: max(1, Int((share * Double(members.count)).rounded())), seed: seed,
        stage: stage)
      return places.map { members[$0] }
    }
    let part = Set(chosen)
    return (
      ContrastiveShards(self, chosen: part.sorted()),
      ContrastiveShards(self, chosen: samples.indices.filter { !part.contains($0) })
    )
  }

  var count: Int { samples.count }

  func label(at index: Int) -> Int { samples[index].label.rawValue }

  func stratum(at index: Int) -> String { samples[index].dataset }

  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    let place = places[index]
    let compressed = try shards[place.shard].image(at: place.index)
    guard recipes.indices.contains(view) else { return try ModelInput.pixels(compressed, side: side) }
    var random = KeyedRandom(seed: seed, key: samples[index].key, stage: "view/\(epoch)/\(view)")
    let image = try recipes[view].apply(to: ImageCodec.decode(compressed), random: &random).image
    return try ModelInput.resized(image, side: side).pixels
  }
}
