private import Augmentation
internal import Engine
internal import Evaluation
internal import Foundation
internal import Imaging
internal import Records
private import Sharding
internal import Training

/// Labelled pictures of shards that a command names, dfprep's own or anybody's.
struct ShardPictures: PictureTrainingData {
  struct Item: Sendable {
    let key: String
    /// What pictures of one clip have in common.
    let video: String
    let kind: ModelCard.Kind
    /// What no split may tear apart.
    let group: String
    let role: Role
    let place: String
    let decoded: @Sendable () throws -> Image

    /// What is to be known of its score.
    var judgement: Judgement {
      Judgement(
        key: key, video: video, group: group, dataset: kind.dataset, method: kind.method.isEmpty ? nil : kind.method,
        label: kind.label, scores: [])
    }
  }

  let items: [Item]
  /// What was left out of anybody's shards, and why.
  let notes: [String]
  /// How frames became the pictures of dfprep's own shards, where all say the same and there are no others.
  let recipe: CropRecipe?
  /// Of the files: name, size, time of the last change.
  let files: [String]
  private let side: Int
  private let augmentations: [AugmentationRecipe]
  private let seed: UInt64

  /// - Parameters:
  ///   - label: where anybody's shards have the label: `cls`, or `json:KEY`.
  ///   - one: what the digit 1 means there.
  ///   - augmentation: name of a preset; `nil` for pictures as they are.
  init(_ paths: [String], label: String, one: Label, side: Int, augmentation: String?, seed: UInt64) throws {
    let selection = try ShardSelection(paths)
    var items: [Item] = []
    for (url, reader) in selection.own {
      for (index, entry) in reader.entries.enumerated() {
        let sample = try reader.sample(at: index)
        items.append(
          Item(
            key: sample.key, video: sample.sourceName, kind: .init(sample), group: entry.group ?? sample.family,
            role: sample.role,
            place: url.lastPathComponent
          ) { try ImageCodec.decode(reader.image(at: index)) })
      }
    }
    var notes: [String] = []
    if !selection.foreign.isEmpty {
      let data = try WebDatasetTrainingData(
        shards: selection.foreign,
        options: .init(side: side, augmentation: nil, seed: seed, label: label, oneIsFake: one == .fake))
      notes = data.notes
      items += (0..<data.count).map { Self.foreign($0, of: data) }
    }
    guard !items.isEmpty else {
      throw ToolError(
        .usage,
        "no sample of these shards has a picture and a label in \(label); `--label json:KEY` names another place")
    }
    (self.items, self.notes) = (items, notes)
    let recipes = Set(selection.own.map(\.reader.recipe))
    recipe = selection.foreign.isEmpty && recipes.count == 1 ? recipes.first.flatMap(\.self) : nil
    files = try (selection.own.map(\.url) + selection.foreign).map { url in
      "\(url.lastPathComponent) \(try FileSystem.identity(of: url.path(percentEncoded: false)))"
    }
    self.side = side
    augmentations = [augmentation].compactMap(\.self).compactMap(AugmentationPresets.named)
    self.seed = seed
  }

  private static func foreign(_ index: Int, of data: WebDatasetTrainingData) -> Item {
    let source = data.source(at: index)
    return Item(
      key: source.name, video: source.name,
      kind: .init(dataset: source.dataset, method: source.method ?? "", label: source.label),
      group: (source.original ?? source.sourceVideo).map { "\(source.dataset)/\($0)" } ?? source.name, role: .train,
      place: source.filePath
    ) { try data.decoded(at: index) }
  }

  var count: Int { items.count }
  func label(at index: Int) -> Int { items[index].kind.label.rawValue }
  func stratum(at index: Int) -> String { items[index].kind.dataset }

  func picture(at index: Int) throws -> TrainingPicture {
    let item = items[index]
    return try TrainingPicture(
      key: item.key, place: item.place, side: side, augmentations: augmentations, seed: seed, decoded: item.decoded)
  }
}
