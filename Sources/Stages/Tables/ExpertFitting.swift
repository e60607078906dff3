internal import Engine
internal import Foundation
internal import Models
internal import Records
internal import Sharding
internal import Training

/// The recipe `experts` of `train`: from shards and folds to models, their curves and cards.
struct ExpertFitting {
  let options: TrainStage.Options
  /// Of the shards.
  let folder: URL
  /// What the shards' content amounts to.
  let shards: Digest
  let inputs: TableInputs
  let seed: UInt64

  /// Trains one expert per fold, all together, each on its own fold's shards alone.
  func run(_ folds: [FoldShards], output: URL, context: StageContext, model: (Int) throws -> DetectorModel) throws {
    let files = Set(folds.flatMap(\.training)).sorted()
    let training = try data(files, augmentations: [options.augment])
    // Samples follow each other file by file.
    let fileOf = try files.flatMap { file in
      try ShardReader(path: folder.appending(path: file)).entries.map { _ in file }
    }
    let experts = try folds.map { fold in
      let validation = try data(fold.validation, augmentations: [])
      if let sample = validation.samples.first(where: { $0.role != .train }) {
        throw ToolError(
          .failed, "'\(sample.key)' has the role \(sample.role.rawValue): no epoch is chosen on what is held out")
      }
      let own = Set(fold.training)
      return Expert(
        name: String(fold.fold), model: try model(fold.fold), validation: validation,
        sees: folds.count == 1 ? nil : fileOf.map(own.contains))
    }
    let results = try ExpertTraining.run(
      training: training, experts: experts, options: options.training(seed: seed),
      checkpoint: TrainStage.checkpoint(
        options, seed: seed, context, data: shards, split: Digest(of: CanonicalJSON.data(folds))),
      onProgress: TrainStage.report(options, to: context))
    for (fold, (expert, result)) in zip(folds, zip(experts, results)) {
      try write(fold.fold, result, to: output)
      let seen = training.samples.indices.filter { expert.sees?[$0] ?? true }.map { training.samples[$0] }
      let validation = try data(fold.validation, augmentations: []).samples
      let card = try ModelCard(
        name: inputs.pipeline.name, fold: fold.fold, result, training: seen.map { .init($0) },
        validation: validation.map { .init($0) }, options: options, seed: seed, licences: inputs.licences,
        crop: CropRecipe(inputs), shards: shards, file: output.appending(path: "\(fold.fold).safetensors"))
      try FileSystem.writeJSON(card, to: output.appending(path: "\(fold.fold).card.json"))
      try FileSystem.write(Data(try card.markdown.utf8), to: output.appending(path: "\(fold.fold).card.md"))
    }
  }

  private func data(_ files: [String], augmentations: [String]) throws -> ShardTrainingData {
    try ShardTrainingData(files: files, in: folder, side: options.size, augmentations: augmentations, seed: seed)
  }

  private func write(_ fold: Int, _ result: TrainingResult, to output: URL) throws {
    func save(_ model: DetectorModel, epoch: Int, as name: String) throws {
      try model.save(
        to: output.appending(path: name),
        metadata: options.metadata(inputs, ["epoch": "\(epoch)", "fold": "\(fold)", "shards": shards.hex]))
    }
    try save(result.model, epoch: result.keptEpoch, as: "\(fold).safetensors")
    try result.forEachEpoch { try save($1, epoch: $0, as: Self.epochFile(fold, epoch: $0)) }
    try FileSystem.writeJSON(
      Curve(keptEpoch: result.keptEpoch, epochs: result.epochs), to: Self.curve(fold, in: output))
    try FileSystem.write(
      Data((result.steps.joined(separator: "\n") + "\n").utf8), to: output.appending(path: "\(fold).steps.csv"))
  }

  /// The weights of an epoch, from 0; people count from 1.
  static func epochFile(_ fold: Int, epoch: Int) -> String { "\(fold)-\(epoch + 1).safetensors" }
  /// Where they are, below the experts.
  static let epochFolder = "epochs"

  private struct Curve: Codable {
    var keptEpoch: Int
    var epochs: [EpochMetrics]
  }

  private static func curve(_ fold: Int, in folder: URL) -> URL { folder.appending(path: "\(fold).curve.json") }

  /// Puts the experts of all parts into one folder, their curves into one table.
  static func gather(_ parts: [URL], output: URL) throws -> TableOutcome {
    let experts = output.appending(path: "experts")
    try FileSystem.makeFolder(experts)
    var curves: [(String, [EpochMetrics])] = []
    var steps: [String] = []
    var areas: [Double?] = []
    var found: [(fold: Int, folder: URL)] = []
    for part in parts {
      for name in try FileSystem.names(in: part) where name.hasSuffix(".safetensors") {
        if let fold = Int(name.dropLast(".safetensors".count)) { found.append((fold, part)) }
      }
    }
    for (fold, folder) in found.sorted(by: { $0.fold < $1.fold }) {
      for kind in ["safetensors", "card.json", "card.md"] {
        try FileManager.default.copyItem(
          at: folder.appending(path: "\(fold).\(kind)"), to: experts.appending(path: "\(fold).\(kind)"))
      }
      let curve = try FileSystem.readJSON(Curve.self, from: curve(fold, in: folder))
      for epoch in curve.epochs.map({ epochFile(fold, epoch: $0.epoch) }) {
        guard FileSystem.exists(folder.appending(path: epoch)) else { continue }
        let epochs = experts.appending(path: epochFolder)
        try FileSystem.makeFolder(epochs)
        try FileManager.default.copyItem(at: folder.appending(path: epoch), to: epochs.appending(path: epoch))
      }
      curves.append(("\(fold)", curve.epochs))
      let text = try String(contentsOf: folder.appending(path: "\(fold).steps.csv"), encoding: .utf8)
      steps += text.split(separator: "\n").map(String.init)
      let kept = curve.epochs.first { $0.epoch == curve.keptEpoch }
      areas.append(kept?.validationAUC)
    }
    try writeTables(curves, steps: [StepLog.header] + steps, to: output)
    return outcome(areas)
  }

  /// - Parameter areas: of each expert, on its own fold.
  static func outcome(_ areas: [Double?]) -> TableOutcome {
    guard !areas.isEmpty else { return TableOutcome(summary: ["no folds, so no experts"]) }
    let texts = areas.map { $0.map { String(format: "%.3f", $0) } ?? "none" }
    return TableOutcome(
      summary: ["\(areas.count) experts; frame AUC of each on its own fold: \(texts.joined(separator: ", "))"])
  }

  /// `metrics.csv`, and `steps.csv` of lines that begin with its header.
  static func writeTables(_ curves: [(expert: String, epochs: [EpochMetrics])], steps: [String], to folder: URL) throws
  {
    var rows = ["expert,epoch,learning_rate,training_loss,validation_loss,validation_auc"]
    for (expert, epochs) in curves {
      rows += epochs.map { epoch in
        "\(expert),\(epoch.epoch),\(epoch.learningRate),\(epoch.trainingLoss),"
          + "\(epoch.validationLoss.map { "\($0)" } ?? ""),\(epoch.validationAUC.map { "\($0)" } ?? "")"
      }
    }
    for (name, lines) in [("metrics.csv", rows), ("steps.csv", steps)] {
      try FileSystem.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: folder.appending(path: name))
    }
  }
}
