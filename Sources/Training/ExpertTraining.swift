private import Evaluation
package import Models
private import Records
private import Tensors

/// Fits one detector to one split.
package enum ExpertTraining {
  /// Minimises cross entropy with AdamW, a warmed-up cosine schedule and a moving average of parameters.
  ///
  /// Same data, options, model and library, one thread: the same bits. The length of the run, the order of the pictures
  /// and every random draw are functions of the options and the labels alone.
  ///
  /// - Parameters:
  ///   - model: trained in place.
  ///   - onProgress: told after every step and every epoch; what it throws ends the run.
  /// - Throws: ``TrainingError``, and whatever the data or libtorch throw.
  package static func run(
    training: any TrainingData, validation: any TrainingData, model: DetectorModel, options: TrainingOptions,
    onProgress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> TrainingResult {
    try options.validate()
    let labels = (0..<training.count).map { training.label(at: $0) }
    let order = try EpochOrder(
      labels: labels, strata: (0..<training.count).map { training.stratum(at: $0) }, balance: options.balance,
      seed: options.seed)
    let loader = BatchLoader(
      data: training, order: order, batchSize: options.batchSize, epochs: options.epochs, workers: options.threads)
    defer { loader.stop() }
    return try Libtorch.withThreads(options.threads) {
      var run = try Run(steps: loader.steps, model: model, options: options)
      var epochs: [EpochMetrics] = []
      for epoch in 0..<options.epochs {
        var totalLoss = 0.0
        for _ in 0..<loader.steps / options.epochs {
          guard let batch = try loader.next() else { break }
          let loss = try run.step(batch)
          totalLoss += loss * Double(batch.indices.count)
          try onProgress(TrainingProgress(step: run.stepsDone, steps: run.steps, epoch: epoch, loss: loss))
        }
        try run.checkConvergence()
        let (validationLoss, validationAUC) = try run.average.whileAveraged {
          try validate(model, on: validation, options)
        }
        let metrics = EpochMetrics(
          epoch: epoch, learningRate: run.schedule.learningRate(at: run.stepsDone - 1),
          trainingLoss: totalLoss / Double(order.count), validationLoss: validationLoss,
          validationAUC: validationAUC)
        epochs.append(metrics)
        try onProgress(
          TrainingProgress(
            step: run.stepsDone, steps: run.steps, epoch: epoch, loss: metrics.trainingLoss, finishedEpoch: metrics))
      }
      try run.average.copyToParameters()
      return TrainingResult(model: model, epochs: epochs)
    }
  }

  /// Mean cross entropy and area under the curve of the model as it is, in evaluation mode.
  private static func validate(
    _ model: DetectorModel, on data: any TrainingData, _ options: TrainingOptions
  ) throws -> (loss: Double?, areaUnderCurve: Double?) {
    guard data.count > 0 else { return (nil, nil) }
    let loader = BatchLoader(
      data: data, order: EpochOrder(inSequence: data.count), batchSize: options.batchSize, epochs: 1,
      workers: options.threads)
    defer { loader.stop() }
    var loss = 0.0
    var scores: [Double] = []
    while let batch = try loader.next() {
      try Libtorch.withoutGradients {
        let logits = try model.network.logits(
          of: model.preprocessing.normalise(pixels: batch.views[0], count: batch.indices.count))
        let probabilities: [Float] = try logits.softmax(axis: 1).values()
        loss += try logits.crossEntropy(targets: batch.labels).scalar() * Double(batch.indices.count)
        scores += batch.indices.indices.map { Double(probabilities[2 * $0 + DetectorModel.fakeClass]) }
      }
    }
    let labels: [Label] = (0..<data.count).map { data.label(at: $0) == 0 ? .real : .fake }
    return (loss / Double(data.count), try RankMetrics.areaUnderCurve(scores: scores, labels: labels))
  }
}

/// What changes from step to step.
private struct Run {
  let schedule: LearningRateSchedule
  let average: MovingAverage
  let steps: Int
  private(set) var stepsDone = 0
  private let model: DetectorModel
  private let options: TrainingOptions
  private let optimiser: AdamW

  init(steps: Int, model: DetectorModel, options: TrainingOptions) throws {
    let parameters = model.network.parameters.map(\.tensor)
    self.steps = steps
    schedule = LearningRateSchedule(peak: options.learningRate, steps: steps, warmUpFraction: options.warmUpFraction)
    average = try MovingAverage(of: parameters, decay: options.emaDecay)
    self.model = model
    self.options = options
    // Scales and shifts, which have one axis, do not decay.
    optimiser = try AdamW(try parameters.map { ($0, try $0.shape.count > 1 ? options.weightDecay : 0) })
  }

  /// One step of the optimiser; the loss before it.
  mutating func step(_ batch: TrainingBatch) throws -> Double {
    let input = try model.preprocessing.normalise(pixels: batch.views[0], count: batch.indices.count)
    var random = KeyedRandom(seed: options.seed, key: "step \(stepsDone)", stage: "train-dropout")
    let features =
      batch.epoch < options.freezeBackboneEpochs
      ? try Libtorch.withoutGradients { try model.network.features(of: input) }
      : try model.network.features(of: input, training: true)
    let dropped =
      options.dropout > 0 ? try features.droppedOut(probability: options.dropout, seed: random.next()) : features
    let loss = try model.network.logits(ofFeatures: dropped).crossEntropy(targets: batch.labels)
    let value = try loss.scalar()
    guard value.isFinite else { throw divergence("the loss is \(value)") }
    try loss.backward()
    try optimiser.step(learningRate: schedule.learningRate(at: stepsDone))
    try average.update()
    stepsDone += 1
    return value
  }
  /// - Throws: `diverged-loss` when the last step, whose loss nobody has seen, went to infinity.
  func checkConvergence() throws {
    for (name, tensor) in model.network.parameters + model.network.buffers where try !tensor.isFinite() {
      throw divergence("'\(name)' is not finite")
    }
  }

  private func divergence(_ what: String) -> TrainingError {
    TrainingError(.divergedLoss, "\(what) at step \(stepsDone) of \(steps); lower the learning rate")
  }
}
