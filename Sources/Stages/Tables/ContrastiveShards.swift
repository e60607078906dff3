internal import Evaluation
internal import Records
internal import Training

/// Samples of shards in the order of their keys, or a part of them.
struct ContrastiveShards: PictureTrainingData {
  private let shards: ShardTrainingData
  private let members: [Int]
  private let seed: UInt64

  init(_ shards: ShardTrainingData, seed: UInt64) {
    self.init(shards, shards.samples.indices.sorted { shards.samples[$0].key < shards.samples[$1].key }, seed)
  }

  private init(_ shards: ShardTrainingData, _ members: [Int], _ seed: UInt64) {
    (self.shards, self.members, self.seed) = (shards, members, seed)
  }

  var samples: [Sample] { members.map { shards.samples[$0] } }

  /// A part of `share` of each class by the hash of keys, and the rest.
  func divided(share: Double, stage: String) -> (part: ContrastiveShards, rest: ContrastiveShards) {
    let chosen = Label.allCases.flatMap { label in
      let ofClass = members.filter { shards.samples[$0].label == label }
      let places = KeySample.places(
        ofClass.map { shards.samples[$0].key }, count: max(1, Int((share * Double(ofClass.count)).rounded())),
        seed: seed, stage: stage)
      return places.map { ofClass[$0] }
    }
    let part = Set(chosen)
    return (
      ContrastiveShards(shards, members.filter(part.contains), seed),
      ContrastiveShards(shards, members.filter { !part.contains($0) }, seed)
    )
  }

  var count: Int { members.count }

  func judgement(of index: Int) -> Judgement? { shards.judgement(of: members[index]) }

  func label(at index: Int) -> Int { shards.label(at: members[index]) }

  func stratum(at index: Int) -> String { shards.stratum(at: members[index]) }

  func picture(at index: Int) throws -> TrainingPicture { try shards.picture(at: members[index]) }
}
