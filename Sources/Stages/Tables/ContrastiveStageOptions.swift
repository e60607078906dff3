private import Augmentation
package import Engine
internal import Models
internal import Training

/// What the recipes `cross-entropy`, `supcon`, `mpl` and `supcon-mpl` of `train` can be told beside its other options.
package struct ContrastiveStageOptions: StageOptions {
  package var encoderSteps = 1000
  package var classifierSteps = 1000
  package var pairSteps = 5000
  package var ratio = 7
  package var labelledShare = 0.5
  package var unlabelled = "known"
  package var learningRate = 1e-4
  package var temperature = 0.1
  package var baseTemperature = 0.07
  package var projection = ProjectionHead.width
  package var pseudoLabels = PseudoLabels.Kind.hard.rawValue
  package var pseudoTemperature = 1.0
  package var confidence = 0.0
  package var feedback = Feedback.oldMinusNew.rawValue
  package var weak = "supcon"
  package var strong = "supcon"
  package var input = "unit"
  package var dividesTwice = false
  package var teacher = "own"
  package init() {}

  package enum CodingKeys: String, CodingKey {
    case ratio, unlabelled, temperature, projection, confidence, feedback, weak, strong, input, teacher
    case encoderSteps = "encoder-steps"
    case classifierSteps = "classifier-steps"
    case pairSteps = "pair-steps"
    case labelledShare = "labelled-share"
    case learningRate = "learning-rate"
    case baseTemperature = "base-temperature"
    case pseudoLabels = "pseudo-labels"
    case pseudoTemperature = "pseudo-temperature"
    case dividesTwice = "divide-twice"
  }

  package static let fields = [
    OptionField("encoder-steps", .integer(1...10_000_000), "Steps of an encoder by the contrastive loss."),
    OptionField(
      "classifier-steps", .integer(1...10_000_000),
      "Steps of a classifier of frozen features; of `cross-entropy`, all there are; of `mpl`, its fine-tuning."),
    OptionField("pair-steps", .integer(1...10_000_000), "Steps of teacher and student together."),
    OptionField("ratio", .integer(1...1000), "Unlabelled crops per labelled one in these; together they are `batch`."),
    OptionField(
      "labelled-share", .number(0.01...0.99), "`unlabelled: known`: part of the training crops whose labels are used."),
    OptionField(
      "unlabelled", .choice(["known", "role"]),
      "`known`: the training crops left over, without their labels; `role`: those of sources whose role is `unlabelled`."
    ),
    OptionField("learning-rate", .number(1e-8...10), "Rate of Adam, the same at every step."),
    OptionField("temperature", .number(0.001...100), "Divides similarities in the contrastive loss."),
    OptionField("base-temperature", .number(0.001...100), "Scales that loss by `temperature / base-temperature`."),
    OptionField("projection", .integer(2...8192), "Numbers per crop that the contrastive loss compares."),
    OptionField(
      "pseudo-labels", .choice(PseudoLabels.Kind.allCases.map(\.rawValue)),
      "The likeliest class, or how likely each is."),
    OptionField("pseudo-temperature", .number(0.001...100), "Divides the teacher's logits."),
    OptionField(
      "confidence", .number(0...1), "Unlabelled crops that the teacher is less sure of are left out of a step."),
    OptionField(
      "feedback", .choice(Feedback.allCases.map(\.rawValue)),
      "Sign of the student's gain: as derived, or as the published code has it."),
    OptionField("weak", .choice(AugmentationPresets.names), "Transforms of the first view."),
    OptionField("strong", .choice(AugmentationPresets.names), "Transforms of the second view."),
    OptionField(
      "input", .choice(["unit", "backbone"]), "Values of 0 to 1, or with the backbone's mean and deviation."),
    OptionField(
      "divide-twice", .bool, "Divides `unit` input by 255 once more, which the published weights need and nothing else."
    ),
    OptionField(
      "teacher", .text,
      "`own` fits the teacher of `supcon-mpl` first; `stage:ID` takes the networks of a `train: {id: ID, recipe: supcon}`."
    ),
  ]

  /// Id of the stage that fitted the teacher.
  var teacherStage: String? { teacher == "own" ? nil : String(teacher.dropFirst("stage:".count)) }

  /// - Throws: ``ToolError`` for a teacher that is no stage, and for two ways of preparing pictures.
  func check() throws {
    guard teacher == "own" || teacher.hasPrefix("stage:") && teacher.count > "stage:".count else {
      throw ToolError(.badConfiguration, "`teacher: \(teacher)` is neither `own` nor `stage:` and an id")
    }
    guard !dividesTwice || input == "unit" else {
      throw ToolError(.badConfiguration, "`divide-twice` is for `input: unit`")
    }
  }

  func preprocessing(of backbone: Backbone, sizePixels: Int) -> Preprocessing {
    if input == "backbone" { return backbone.preprocessing(sizePixels: sizePixels) }
    let deviation = [Double](repeating: dividesTwice ? 255 : 1, count: 3)
    return Preprocessing(sizePixels: sizePixels, mean: [0, 0, 0], standardDeviation: deviation)
  }

  func training(
    _ recipe: ContrastiveOptions.Recipe, batch: Int, balance: TrainingOptions.Balance, seed: UInt64
  ) -> ContrastiveOptions {
    var options = ContrastiveOptions(recipe)
    options.encoderSteps = encoderSteps
    options.classifierSteps = classifierSteps
    options.pairSteps = pairSteps
    options.batchSize = batch
    options.ratio = ratio
    options.learningRate = learningRate
    options.temperatures = .init(temperature: temperature, base: baseTemperature)
    options.projectionWidth = projection
    options.pseudoLabels = PseudoLabels(
      kind: .init(rawValue: pseudoLabels) ?? .hard, temperature: pseudoTemperature, threshold: confidence)
    options.feedback = Feedback(rawValue: feedback) ?? .oldMinusNew
    options.balance = balance
    options.seed = seed
    return options
  }
}
