internal import Engine
private import Foundation
private import Models
private import Records
private import Training

/// The verb `train`: one detector from shards, without a pipeline.
package struct TrainingTool {
  private let options: TrainStage.Options
  private let stage: TrainStage
  private let training: ShardPictures
  private let validation: ShardPictures
  private let seed: UInt64
  private let modelsFolder: URL

  /// Reads what there is, and refuses what would make the measures mean nothing.
  ///
  /// - Parameter set: `option=value`, the options of the stage.
  /// - Throws: ``ToolError`` with status 64 for arguments that cannot be used together.
  package init(
    shards: [String], validation: [String], set: [String], label: String, oneIsFake: Bool, seed: UInt64,
    settings: MachineSettings
  ) throws {
    options = try OptionArguments.options(TrainStage.Options.self, set)
    guard options.recipe == "experts", !options.joint, options.seeds.isEmpty else {
      throw ToolError(.usage, "`train` fits one detector: `recipe`, `joint` and `seeds` belong to pipelines")
    }
    stage = try TrainStage(options: options)
    self.seed = seed
    modelsFolder = settings.modelsFolder(beside: nil)
    let side = options.size
    let one: Label = oneIsFake ? .fake : .real
    training = try ShardPictures(
      shards, label: label, one: one, side: side, augmentation: options.augment, seed: seed)
    self.validation = try ShardPictures(
      validation, label: label, one: one, side: side, augmentation: nil, seed: seed)
    for item in training.items + self.validation.items where item.role != .train {
      throw ToolError(
        .usage, "'\(item.key)' has the role \(item.role.rawValue): nothing is fitted to or chosen on what is held out")
    }
    let shared = Set(training.items.map(\.group)).intersection(self.validation.items.map(\.group)).sorted()
    if let first = shared.first {
      throw ToolError(
        .usage, "\(shared.count) groups are in training and in validation, '\(first)' among them; split by group")
    }
  }

  /// Trains, and writes `model.safetensors`, its card, `metrics.csv` and `steps.csv`. Cut, it goes on when it is called again.
  ///
  /// - Returns: a line for people.
  package func run(output path: String, progress: @escaping @Sendable (Int, Int, String) -> Void) throws -> String {
    let output = URL(filePath: path).absoluteURL
    try FileSystem.makeFolder(output)
    var context = StageContext(
      stageID: TrainStage.name, seed: seed, modelsFolder: modelsFolder, roots: [:], resources: WorkerResources(),
      progress: progress)
    let scratch = output.appending(path: ".unfinished")
    context.scratch = scratch
    func digest(_ data: ShardPictures) -> Digest {
      Digest(of: (data.files + data.items.map { "\($0.key) \($0.kind.label)" }).joined(separator: "\n"))
    }
    let result = try ExpertTraining.run(
      training: training, validation: validation, model: stage.model(number: 0, seed: seed, context: context),
      options: options.training(seed: seed),
      checkpoint: TrainStage.checkpoint(
        options, seed: seed, context, data: digest(training), split: digest(validation)),
      onProgress: TrainStage.report(options, to: context))
    let file = output.appending(path: "model.safetensors")
    var metadata = ["epoch": "\(result.keptEpoch)", "training": try CanonicalJSON.string(options)]
    if let recipe = training.recipe { metadata[Inference.recipeKey] = try CanonicalJSON.string(recipe) }
    try result.model.save(to: file, metadata: metadata)
    let card = try ModelCard(
      name: output.lastPathComponent, fold: nil, result.model, epochs: result.epochs, keptEpoch: result.keptEpoch,
      training: training.items.map(\.kind), validation: validation.items.map(\.kind),
      areas: ValidationAreas.of(result.model, on: validation, seed: seed) { validation.items[$0].judgement },
      options: options, seed: seed, licences: [:], crop: training.recipe, shards: digest(training), file: file)
    try card.write(to: output, as: "model")
    try ExpertFiles.writeTables([("0", result.epochs)], steps: [StepLog.header] + result.steps, to: output)
    try FileManager.default.removeItem(at: scratch)
    let area = card.validationFrameAUC.map { String(format: "%.3f", $0) } ?? "undefined (one class)"
    let left = (training.notes + validation.notes).map { "left out: \($0)\n" }.joined()
    return left + "\(file.path(percentEncoded: false)): frame AUC \(area) on \(validation.count) pictures, epoch "
      + "\(result.keptEpoch + 1) of \(result.epochs.count)"
  }
}
