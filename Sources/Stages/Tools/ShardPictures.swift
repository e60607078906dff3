private import Augmentation
private import Datasets
internal import Engine
internal import Foundation
internal import Records
private import Sharding
internal import Training

/// Labelled pictures of shards that a command names, dfprep's own or anybody's.
struct ShardPictures: TrainingData {
  struct Item: Sendable {
    let key: String
    let kind: ModelCard.Kind
    /// What no split may tear apart.
    let group: String
    let role: Role
    let place: String
    let compressed: @Sendable () throws -> [UInt8]
  }

  let items: [Item]
  /// How frames became the pictures of dfprep's own shards, where all say the same and there are no others.
  let recipe: CropRecipe?
  /// Of the files: name, size, time of the last change.
  let files: [String]
  private let side: Int
  private let augmentation: AugmentationRecipe?
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
            key: sample.key, kind: .init(sample), group: entry.group ?? sample.family, role: sample.role,
            place: url.lastPathComponent
          ) { try reader.image(at: index) })
      }
    }
    for (folder, files) in Dictionary(grouping: selection.foreign, by: { $0.deletingLastPathComponent() })
      .sorted(by: { $0.key.path() < $1.key.path() })
    {
      items += try Self.foreign(files, in: folder.absoluteURL.standardizedFileURL, label: label, one: one)
    }
    guard !items.isEmpty else {
      throw ToolError(
        .usage,
        "no sample of these shards has a picture and a label in \(label); `--label json:KEY` names another place")
    }
    self.items = items
    let recipes = Set(selection.own.map(\.reader.recipe))
    recipe = selection.foreign.isEmpty && recipes.count == 1 ? recipes.first.flatMap(\.self) : nil
    files = try (selection.own.map(\.url) + selection.foreign).map { url in
      "\(url.lastPathComponent) \(try FileSystem.identity(of: url.path(percentEncoded: false)))"
    }
    self.side = side
    self.augmentation = augmentation.flatMap(AugmentationPresets.named)
    self.seed = seed
  }

  private static func foreign(_ files: [URL], in root: URL, label: String, one: Label) throws -> [Item] {
    let path = root.path(percentEncoded: false)
    let scan = try DatasetReaders.scan(
      DatasetDeclaration(
        name: root.lastPathComponent, layout: WebDatasetReader.layout, root: path, input: .face,
        options: LayoutOptions(label: label, one: one)))
    let names = Set(files.map(\.lastPathComponent))
    return scan.sources.compactMap { source in
      guard names.contains(source.filePath), let member = source.member else { return nil }
      let file = root.appending(path: source.filePath).path(percentEncoded: false)
      let group = (source.original ?? source.sourceVideo).map { "\(source.dataset)/\($0)" } ?? source.name
      return Item(
        key: source.name,
        kind: .init(dataset: source.dataset, method: source.method ?? "", label: source.label), group: group,
        role: .train, place: source.filePath
      ) { try FileSystem.read(file, offset: Int(member.offset), length: Int(member.length)) }
    }
  }

  var count: Int { items.count }
  func label(at index: Int) -> Int { items[index].kind.label.rawValue }
  func stratum(at index: Int) -> String { items[index].kind.dataset }

  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    let item = items[index]
    return try TrainingPicture(
      key: item.key, place: item.place, side: side, augmentation: augmentation, seed: seed, compressed: item.compressed
    ).pixels(epoch: epoch, view: view)
  }
}
