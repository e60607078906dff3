private import Foundation
internal import Models
internal import Tensors

/// A run from its first step, or from a checkpoint, to its last.
final class TrainingRun {
  private let training: any TrainingData
  private let order: EpochOrder
  private let options: TrainingOptions
  private let trainees: [Trainee]
  private let schedule: LearningRateSchedule
  private let stepsPerEpoch: Int
  private var position = RunPosition()
  private var steps: Int { options.epochs * stepsPerEpoch }

  init(training: any TrainingData, order: EpochOrder, experts: [Expert], options: TrainingOptions) throws {
    (self.training, self.order, self.options) = (training, order, options)
    trainees = try experts.map { try Trainee($0, options) }
    stepsPerEpoch = EpochOrder.batchCount(of: order.count, batchSize: options.batchSize)
    schedule = LearningRateSchedule(
      peak: options.learningRate, steps: options.epochs * stepsPerEpoch, warmUpFraction: options.warmUpFraction,
      shape: options.schedule, falls: options.falls)
  }

  func finish(
    checkpoint: CheckpointPlace?, onProgress: (TrainingProgress) throws -> Void
  ) throws -> [TrainingResult] {
    if let checkpoint, let restored = try Self.restore(trainees, from: checkpoint) { position = restored }
    let loader = loader(from: position.stepsDone)
    defer { loader.stop() }
    let start = ContinuousClock.now
    var (saved, images) = (start, 0)
    while let batch = try loader.next() {
      let rate = schedule.learningRate(at: position.stepsDone, after: results)
      let loss = try step(batch, rate: rate)
      position.epochLoss += loss * Double(batch.indices.count)
      position.stepsDone += 1
      images += batch.indices.count
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      var progress = TrainingProgress(
        step: position.stepsDone, steps: steps, epoch: batch.epoch, loss: loss,
        imagesPerSecond: seconds > 0 ? Double(images) / seconds : nil,
        secondsLeft: Double(steps - position.stepsDone) * seconds * Double(options.batchSize) / Double(max(1, images)),
        validationAUC: lastAUC)
      try onProgress(progress)
      if position.stepsDone % stepsPerEpoch == 0 {
        try finishEpoch(batch.epoch, rate: rate)
        progress.finishedEpoch = trainees[0].epochs.last
        progress.loss = progress.finishedEpoch?.trainingLoss ?? loss
        progress.validationAUC = lastAUC
        try onProgress(progress)
        if options.earlyStop > 0, trainees.allSatisfy({ $0.waited >= options.earlyStop }) { break }
      }
      if let checkpoint, (ContinuousClock.now - saved) / .seconds(1) >= checkpoint.seconds {
        try Self.save(trainees, position, to: checkpoint)
        saved = .now
      }
    }
    return try trainees.map { trainee in
      try trainee.result(steps: position.rows.filter { $0.hasPrefix("\(trainee.expert.name),") })
    }
  }

  private func loader(from step: Int) -> BatchLoader {
    BatchLoader(
      data: training, order: order, batchSize: options.batchSize, epochs: options.epochs, workers: options.threads,
      startingAt: step)
  }

  /// Of every epoch before, the mean over experts; `nil` where one has none.
  private var results: [Double?] {
    trainees[0].epochs.indices.map { epoch in
      let results = trainees.compactMap { $0.epochs[epoch].result }
      return results.count == trainees.count ? results.reduce(0, +) / Double(results.count) : nil
    }
  }

  private var lastAUC: Double? {
    let areas = trainees.compactMap { $0.epochs.last?.validationAUC }
    return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
  }

  /// One step of every expert's optimiser; the loss before it.
  private func step(_ batch: TrainingBatch, rate: Double) throws -> Double {
    var losses = try accumulate(batch, momentum: nil)
    if options.sharpnessRadius > 0 {
      for trainee in trainees { try trainee.optimiser.climb(radius: options.sharpnessRadius) }
      // The running statistics have seen this batch.
      losses = try accumulate(batch, momentum: 0)
      for trainee in trainees { try trainee.optimiser.comeBack() }
    }
    for trainee in trainees {
      let norm = try trainee.optimiser.gradientNorm()
      guard norm.isFinite else { throw divergence("the gradient's norm is \(norm)") }
      if options.clipNorm > 0 { try trainee.optimiser.clipGradients(to: options.clipNorm, norm: norm) }
      try trainee.optimiser.step(learningRate: rate)
      try trainee.average.update()
      position.rows.append(
        StepLog.row(
          trainee.expert.name, seed: options.seed, epoch: batch.epoch, step: batch.step, rate: rate, losses, norm: norm)
      )
    }
    return losses.total
  }

  /// Adds the gradients of a batch, piece after piece.
  private func accumulate(_ batch: TrainingBatch, momentum: Double?) throws -> StepLosses {
    let count = batch.indices.count
    let pieces = min(options.accumulation, max(1, count / 2))
    let bytes = batch.views[0].count / count
    var losses = StepLosses()
    for piece in 0..<pieces {
      let range = count * piece / pieces..<count * (piece + 1) / pieces
      let pixels =
        pieces == 1 ? batch.views[0] : Array(batch.views[0][range.lowerBound * bytes..<range.upperBound * bytes])
      let (indices, labels) = (Array(batch.indices[range]), Array(batch.labels[range]))
      let answers = try trainees.compactMap { trainee in
        try trainee.answer(
          pixels: pixels, labels: labels, rows: trainee.rows(of: indices),
          isFrozen: batch.epoch < options.freezeBackboneEpochs, key: "step \(batch.step) piece \(piece)",
          momentum: momentum)
      }
      guard !answers.isEmpty else { continue }
      try add(answers, labels: labels, share: Double(range.count) / Double(count), to: &losses)
    }
    return losses
  }

  private func add(
    _ answers: [Trainee.Answer], labels: [Int], share: Double, to losses: inout StepLosses
  ) throws {
    let (logits, rows) = try summed(answers, count: labels.count)
    let ce = try logits.crossEntropy(
      targets: rows.map { labels[$0] },
      classWeights: Set(options.classWeights).count == 1 ? nil : options.classWeights, smoothing: options.labelSmoothing
    )
    var total = try ce.scaled(by: options.losses.ce * share)
    losses.ce = (losses.ce ?? 0) + (try ce.scalar()) * share
    for (weight, parts, path) in [
      (options.losses.nce, answers.compactMap(\.nce), \StepLosses.nce),
      (options.losses.kl, answers.compactMap(\.kl), \StepLosses.kl),
    ] {
      let portion = share / Double(answers.count)
      for part in parts {
        total = try total + part.scaled(by: weight * portion)
        losses[keyPath: path] = (losses[keyPath: path] ?? 0) + (try part.scalar()) * portion
      }
    }
    let value = try total.scalar()
    guard value.isFinite else { throw divergence("the loss is \(value)") }
    losses.total += value
    try total.backward()
  }

  /// The sum of the experts' logits, and the rows of the batch that it is about: those that anybody sees.
  private func summed(_ answers: [Trainee.Answer], count: Int) throws -> (Tensor, [Int]) {
    if answers.count == 1 { return (answers[0].logits, answers[0].rows) }
    var isSeen = [Bool](repeating: false, count: count)
    for answer in answers { for row in answer.rows { isSeen[row] = true } }
    let rows = isSeen.indices.filter { isSeen[$0] }
    let placeOf = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    var sum: Tensor?
    for answer in answers {
      // A row of the matrix picks the answer about one picture, or none.
      var picks = [Float](repeating: 0, count: rows.count * answer.rows.count)
      for (column, row) in answer.rows.enumerated() {
        if let place = placeOf[row] { picks[place * answer.rows.count + column] = 1 }
      }
      let matrix = try Tensor.of(picks, shape: [rows.count, answer.rows.count])
      let placed = try matrix.linear(weight: answer.logits.permuted([1, 0]))
      sum = try sum.map { try $0 + placed } ?? placed
    }
    return (sum ?? answers[0].logits, rows)
  }

  private func finishEpoch(_ epoch: Int, rate: Double) throws {
    // The last step's result has been seen by nobody.
    for trainee in trainees {
      let network = trainee.expert.model.network
      for (name, tensor) in network.parameters + network.buffers where try !tensor.isFinite() {
        throw divergence("'\(name)' is not finite")
      }
    }
    let loss = position.epochLoss / Double(order.count)
    position.epochLoss = 0
    for trainee in trainees {
      try trainee.finishEpoch(epoch, rate: rate, trainingLoss: loss) { loader(from: epoch * stepsPerEpoch) }
    }
  }

  private func divergence(_ what: String) -> TrainingError {
    TrainingError(.divergedLoss, "\(what) at step \(position.stepsDone) of \(steps); lower the learning rate")
  }
}
