private import Evaluation
internal import Models
private import Records
private import Tensors

/// Fits a detector by the recipes `cross-entropy`, `supcon`, `mpl` and `supcon-mpl`.
package struct ContrastiveTraining {
  /// A trained detector, its projection head, and how both came about.
  package struct Result {
    package var network: ContrastiveNetwork
    /// One entry per phase.
    package var phases: [EpochMetrics]
    /// Of all phases.
    package var steps: [ContrastiveStep]
  }

  let options: ContrastiveOptions
  let labelled: any TrainingData
  let unlabelled: any TrainingData
  let validation: any TrainingData
  let checkpoint: CheckpointPlace?
  let onStep: (_ step: ContrastiveStep, _ done: Int, _ all: Int) throws -> Void

  /// - Parameters:
  ///   - labelled: pictures whose label may be used; view 0 is weakly, view 1 strongly augmented.
  ///   - unlabelled: pictures whose label is never asked for; not used by `supcon`.
  ///   - validation: pictures that are scored after every phase, and change nothing.
  ///   - checkpoint: where the run puts by how far it has come, and goes on from.
  ///   - onStep: told after every step, with the steps done and those of all phases; what it throws ends the run.
  package init(
    options: ContrastiveOptions, labelled: any TrainingData, unlabelled: any TrainingData,
    validation: any TrainingData, checkpoint: CheckpointPlace? = nil,
    onStep: @escaping (_ step: ContrastiveStep, _ done: Int, _ all: Int) throws -> Void = { _, _, _ in }
  ) {
    self.options = options
    self.labelled = labelled
    self.unlabelled = unlabelled
    self.validation = validation
    self.checkpoint = checkpoint
    self.onStep = onStep
  }

  /// Fits `student`; `teacher` too, where the recipe has one.
  ///
  /// Same data, options, models and library, one thread: the same bits, whether or not the run was cut on its way.
  ///
  /// - Parameters:
  ///   - student: what comes back; the only network of `supcon`.
  ///   - teacher: makes the labels of `mpl` and `supcon-mpl`.
  ///   - teacherIsFitted: whether the teacher has been through `supcon` already.
  /// - Throws: ``TrainingError``, and whatever the data or libtorch throw.
  package func run(
    student: ContrastiveNetwork, teacher: ContrastiveNetwork?, teacherIsFitted: Bool = false
  ) throws -> Result {
    let phases = ContrastivePhases(options: options, labelled: labelled, unlabelled: unlabelled)
      .all(student: student, teacher: teacher, teacherIsFitted: teacherIsFitted)
    let networks = [student] + (teacher.map { [$0] } ?? [])
    return try Libtorch.withThreads(options.threads) {
      var progress = try ContrastiveProgress(
        place: checkpoint, networks: networks, allSteps: phases.reduce(0) { $0 + $1.steps })
      for phase in phases.dropFirst(progress.phases.count) {
        try run(phase, &progress)
        let (loss, area) = try validate(phase.networks[phase.networks.count - 1].detector)
        progress.finishPhase(
          EpochMetrics(
            epoch: progress.phases.count, learningRate: options.learningRate,
            trainingLoss: progress.loss(overLast: max(1, phase.steps / 10)), validationLoss: loss, validationAUC: area))
      }
      return Result(network: student, phases: progress.phases, steps: progress.steps)
    }
  }

  private func run(_ phase: ContrastivePhase, _ progress: inout ContrastiveProgress) throws {
    if progress.stepsOfPhase == 0 { for network in phase.networks { try network.restart() } }
    let loaders = try phase.pools.map { try loader($0, steps: phase.steps, startingAt: progress.stepsOfPhase) }
    defer { for loader in loaders { loader.stop() } }
    for number in progress.stepsOfPhase..<phase.steps {
      var step = ContrastiveStep(phase.name, number + 1, of: phase.steps)
      try phase.body(loaders.map(next), &step)
      try progress.add(step)
      try onStep(step, progress.steps.count, progress.allSteps)
    }
  }

  /// Batches enough for `steps`, in an order of the phase's own.
  private func loader(_ pool: ContrastivePool, steps: Int, startingAt step: Int) throws -> BatchLoader {
    let data = pool.data
    var random = KeyedRandom(seed: options.seed, key: pool.key, stage: "contrastive-order")
    let order = try EpochOrder(
      labels: (0..<data.count).map { data.label(at: $0) }, strata: (0..<data.count).map { data.stratum(at: $0) },
      balance: pool.balance, seed: random.next())
    let perEpoch = EpochOrder.batchCount(of: data.count, batchSize: pool.batchSize)
    return BatchLoader(
      data: data, order: order, batchSize: pool.batchSize, epochs: (steps + perEpoch - 1) / perEpoch, views: 2,
      workers: options.threads, startingAt: step)
  }

  private func next(_ batches: BatchLoader) throws -> TrainingBatch {
    guard let batch = try batches.next() else {
      throw TrainingError(.unusableData, "there are no pictures left for the next step")
    }
    return batch
  }

  /// Log loss, clipped, and area under the curve; `nil` without pictures, or of one class.
  private func validate(_ model: DetectorModel) throws -> (loss: Double?, areaUnderCurve: Double?) {
    guard validation.count > 0 else { return (nil, nil) }
    let loader = BatchLoader(
      data: validation, order: EpochOrder(inSequence: validation.count), batchSize: 64, epochs: 1,
      workers: options.threads)
    defer { loader.stop() }
    var scores: [Double] = []
    while let batch = try loader.next() {
      let pixels = batch.views[0]
      let size = pixels.count / batch.indices.count
      scores += try model.probabilitiesOfFake(
        images: stride(from: 0, to: pixels.count, by: size).map { Array(pixels[$0..<$0 + size]) })
    }
    let labels: [Label] = (0..<validation.count).map { validation.label(at: $0) == 0 ? .real : .fake }
    return (
      try ProbabilityMetrics.logLoss(probabilities: scores, labels: labels),
      try RankMetrics.areaUnderCurve(scores: scores, labels: labels)
    )
  }
}
