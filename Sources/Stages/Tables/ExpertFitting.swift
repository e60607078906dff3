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
    try ExpertFiles.writeLines(result.steps, to: output.appending(path: "\(name).steps.csv"))
  }

  private struct Curve: Codable {
    var keptEpoch: Int
    var epochs: [EpochMetrics]
  }

  private static func curve(_ name: ExpertName, in folder: URL) -> URL { folder.appending(path: "\(name).curve.json") }

  /// The experts of all parts.
  static func gather(_ parts: [URL], output: URL) throws -> TableOutcome {
    let found = try parts.flatMap { part in try ExpertName.all(in: part).map { (name: $0, folder: part) } }
    let experts = try found.map { name, folder in
      let curve = try FileSystem.readJSON(Curve.self, from: curve(name, in: folder))
      let epochs = curve.epochs.map { name.modelFile(ofEpoch: $0.epoch) }
        .filter { FileSystem.exists(folder.appending(path: $0)) }
      let files =
        ["\(name).safetensors", "\(name).card.json", "\(name).card.md"].map { ($0, "experts/\($0)") }
        + epochs.map { ($0, "experts/\(ExpertName.epochFolder)/\($0)") }
      return ExpertFiles(
        name: name, copies: files.map { (folder.appending(path: $0), $1) }, epochs: curve.epochs,
        area: curve.epochs.first { $0.epoch == curve.keptEpoch }?.validationAUC,
        steps: try ExpertFiles.lines(folder.appending(path: "\(name).steps.csv")))
    }
    return try ExpertFiles.gather(experts, header: StepLog.header, to: output)
  }
}
