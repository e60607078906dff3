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
  /// Which of `seeds` that is made of.
  let ownSeed: Int?

  /// Trains one expert per fold, all together, each on its own fold's shards alone.
  func run(_ folds: [FoldShards], output: URL, context: StageContext, model: (Int) throws -> DetectorModel) throws {
    let files = Set(folds.flatMap(\.training)).sorted()
    let training = try data(files, augmentations: [options.augment])
    // Samples follow each other file by file.
    let fileOf = try files.flatMap { file in
      try ShardReader(path: folder.appending(path: file)).entries.map { _ in file }
    }
    let validations = try folds.map { try data($0.validation, augmentations: []) }
    let experts = try zip(folds, validations).map { fold, validation in
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
    for ((fold, validation), (expert, result)) in zip(zip(folds, validations), zip(experts, results)) {
      let name = ExpertName(fold: fold.fold, seed: ownSeed)
      try write(name, result, to: output)
      let seen = training.samples.indices.filter { expert.sees?[$0] ?? true }.map { training.samples[$0] }
      let card = try ModelCard(
        name: inputs.pipeline.name, fold: fold.fold, result.model, epochs: result.epochs, keptEpoch: result.keptEpoch,
        training: seen.map { .init($0) }, validation: validation.samples.map { .init($0) },
        areas: ValidationAreas.of(result.model, on: validation, seed: seed) { validation.judgement(of: $0) },
        options: options, seed: seed, licences: inputs.licences, crop: CropRecipe(inputs), shards: shards,
        file: output.appending(path: name.modelFile))
      try card.write(to: output, as: "\(name)")
    }
  }

  private func data(_ files: [String], augmentations: [String]) throws -> ShardTrainingData {
    try ShardTrainingData(files: files, in: folder, side: options.size, augmentations: augmentations, seed: seed)
  }

  private func write(_ name: ExpertName, _ result: TrainingResult, to output: URL) throws {
    func save(_ model: DetectorModel, epoch: Int, as file: String) throws {
      try model.save(
        to: output.appending(path: file),
        metadata: options.metadata(inputs, ["epoch": "\(epoch)", "fold": "\(name.fold)", "shards": shards.hex]))
    }
    try save(result.model, epoch: result.keptEpoch, as: name.modelFile)
    try result.forEachEpoch { try save($1, epoch: $0, as: name.modelFile(ofEpoch: $0)) }
    try FileSystem.writeJSON(
      Curve(keptEpoch: result.keptEpoch, epochs: result.epochs), to: Self.curve(name, in: output))
    try FileSystem.write(
      Data((result.steps.joined(separator: "\n") + "\n").utf8), to: output.appending(path: "\(name).steps.csv"))
  }

  private struct Curve: Codable {
    var keptEpoch: Int
    var epochs: [EpochMetrics]
  }

  private static func curve(_ name: ExpertName, in folder: URL) -> URL { folder.appending(path: "\(name).curve.json") }

  /// Puts the experts of all parts into one folder, their curves into one table.
  static func gather(_ parts: [URL], output: URL) throws -> TableOutcome {
    let experts = output.appending(path: "experts")
    try FileSystem.makeFolder(experts)
    var curves: [(String, [EpochMetrics])] = []
    var steps: [String] = []
    var areas: [Double?] = []
    let found = try parts.flatMap { part in try ExpertName.all(in: part).map { (name: $0, folder: part) } }
    for (name, folder) in found.sorted(by: { $0.name < $1.name }) {
      for kind in ["safetensors", "card.json", "card.md"] {
        try FileManager.default.copyItem(
          at: folder.appending(path: "\(name).\(kind)"), to: experts.appending(path: "\(name).\(kind)"))
      }
      let curve = try FileSystem.readJSON(Curve.self, from: curve(name, in: folder))
      for file in curve.epochs.map({ name.modelFile(ofEpoch: $0.epoch) }) {
        guard FileSystem.exists(folder.appending(path: file)) else { continue }
        let epochs = experts.appending(path: ExpertName.epochFolder)
        try FileSystem.makeFolder(epochs)
        try FileManager.default.copyItem(at: folder.appending(path: file), to: epochs.appending(path: file))
      }
      curves.append(("\(name)", curve.epochs))
      let text = try String(contentsOf: folder.appending(path: "\(name).steps.csv"), encoding: .utf8)
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
