package import Records

/// What a shard's index says of one sample.
package struct ShardEntry: Codable, Hashable, Sendable {
  package var key: String
  /// 1 = fake.
  package var label: Label
  /// ``Source/name`` of the video or image that it comes from.
  package var source: String
  /// ``Family/name``.
  package var family: String
  package var method: String?
  package var domain: String?
  /// Group that a split may not tear apart, where the caller gave one.
  package var group: String?
  /// `jpg` or `png`.
  package var imageExtension: String
  /// The compressed picture in the shard.
  package var image: MemberReference
  /// Files that go with the picture, by extension; absent where there are none.
  package var companions: [String: MemberReference]?
  /// The sample's JSON in the shard.
  package var record: MemberReference

  init(
    sample: Sample, group: String?, image: MemberReference, companions: [String: MemberReference],
    record: MemberReference
  ) {
    key = sample.key
    label = sample.label
    source = sample.sourceName
    family = sample.family
    method = sample.method
    domain = sample.domain
    self.group = group
    imageExtension = sample.encoding.fileExtension
    self.image = image
    self.companions = companions.isEmpty ? nil : companions
    self.record = record
  }
}

/// What stands where in the shard beside it: `<cell>-000000.index.json`.
///
/// It can be made again from the shard, but for the groups and the recipe.
package struct ShardIndex: Codable, Hashable, Sendable {
  /// Of this format.
  static let currentVersion = 1

  package var version: Int
  /// Name of the shard.
  package var file: String
  package var cell: String
  /// Size of the shard, bytes.
  package var bytes: Int
  /// SHA-256 of the shard.
  package var digest: Digest
  /// How frames became the pictures, where the caller said.
  package var recipe: CropRecipe?
  /// In the order of the shard, which is that of the keys.
  package var entries: [ShardEntry]

  /// Name of the index of the shard named `file`.
  static func name(forShard file: String) -> String {
    (file.hasSuffix(".tar") ? String(file.dropLast(4)) : file) + ".index.json"
  }
}

/// One finished shard.
package struct ShardSummary: Codable, Hashable, Sendable {
  package var file: String
  package var cell: String
  package var samples: Int
  package var reals: Int
  package var fakes: Int
  /// Size of the shard, bytes.
  package var bytes: Int
  /// SHA-256 of the shard.
  package var digest: Digest

  init(_ index: ShardIndex) {
    file = index.file
    cell = index.cell
    samples = index.entries.count
    fakes = index.entries.count { $0.label == .fake }
    reals = samples - fakes
    bytes = index.bytes
    digest = index.digest
  }
}
