import Foundation
import Models
import Records
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Coloured noise, of which that of fakes is redder; tells how often labels were asked for.
private final class Noise: TrainingData {
  let count: Int
  let salt: String
  private let asked = Mutex(0)

  init(_ count: Int, _ salt: String) { (self.count, self.salt) = (count, salt) }

  var labelsAsked: Int { asked.withLock { $0 } }

  func label(at index: Int) -> Int {
    asked.withLock { $0 += 1 }
    return index % 2
  }

  func stratum(at index: Int) -> String { "noise" }

  func image(at index: Int, epoch: Int, view: Int) -> [UInt8] {
    var random = KeyedRandom(seed: 1, key: "\(salt) \(index) \(epoch) \(view)", stage: "test")
    let red: UInt8 = index % 2 == 1 ? 120 : 40
    return (0..<32 * 32).flatMap { _ in
      let draw = random.next()
      return [UInt8(draw >> 8 & 127) + red, UInt8(draw >> 20 & 127) + 64, UInt8(draw >> 32 & 127) + 64]
    }
  }
}

@Suite(.serialized) struct ContrastiveTrainingTests {
  private static func options(_ recipe: ContrastiveOptions.Recipe) -> ContrastiveOptions {
    var options = ContrastiveOptions(recipe)
    options.encoderSteps = 6
    options.classifierSteps = 20
    options.pairSteps = 4
    options.batchSize = 16
    options.ratio = 3
    options.learningRate = 1e-3
    options.projectionWidth = 8
    options.seed = 5
    return options
  }

  private struct Outcome {
    var result: ContrastiveTraining.Result
    var teacher: [NamedArray]
    var steps: [ContrastiveStep]
    var unlabelled: Noise
  }

  private struct Cut: Error {}

  /// - Parameter cut: the step after which the run ends with ``Cut``, counted over all phases.
  private func run(
    _ options: ContrastiveOptions, teacherIsFitted: Bool = false, _ place: CheckpointPlace? = nil,
    cutAfter cut: Int? = nil
  ) throws -> Outcome {
    func network(_ seed: UInt64) throws -> ContrastiveNetwork {
      let backbone = try Backbone.named("resnet18")
      let model = try DetectorModel(
        backbone, weights: .random(seed: seed), preprocessing: .plain(sizePixels: 32, aroundZero: false))
      return try ContrastiveNetwork(
        model, projection: ProjectionHead(from: backbone.featureCount, to: options.projectionWidth, seed: seed),
        options: options)
    }
    let unlabelled = Noise(24, "unlabelled")
    let training = ContrastiveTraining(
      options: options, labelled: Noise(24, "labelled"), unlabelled: unlabelled, validation: Noise(12, "validation"),
      checkpoint: place
    ) { _, done, all in
      #expect(done <= all)
      if done == cut { throw Cut() }
    }
    let teacher = try network(8)
    let result = try training.run(
      student: network(7), teacher: options.hasTeacher ? teacher : nil, teacherIsFitted: teacherIsFitted)
    return Outcome(
      result: result, teacher: try teacher.detector.network.namedArrays(), steps: result.steps,
      unlabelled: unlabelled)
  }

  @Test(arguments: ContrastiveOptions.Recipe.allCases) func everyRecipeLearnsASmallTask(
    _ recipe: ContrastiveOptions.Recipe
  ) throws {
    let outcome = try run(Self.options(recipe))
    #expect(try #require(outcome.result.phases.last?.validationAUC) > 0.9)
    #expect(outcome.unlabelled.labelsAsked == 0)
    let phases: [String] =
      switch recipe {
      case .crossEntropy: ["cross entropy"]
      case .supcon: ["encoder", "classifier"]
      case .mpl: ["teacher and student", "fine-tuned"]
      case .supconMPL:
        [
          "teacher encoder", "teacher classifier", "teacher and student", "fine-tuned encoder",
          "fine-tuned classifier",
        ]
      }
    var seen: [String] = []
    for step in outcome.steps where step.phase != seen.last { seen.append(step.phase) }
    #expect(seen == phases && outcome.result.phases.count == phases.count)
  }

  @Test func aClassifierLeavesItsEncoderAsItWas() throws {
    var options = Self.options(.supcon)
    let before = try run(options).result.network.detector.network.namedArrays()
    options.classifierSteps = 21
    let after = try run(options).result.network.detector.network.namedArrays()
    let changed = zip(before, after).filter { $0 != $1 }.map(\.0.name)
    #expect(changed == ["fc.weight", "fc.bias"])
  }

  @Test func twiceTheSameBitsAndWithAnotherSeedOthers() throws {
    var options = Self.options(.supconMPL)
    options.classifierSteps = 2
    let (first, second) = (try run(options), try run(options))
    #expect(first.steps == second.steps)
    #expect(
      try first.result.network.detector.network.namedArrays() == second.result.network.detector.network.namedArrays())
    options.seed = 6
    #expect(try run(options).steps != first.steps)
  }

  /// In the middle of a phase, after its last step, in the next phase.
  @Test(arguments: [
    (ContrastiveOptions.Recipe.supconMPL, [1, 2, 6]), (.mpl, [3, 5]), (.supcon, [2, 3]), (.crossEntropy, [1]),
  ]) func aCutRunEndsWithTheSameBits(_ recipe: ContrastiveOptions.Recipe, cuts: [Int]) throws {
    var options = Self.options(recipe)
    (options.encoderSteps, options.classifierSteps, options.pairSteps) = (2, 3, 4)
    let whole = try run(options)
    try TestFiles.withTemporaryDirectory { folder in
      let place = CheckpointPlace(file: folder.appending(path: "checkpoint"), identity: ["data": "a"], seconds: 0)
      for cut in cuts { #expect(throws: Cut.self) { try run(options, place, cutAfter: cut) } }
      let resumed = try run(options, place)
      #expect(resumed.steps == whole.steps && resumed.result.phases == whole.result.phases)
      #expect(resumed.teacher == whole.teacher)
      let (left, right) = (whole.result.network, resumed.result.network)
      #expect(try left.detector.network.namedArrays() == right.detector.network.namedArrays())
      for (one, other) in zip(left.projection.parameters, right.projection.parameters) {
        #expect(try one.bytes() == other.bytes())
      }
      var other = place
      other.identity["data"] = "b"
      let error = #expect(throws: TrainingError.self) { try run(options, other) }
      #expect(error?.code == .unusableCheckpoint)
    }
  }

  /// The sign turns what the teacher learns from the student, and nothing else of the first step.
  @Test func theSignOfTheFeedbackReachesTheTeachersClassifierAlone() throws {
    var options = Self.options(.supconMPL)
    options.pairSteps = 1
    options.encoderSteps = 1
    options.classifierSteps = 1
    let theory = try run(options, teacherIsFitted: true)
    options.feedback = .newMinusOld
    let code = try run(options, teacherIsFitted: true)
    let (left, right) = (try #require(theory.steps.first), try #require(code.steps.first))
    #expect(left.feedback == right.feedback.map { -$0 } && left.feedback != 0)
    #expect(left.encoderLoss == right.encoderLoss && left.classifierLoss == right.classifierLoss)
    #expect(left.teacherEncoderLoss == right.teacherEncoderLoss)
    #expect(left.teacherClassifierLoss != right.teacherClassifierLoss)
    let changed = zip(theory.teacher, code.teacher).filter { $0 != $1 }.map(\.0.name)
    #expect(changed.allSatisfy { $0.hasPrefix("fc.") })
  }

  @Test func anUnsureTeacherLeavesTheStudentsEncoderAlone() throws {
    var options = Self.options(.supconMPL)
    options.pseudoLabels.threshold = 1
    options.pairSteps = 1
    options.encoderSteps = 1
    options.classifierSteps = 1
    let steps = try run(options, teacherIsFitted: true).steps
    let step = try #require(steps.first)
    #expect(step.pseudoLabelled == 0 && step.encoderLoss == nil && step.classifierLoss != nil)
  }

  @Test func projectionsComeBackFromTheirFile() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "projection.safetensors")
      let head = try ProjectionHead(from: 6, to: 4, seed: 3)
      try head.save(to: url)
      let loaded = try ProjectionHead.load(url, from: 6)
      for (left, right) in zip(head.parameters, loaded.parameters) {
        #expect(try left.values(as: Float.self) == right.values(as: Float.self))
      }
      #expect(throws: ModelError.self) { try ProjectionHead.load(url, from: 7) }
    }
  }
}
