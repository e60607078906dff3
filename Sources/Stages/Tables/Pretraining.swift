private import Augmentation
internal import Engine
internal import Foundation
internal import Models
internal import Records
private import Training

/// The recipe `pretrain` of `train`: one small detector, fitted with cross entropy on the training role alone, whose
/// features clusters can be made of.
///
/// A tenth of the families is kept apart, to tell how good it is.
struct Pretraining {
  let options: TrainStage.Options
  let inputs: TableInputs
  let context: StageContext

  static let fileName = "model.safetensors"
  /// Of so many families one is kept apart.
  private static let heldShare = 10

  func run(_ model: DetectorModel, output: URL) throws -> TableOutcome {
    let entries = try inputs.samples().filter { $0.sample.role == .train && !$0.sample.isAugmentedCopy }
    guard Set(entries.map(\.sample.label)).count == 2 else {
      throw ToolError(
        .failed, "\(entries.count) training samples are there, not of both classes; put more into `datasets`")
    }
    let held = heldFamilies(entries)
    let training = entries.filter { !held.contains($0.sample.family) }
    let validation = entries.filter { held.contains($0.sample.family) && !$0.sample.isMade }
    let result = try ExpertTraining.run(
      training: PackTrainingData(
        entries: training, side: options.size, augmentations: [options.augment].compactMap(AugmentationPresets.named),
        seed: context.seed),
      validation: PackTrainingData(entries: validation, side: options.size, augmentations: [], seed: context.seed),
      model: model, options: options.training(seed: context.seed),
      checkpoint: TrainStage.checkpoint(
        options, seed: context.seed, context,
        data: Digest(of: entries.map { "\($0.sample.key) \($0.digest.hex)" }.joined(separator: "\n")),
        split: Digest(of: held.sorted().joined(separator: "\n"))),
      onProgress: TrainStage.report(options, to: context))
    try result.model.save(
      to: output.appending(path: Self.fileName),
      metadata: options.metadata(inputs))
    try FileSystem.writeJSON(result.epochs, to: output.appending(path: "curve.json"))
    let area = result.epochs.last?.validationAUC.map { String(format: "%.3f", $0) } ?? "unknown"
    return TableOutcome(
      summary: [
        "fitted to \(training.count) crops of the training role; frame AUC \(area) on \(validation.count) crops of "
          + "\(held.count) families kept apart"
      ])
  }

  /// The families with the least hashes; none where one of the two parts would lack a class.
  private func heldFamilies(_ entries: [SampleEntry]) -> Set<String> {
    let families = Set(entries.map(\.sample.family)).sorted()
    let places = KeySample.places(
      families, count: families.count / Self.heldShare, seed: context.seed, stage: "\(context.stageID)/held")
    let held = Set(places.map { families[$0] })
    let labels = Set(entries.filter { held.contains($0.sample.family) && !$0.sample.isMade }.map(\.sample.label))
    let others = Set(entries.filter { !held.contains($0.sample.family) }.map(\.sample.label))
    return labels.count == 2 && others.count == 2 ? held : []
  }
}
