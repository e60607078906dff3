package import Models
internal import Tensors

/// Fits detectors to their splits.
package enum ExpertTraining {
  /// Fits one detector; see ``run(training:experts:options:checkpoint:onProgress:)``.
  package static func run(
    training: any TrainingData, validation: any TrainingData, model: DetectorModel, options: TrainingOptions,
    checkpoint: CheckpointPlace? = nil, onProgress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> TrainingResult {
    let expert = Expert(name: "0", model: model, validation: validation)
    let results = try run(
      training: training, experts: [expert], options: options, checkpoint: checkpoint, onProgress: onProgress)
    return results[0]
  }

  /// Minimises cross entropy of the sum of the experts' logits, plus the mean over experts of what else ``LossWeights``
  /// names, with a moving average of parameters.
  ///
  /// An expert is shown none of the pictures that it does not see: they are in none of its passes, so neither in its
  /// statistics; a picture's sum is over the experts that see it. Same data, options, models and library, one thread: the
  /// same bits, whether or not the run was cut on its way. The length of the run, the order of the pictures and every
  /// random draw are functions of the options and the labels alone.
  ///
  /// - Parameters:
  ///   - checkpoint: where the run puts by how far it has come, and goes on from.
  ///   - onProgress: told after every step and every epoch; what it throws ends the run.
  /// - Throws: ``TrainingError``, and whatever the data or libtorch throw.
  package static func run(
    training: any TrainingData, experts: [Expert], options: TrainingOptions, checkpoint: CheckpointPlace? = nil,
    onProgress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> [TrainingResult] {
    try options.validate()
    guard Set(experts.map(\.model.preprocessing.sizePixels)).count == 1 else {
      throw TrainingError(.unusableOptions, "experts that are trained together look at pictures of one size")
    }
    guard options.earlyStop == 0 || experts.allSatisfy({ $0.validation.count > 0 }) else {
      throw TrainingError(.unusableData, "stopping early needs validation pictures; there are none")
    }
    let order = try EpochOrder(
      labels: (0..<training.count).map { training.label(at: $0) },
      strata: (0..<training.count).map { training.stratum(at: $0) }, balance: options.balance,
      length: options.epochPictures, seed: options.seed)
    return try Libtorch.withThreads(options.threads) {
      let run = try TrainingRun(training: training, order: order, experts: experts, options: options)
      return try run.finish(checkpoint: checkpoint, onProgress: onProgress)
    }
  }
}
