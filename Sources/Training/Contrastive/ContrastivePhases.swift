internal import Models
internal import Tensors

/// Pictures that a phase draws batches from.
struct ContrastivePool {
  let data: any TrainingData
  let batchSize: Int
  /// Of the draws of its order.
  let key: String
  let balance: TrainingOptions.Balance
}

/// A stretch of steps with optimisers of its own.
struct ContrastivePhase {
  let name: String
  let steps: Int
  /// Whose weights move; the last one is what the phase is for.
  let networks: [ContrastiveNetwork]
  let pools: [ContrastivePool]
  /// One step, given a batch of each pool; writes down what it came to.
  let body: (_ batches: [TrainingBatch], _ step: inout ContrastiveStep) throws -> Void
}

/// The phases of every recipe, and their steps.
struct ContrastivePhases {
  let options: ContrastiveOptions
  let labelled: any TrainingData
  let unlabelled: any TrainingData

  /// - Parameters:
  ///   - teacher: of recipes that have one.
  ///   - teacherIsFitted: whether it has been through `supcon` already.
  func all(
    student: ContrastiveNetwork, teacher: ContrastiveNetwork?, teacherIsFitted: Bool
  ) -> [ContrastivePhase] {
    func supcon(_ network: ContrastiveNetwork, _ name: String) -> [ContrastivePhase] {
      [encode(network, "\(name)encoder"), classify(network, "\(name)classifier")]
    }
    switch (options.recipe, teacher) {
    case (.supconMPL, let teacher?):
      return (teacherIsFitted ? [] : supcon(teacher, "teacher ")) + [pair(teacher, student, contrastiveStep)]
        + supcon(student, "fine-tuned ")
    case (.mpl, let teacher?): return [pair(teacher, student, crossEntropyStep), fineTune(student, "fine-tuned")]
    case (.crossEntropy, _): return [fineTune(student, "cross entropy")]
    default: return supcon(student, "")
    }
  }

  private func encode(_ network: ContrastiveNetwork, _ name: String) -> ContrastivePhase {
    alone(network, name, steps: options.encoderSteps) { batch, step in
      step.encoderLoss = try network.encoderStep(batch, labels: batch.labels.map { ClassProbabilities(label: $0) })
    }
  }

  private func classify(_ network: ContrastiveNetwork, _ name: String) -> ContrastivePhase {
    alone(network, name, steps: options.classifierSteps) { batch, step in
      step.classifierLoss = try network.classifierStep(
        network.frozenFeatures(network.input(batch, view: 0)), labels: batch.labels)
    }
  }

  /// All of a network by cross entropy on labelled pictures.
  private func fineTune(_ network: ContrastiveNetwork, _ name: String) -> ContrastivePhase {
    alone(network, name, steps: options.classifierSteps) { batch, step in
      let logits = try network.detector.network.logits(of: network.input(batch, view: 0), training: true)
      step.classifierLoss = try network.wholeStep(logits.crossEntropy(targets: batch.labels))
    }
  }

  private func alone(
    _ network: ContrastiveNetwork, _ name: String, steps: Int,
    _ body: @escaping (_ batch: TrainingBatch, _ step: inout ContrastiveStep) throws -> Void
  ) -> ContrastivePhase {
    let pool = ContrastivePool(data: labelled, batchSize: options.batchSize, key: name, balance: options.balance)
    return ContrastivePhase(name: name, steps: steps, networks: [network], pools: [pool]) { try body($0[0], &$1) }
  }

  private typealias PairStep = (
    _ teacher: ContrastiveNetwork, _ student: ContrastiveNetwork, _ labelled: TrainingBatch,
    _ unlabelled: TrainingBatch, _ step: inout ContrastiveStep
  ) throws -> Void

  private func pair(
    _ teacher: ContrastiveNetwork, _ student: ContrastiveNetwork, _ body: @escaping PairStep
  ) -> ContrastivePhase {
    let name = "teacher and student"
    let sizes = options.pairSizes
    let pools = [
      ContrastivePool(data: labelled, batchSize: sizes.labelled, key: name, balance: options.balance),
      ContrastivePool(
        data: Unlabelled(data: unlabelled), batchSize: sizes.unlabelled, key: "\(name) unlabelled", balance: .none),
    ]
    return ContrastivePhase(name: name, steps: options.pairSteps, networks: [teacher, student], pools: pools) {
      try body(teacher, student, $0[0], $0[1], &$1)
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
