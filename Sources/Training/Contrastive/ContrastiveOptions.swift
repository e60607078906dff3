/// What a contrastive run can be told; the defaults are those of SupCon-MPL, and the theory's where its code differs.
///
/// - Source: Moon et al. 2024 and its repository; docs/supcon-mpl.md.
package struct ContrastiveOptions: Hashable, Sendable {
  package enum Recipe: String, Codable, CaseIterable, Sendable {
    /// All of the network by cross entropy: what SupCon-MPL calls PT.
    case crossEntropy = "cross-entropy"
    /// Encoder by the supervised contrastive loss, then a classifier of its frozen features.
    case supcon
    /// Meta pseudo labels with cross entropy.
    case mpl
    /// Both: a teacher by `supcon`, a student that learns by the teacher's labels, a fine-tuning of the student.
    case supconMPL = "supcon-mpl"
  }

  package var recipe: Recipe
  /// Whether there is a teacher, who labels what has no labels.
  package var hasTeacher: Bool { recipe == .mpl || recipe == .supconMPL }

  /// Steps of an encoder alone, and of a classifier alone: of `supcon`, of the teacher, and of the fine-tuning.
  package var encoderSteps = 1000
  package var classifierSteps = 1000
  /// Steps of teacher and student together.
  package var pairSteps = 5000
  /// Pictures of a step, each in two views.
  package var batchSize = 512
  /// Unlabelled pictures per labelled one, in the steps of teacher and student.
  package var ratio = 7
  package var learningRate = 1e-4
  package var temperatures = ContrastiveLosses.Temperatures()
  package var projectionWidth = 128
  package var pseudoLabels = PseudoLabels()
  package var feedback = Feedback.oldMinusNew
  package var balance = TrainingOptions.Balance.none
  package var seed: UInt64 = 0
  package var threads = 1

  package init(_ recipe: Recipe) { self.recipe = recipe }

  /// Pictures of a step of teacher and student that have labels, and that have none.
  var pairSizes: (labelled: Int, unlabelled: Int) {
    let labelled = max(2, batchSize / (1 + ratio))
    return (labelled, max(2, batchSize - labelled))
  }
}

/// What one step came to; what the step has not is `nil`.
package struct ContrastiveStep: Codable, Hashable, Sendable {
  /// Such as `teacher encoder`.
  package var phase: String
  /// Steps done in the phase, and its steps.
  package var step: Int
  package var steps: Int
  /// Contrastive loss, and cross entropy, of the only network or the student.
  package var encoderLoss: Double?
  package var classifierLoss: Double?
  package var teacherEncoderLoss: Double?
  package var teacherClassifierLoss: Double?
  /// The weight of the teacher's own labels.
  package var feedback: Double?
  /// Unlabelled pictures that the teacher was sure enough of.
  package var pseudoLabelled: Int?

  /// The columns of `steps.csv`.
  package static let header =
    "phase,step,encoder_loss,classifier_loss,teacher_encoder_loss,teacher_classifier_loss,feedback,pseudo_labelled"

  package var row: String {
    let losses = [encoderLoss, classifierLoss, teacherEncoderLoss, teacherClassifierLoss, feedback]
    return ([phase, "\(step)"] + losses.map { $0.map { "\($0)" } ?? "" } + [pseudoLabelled.map { "\($0)" } ?? ""])
      .joined(separator: ",")
  }

  /// The loss that stands for the step.
  var loss: Double { classifierLoss ?? encoderLoss ?? 0 }

  init(_ phase: String, _ step: Int, of steps: Int) { (self.phase, self.step, self.steps) = (phase, step, steps) }
}
