private import Evaluation
internal import Models
private import Records
private import Tensors

/// Fits a detector by the recipes `supcon`, `mpl` and `supcon-mpl`.
package struct ContrastiveTraining {
  /// A trained detector, its projection head, and how both came about.
  package struct Result {
    package var network: ContrastiveNetwork
    /// One entry per phase.
    package var phases: [EpochMetrics]
  }

  let options: ContrastiveOptions
  let labelled: any TrainingData
  let unlabelled: any TrainingData
  let validation: any TrainingData
  let onStep: (ContrastiveStep) throws -> Void

  /// - Parameters:
  ///   - labelled: pictures whose label may be used; view 0 is weakly, view 1 strongly augmented.
  ///   - unlabelled: pictures whose label is never asked for; not used by `supcon`.
  ///   - validation: pictures that are scored after every phase, and change nothing.
  ///   - onStep: told after every step; what it throws ends the run.
  package init(
    options: ContrastiveOptions, labelled: any TrainingData, unlabelled: any TrainingData,
    validation: any TrainingData, onStep: @escaping (ContrastiveStep) throws -> Void = { _ in }
  ) {
    self.options = options
    self.labelled = labelled
    self.unlabelled = unlabelled
    self.validation = validation
    self.onStep = onStep
  }

  /// Fits `student`; `teacher` too, where the recipe has one.
  ///
  /// Same data, options, models and library, one thread: the same bits.
  ///
  /// - Parameters:
  ///   - student: what comes back; the only network of `supcon`.
  ///   - teacher: makes the labels of `mpl` and `supcon-mpl`.
  ///   - teacherIsFitted: whether the teacher has been through `supcon` already.
  /// - Throws: ``TrainingError``, and whatever the data or libtorch throw.
  package func run(
    student: ContrastiveNetwork, teacher: ContrastiveNetwork?, teacherIsFitted: Bool = false
  ) throws -> Result {
    try Libtorch.withThreads(options.threads) {
      var phases: [EpochMetrics] = []
      func finish(_ loss: Double, _ network: ContrastiveNetwork) throws {
        let (validationLoss, area) = try validate(network.detector)
        phases.append(
          EpochMetrics(
            epoch: phases.count, learningRate: options.learningRate, trainingLoss: loss,
            validationLoss: validationLoss, validationAUC: area))
      }
      func supcon(_ network: ContrastiveNetwork, _ name: String) throws {
        try finish(encode(network, "\(name)encoder"), network)
        try finish(classify(network, "\(name)classifier"), network)
      }
      switch (options.recipe, teacher) {
      case (.supconMPL, let teacher?):
        if !teacherIsFitted { try supcon(teacher, "teacher ") }
        try finish(pair(teacher, student, "teacher and student", contrastiveStep), student)
        try supcon(student, "fine-tuned ")
      case (.mpl, let teacher?):
        try finish(pair(teacher, student, "teacher and student", crossEntropyStep), student)
        try finish(fineTune(student, "fine-tuned"), student)
      case (.crossEntropy, _): try finish(fineTune(student, "cross entropy"), student)
      default: try supcon(student, "")
      }
      return Result(network: student, phases: phases)
    }
  }

  // MARK: - Phases

  private func encode(_ network: ContrastiveNetwork, _ name: String) throws -> Double {
    try network.restart()
    let batches = try batches(labelled, size: options.batchSize, steps: options.encoderSteps, key: name)
    return try steps(options.encoderSteps, name) { step in
      let batch = try next(batches)
      step.encoderLoss = try network.encoderStep(batch, labels: batch.labels.map { ClassProbabilities(label: $0) })
    }
  }

  private func classify(_ network: ContrastiveNetwork, _ name: String) throws -> Double {
    try network.restart()
    let batches = try batches(labelled, size: options.batchSize, steps: options.classifierSteps, key: name)
    return try steps(options.classifierSteps, name) { step in
      let batch = try next(batches)
      step.classifierLoss = try network.classifierStep(
        network.frozenFeatures(network.input(batch, view: 0)), labels: batch.labels)
    }
  }

  /// All of a network by cross entropy on labelled pictures.
  private func fineTune(_ network: ContrastiveNetwork, _ name: String) throws -> Double {
    try network.restart()
    let batches = try batches(labelled, size: options.batchSize, steps: options.classifierSteps, key: name)
    return try steps(options.classifierSteps, name) { step in
      let batch = try next(batches)
      let logits = try network.detector.network.logits(of: network.input(batch, view: 0), training: true)
      step.classifierLoss = try network.wholeStep(logits.crossEntropy(targets: batch.labels))
    }
  }

  private typealias PairStep = (
    _ teacher: ContrastiveNetwork, _ student: ContrastiveNetwork, _ labelled: TrainingBatch,
    _ unlabelled: TrainingBatch, _ step: inout ContrastiveStep
  ) throws -> Void

  private func pair(
    _ teacher: ContrastiveNetwork, _ student: ContrastiveNetwork, _ name: String, _ body: PairStep
  ) throws -> Double {
    try teacher.restart()
    try student.restart()
    let sizes = options.pairSizes
    let known = try batches(labelled, size: sizes.labelled, steps: options.pairSteps, key: name)
    let unknown = try batches(
      Unlabelled(data: unlabelled), size: sizes.unlabelled, steps: options.pairSteps, key: "\(name) unlabelled",
      balance: TrainingOptions.Balance.none)
    return try steps(options.pairSteps, name) { step in
      try body(teacher, student, next(known), next(unknown), &step)
    }
  }

  /// The eight steps of SupCon-MPL. Batch statistics are used, and moved, in the encoder steps alone.
  private func contrastiveStep(
    _ teacher: ContrastiveNetwork, _ student: ContrastiveNetwork, _ known: TrainingBatch, _ unknown: TrainingBatch,
    _ step: inout ContrastiveStep
  ) throws {
    // 1, 2: what the teacher says of all, by its weights as they are.
    let features = try teacher.frozenFeatures(teacher.input(known, unknown))
    let answers = try TeacherAnswers(teacher.detector.network.logits(ofFeatures: features), known, unknown)
    let labels = try options.pseudoLabels.labels(of: answers.weak)
    step.pseudoLabelled = labels.count(where: { $0 != nil })
    // 3 to 6: the student before its step, both its steps, and after them.
    let input = try student.input(known, view: 0)
    let old = try student.loss(input, labels: known.labels)
    step.encoderLoss = try student.encoderStep(unknown, labels: labels)
    step.classifierLoss = try student.classifierStep(student.frozenFeatures(input), labels: known.labels)
    let feedback = options.feedback.coefficient(old: old, new: try student.loss(input, labels: known.labels))
    step.feedback = feedback
    // 7, 8: the teacher's encoder, then its classifier on the features of step 1.
    step.teacherEncoderLoss = try teacher.encoderStep(
      known, labels: known.labels.map { ClassProbabilities(label: $0) })
    step.teacherClassifierLoss = try teacher.classifierStep(
      ContrastiveLosses.teacher(
        labelled: answers.labelled, targets: known.labels, unlabelled: answers.strong,
        own: options.pseudoLabels.labels(of: answers.strong), feedback: feedback))
  }

  /// Meta pseudo labels: the student follows the teacher's labels of weak views on strong ones, the teacher follows its
  /// labels and the student's gain. Both in training mode but for the student's loss on labelled pictures.
  ///
  /// - Source: Pham et al. 2021, algorithm of appendix B, without the consistency loss.
  private func crossEntropyStep(
    _ teacher: ContrastiveNetwork, _ student: ContrastiveNetwork, _ known: TrainingBatch, _ unknown: TrainingBatch,
    _ step: inout ContrastiveStep
  ) throws {
    let answers = try TeacherAnswers(
      teacher.detector.network.logits(of: teacher.input(known, unknown), training: true), known, unknown)
    let labels = try options.pseudoLabels.labels(of: answers.weak)
    step.pseudoLabelled = labels.count(where: { $0 != nil })
    let input = try student.input(known, view: 0)
    let old = try student.loss(input, labels: known.labels)
    let logits = try student.detector.network.logits(of: student.input(unknown, view: 1), training: true)
    if let loss = try ContrastiveLosses.crossEntropy(logits, labels: labels) {
      step.classifierLoss = try student.wholeStep(loss)
    }
    let feedback = options.feedback.coefficient(old: old, new: try student.loss(input, labels: known.labels))
    step.feedback = feedback
    step.teacherClassifierLoss = try teacher.wholeStep(
      ContrastiveLosses.teacher(
        labelled: answers.labelled, targets: known.labels, unlabelled: answers.strong,
        own: options.pseudoLabels.labels(of: answers.strong), feedback: feedback))
  }

  // MARK: - Steps and batches

  /// Runs a phase; the mean of its last tenth's losses.
  private func steps(_ count: Int, _ name: String, _ body: (inout ContrastiveStep) throws -> Void) throws -> Double {
    var losses: [Double] = []
    for number in 0..<count {
      var step = ContrastiveStep(name, number + 1, of: count)
      try body(&step)
      losses.append(step.loss)
      try onStep(step)
    }
    let last = losses.suffix(max(1, count / 10))
    return last.isEmpty ? 0 : last.reduce(0, +) / Double(last.count)
  }

  /// Enough batches for `steps`, in an order of the phase's own.
  private func batches(
    _ data: any TrainingData, size: Int, steps: Int, key: String, balance: TrainingOptions.Balance? = nil
  ) throws -> BatchLoader {
    var random = KeyedRandom(seed: options.seed, key: key, stage: "contrastive-order")
    let order = try EpochOrder(
      labels: (0..<data.count).map { data.label(at: $0) }, strata: (0..<data.count).map { data.stratum(at: $0) },
      balance: balance ?? options.balance, seed: random.next())
    let perEpoch = EpochOrder.batchCount(of: data.count, batchSize: size)
    return BatchLoader(
      data: data, order: order, batchSize: size, epochs: (steps + perEpoch - 1) / perEpoch, views: 2,
      workers: options.threads)
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

/// What a teacher says of a labelled batch, and of the weak and the strong views of an unlabelled one: logits `[N, K]`.
private struct TeacherAnswers {
  let labelled: Tensor
  let weak: Tensor
  let strong: Tensor

  /// - Parameter logits: of ``ContrastiveNetwork/input(_:_:)``.
  init(_ logits: Tensor, _ known: TrainingBatch, _ unknown: TrainingBatch) throws {
    let (first, count) = (known.indices.count, unknown.indices.count)
    labelled = try logits.rows(0..<first)
    weak = try logits.rows(first..<first + count)
    strong = try logits.rows(first + count..<first + 2 * count)
  }
}

/// Pictures whose labels nobody asks for, because they say that all are the same.
private struct Unlabelled: TrainingData {
  let data: any TrainingData
  var count: Int { data.count }
  func label(at index: Int) -> Int { 0 }
  func stratum(at index: Int) -> String { data.stratum(at: index) }
  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    try data.image(at: index, epoch: epoch, view: view)
  }
  func images(at index: Int, epoch: Int, views: Int) throws -> [[UInt8]] {
    try data.images(at: index, epoch: epoch, views: views)
  }
}
