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
    let order = try EpochOrder(labels: labels, balance: options.balance, seed: options.seed)
    return try Libtorch.withThreads(options.threads) {
      var run = try Run(training: training, model: model, options: options)
      var epochs: [EpochMetrics] = []
      for epoch in 0..<options.epochs {
        var totalLoss = 0.0
        for batch in order.batches(epoch: epoch, batchSize: options.batchSize) {
          let loss = try run.step(batch, epoch: epoch)
          totalLoss += loss * Double(batch.count)
          try onProgress(TrainingProgress(step: run.stepsDone, steps: run.steps, epoch: epoch, loss: loss))
        }
        try run.checkConvergence()
        let (validationLoss, validationAUC) = try run.average.whileAveraged {
          try validate(model, on: validation, options)
        }
        let metrics = EpochMetrics(
          epoch: epoch, learningRate: run.schedule.learningRate(at: run.stepsDone - 1),
          trainingLoss: totalLoss / Double(training.count), validationLoss: validationLoss,
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
    let loader = PictureFetch(data: data, threads: options.threads)
    var loss = 0.0
    var scores: [Double] = []
    for start in stride(from: 0, to: data.count, by: options.batchSize) {
      let indices = Array(start..<min(start + options.batchSize, data.count))
      let images = try loader.images(at: indices, epoch: 0)
      try Libtorch.withoutGradients {
        let logits = try model.network.logits(of: model.preprocessing.normalise(images: images))
        let probabilities: [Float] = try logits.softmax(axis: 1).values()
        loss += try logits.crossEntropy(targets: loader.labels(at: indices)).scalar() * Double(indices.count)
        scores += indices.indices.map { Double(probabilities[2 * $0 + DetectorModel.fakeClass]) }
      }
    }
    let labels: [Label] = loader.labels(at: Array(0..<data.count)).map { $0 == 0 ? .real : .fake }
    return (loss / Double(data.count), try RankMetrics.areaUnderCurve(scores: scores, labels: labels))
  }
}

/// What changes from step to step.
private struct Run {
  let schedule: LearningRateSchedule
  let average: MovingAverage
  let steps: Int
  private(set) var stepsDone = 0
  private let loader: PictureFetch
  private let model: DetectorModel
  private let options: TrainingOptions
  private let optimiser: AdamW

  init(training: any TrainingData, model: DetectorModel, options: TrainingOptions) throws {
    let parameters = model.network.parameters.map(\.tensor)
    steps = options.epochs * EpochOrder.batchCount(of: training.count, batchSize: options.batchSize)
    schedule = LearningRateSchedule(peak: options.learningRate, steps: steps, warmUpFraction: options.warmUpFraction)
    average = try MovingAverage(of: parameters, decay: options.emaDecay)
    loader = PictureFetch(data: training, threads: options.threads)
    self.model = model
    self.options = options
    // Scales and shifts, which have one axis, do not decay.
    optimiser = try AdamW(try parameters.map { ($0, try $0.shape.count > 1 ? options.weightDecay : 0) })
  }

  /// One step of the optimiser; the loss before it.
  mutating func step(_ batch: [Int], epoch: Int) throws -> Double {
    let input = try model.preprocessing.normalise(images: loader.images(at: batch, epoch: epoch))
    var random = KeyedRandom(seed: options.seed, key: "step \(stepsDone)", stage: "train-dropout")
    let features =
      epoch < options.freezeBackboneEpochs
      ? try Libtorch.withoutGradients { try model.network.features(of: input) }
      : try model.network.features(of: input, training: true)
    let dropped =
      options.dropout > 0 ? try features.droppedOut(probability: options.dropout, seed: random.next()) : features
    let loss = try model.network.logits(ofFeatures: dropped).crossEntropy(targets: loader.labels(at: batch))
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
