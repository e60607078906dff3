package import Engine
package import Foundation
private import Records
internal import Sharding
internal import Splitting

/// `shard`: copies every crop's bytes into WebDataset tars by cell, and writes which shards each fold uses.
package struct ShardStage: TableStage {
  package struct Options: StageOptions {
    package var samples = 1000
    package init() {}

    package static let fields = [
      OptionField("samples", .integer(1...1_000_000), "Samples of a shard; the last of a cell has fewer.")
    ]
  }

  package static let name = "shard"
  package static let version = 1
  package static let summary =
    "Writes WebDataset tars by cell with indexes, checksums and the shard lists of every fold."
  package static let reads: [ProductRequirement] = [.optional(.pipeline), .optional(.folds)]
  package static let writes: ProductKind? = .shards
  package static let publishesTo: String? = "."
  let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    let entries = try inputs.samples()
    let recipe = try CropRecipe(inputs)
    let folds = try inputs.product(.folds).map { try FoldTable($0) } ?? FoldTable.official(entries.map(\.sample))
    let folder = output.appending(path: "shards")
    try FileSystem.makeFolder(folder)

    var drops: [Drop] = []
    var cells: [String: [SampleEntry]] = [:]
    for entry in entries {
      let sample = entry.sample
      if sample.isMade, sample.role != .train {
        drops.append(Drop(stage: context.stageID, item: sample.key, reason: "made-from-held-out"))
      } else {
        cells[try cell(of: sample, folds: folds), default: []].append(entry)
      }
    }
    var summaries: [ShardSummary] = []
    var written = 0
    for (cell, members) in cells.sorted(by: { $0.key < $1.key }) {
      let writer = try ShardWriter(
        folder: folder, cell: cell, samplesPerShard: options.samples, recipe: recipe)
      for entry in members {
        try writer.add(
          entry.sample, image: entry.image(), companions: entry.companionFiles(), group: folds.group(of: entry.sample))
        written += 1
        if written % 256 == 0 { context.progress(written, entries.count, "samples") }
      }
      summaries += try writer.finish()
    }
    try FileSystem.writeJSON(recipe, to: folder.appending(path: "recipe.json"))
    try Data(DatasetCard(inputs, recipe, summaries).markdown.utf8).write(to: folder.appending(path: "CARD.md"))
    try ShardSet.writeChecksums(folder: folder, known: summaries)
    let lists = folds.plan.folds.map { FoldShards($0, shards: summaries) }
    try FileSystem.makeFolder(output.appending(path: "folds"))
    for list in lists {
      try FileSystem.writeJSON(list, to: output.appending(path: "folds/\(list.fold).json"))
    }
    let bytes = summaries.reduce(0) { $0 + $1.bytes }
    return TableOutcome(
      drops: drops,
      annotations: cells.sorted { $0.key < $1.key }.flatMap { cell, members in
        members.map { Annotation(key: $0.sample.key, name: "cell", value: cell) }
      },
      summary: [
        "\(written) samples in \(summaries.count) shards of \(cells.count) cells, \(bytes >> 20) MiB; \(lists.count) folds"
      ] + (folds.isNumbered ? [] : folds.plan.notes))
  }

  /// The shard family a sample belongs to: its cell of the split, or its role; made samples and copies apart.
  private func cell(of sample: Sample, folds: FoldTable) throws -> String {
    guard sample.role == .train else { return sample.role.rawValue }
    // A copy of a sample lies where the sample lies.
    guard let cell = folds.cell(of: sample.key) ?? sample.parents.lazy.compactMap(folds.cell(of:)).first else {
      throw InternalFault("\(sample.key) has no cell")
    }
    // A dataset's own test split that was not held out is on neither side; `test` is for what was.
    let name = folds.isNumbered ? "cell-\(cell)" : cell == Role.test.rawValue ? "left-out" : cell
    return sample.isAugmentedCopy ? "\(name)-augmented" : sample.isMade ? "\(name)-extended" : name
  }
}

/// `folds/N.json`: the shards that expert N trains on and the ones it validates on, names below `shards/`.
struct FoldShards: Codable {
  var fold: Int
  var training: [String]
  var validation: [String]

  /// Augmented copies are for training alone.
  init(_ fold: Fold, shards: [ShardSummary]) {
    func cell(_ shard: ShardSummary) -> (name: String, isAugmented: Bool) {
      var name = shard.cell.hasPrefix("cell-") ? String(shard.cell.dropFirst(5)) : shard.cell
      for suffix in ["-augmented", "-extended"] where name.hasSuffix(suffix) {
        name.removeLast(suffix.count)
        return (name, suffix == "-augmented")
      }
      return (name, false)
    }
    self.fold = fold.index
    training = shards.filter { fold.trainingCells.contains(cell($0).name) }.map(\.file)
    validation = shards.filter { fold.validationCells.contains(cell($0).name) && !cell($0).isAugmented }.map(\.file)
  }

  /// All lists of a shards product, by fold.
  static func all(of product: Product) throws -> [FoldShards] { try all(in: product.file("folds")) }

  /// All lists in a folder of them, by fold.
  static func all(in folder: URL) throws -> [FoldShards] {
    try FileSystem.names(in: folder).filter { $0.wholeMatch(of: /[0-9]+\.json/) != nil }
      .map { try FileSystem.readJSON(FoldShards.self, from: folder.appending(path: $0)) }.sorted { $0.fold < $1.fold }
  }
}

/// `CARD.md`: what is in the shards, for whoever is given them.
private struct DatasetCard {
  let markdown: String

  init(_ inputs: TableInputs, _ recipe: CropRecipe, _ shards: [ShardSummary]) {
    var lines = ["# \(inputs.pipeline.name)", "", "Face crops written by dfprep; 1 = fake, 0 = real.", ""]
    lines += inputs.pipeline.datasets.map {
      "- \($0.name), role \($0.role.rawValue): \(inputs.licences[$0.name] ?? "under its own terms")"
    }
    let size = recipe.cut.sizePixels.map { "\($0) x \($0) pixels" } ?? "the frame's own pixels"
    lines += [
      "",
      "Crop: \(recipe.detector) at score \(recipe.scoreThreshold), preset \(recipe.preset), margin \(recipe.cut.margin), \(size), \(recipe.cut.encoding.fileExtension). `recipe.json` has all of it.",
      "", "| shard | samples | real | fake |", "|---|---:|---:|---:|",
    ]
    lines += shards.map { "| \($0.file) | \($0.samples) | \($0.reals) | \($0.fakes) |" }
    markdown = lines.joined(separator: "\n") + "\n"
  }
}
