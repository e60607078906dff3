package import Models
internal import Tensors

/// A detector with the projection head that a contrastive loss sees, and an optimiser for each of its two parts.
package final class ContrastiveNetwork {
  package let detector: DetectorModel
  package let projection: ProjectionHead
  private let options: ContrastiveOptions
  private var encoderOptimiser: Optimiser
  private var classifierOptimiser: Optimiser

  package init(_ detector: DetectorModel, projection: ProjectionHead, options: ContrastiveOptions) throws {
    (self.detector, self.projection, self.options) = (detector, projection, options)
    let network = detector.network
    encoderOptimiser = try Self.adam(network.bodyParameters + projection.parameters)
    classifierOptimiser = try Self.adam(network.headParameters)
  }

  /// A new phase begins with optimisers that know nothing of the last one.
  func restart() throws {
    encoderOptimiser = try Self.adam(detector.network.bodyParameters + projection.parameters)
    classifierOptimiser = try Self.adam(detector.network.headParameters)
  }

  /// All that training changes, the memory of ``optimisers`` apart.
  var tensors: [Tensor] {
    (detector.network.parameters + detector.network.buffers).map(\.tensor) + projection.parameters
  }

  var optimisers: [Optimiser] { [encoderOptimiser, classifierOptimiser] }

  private static func adam(_ parameters: [Tensor]) throws -> Optimiser { try Optimiser(.adam(), [.init(parameters)]) }

  func input(_ batch: TrainingBatch, view: Int) throws -> Tensor {
    try detector.preprocessing.normalise(pixels: batch.views[view], count: batch.indices.count)
  }

  /// A labelled batch, then both views of an unlabelled one.
  func input(_ known: TrainingBatch, _ unknown: TrainingBatch) throws -> Tensor {
    try Tensor.concatenated([input(known, view: 0), input(unknown, view: 0), input(unknown, view: 1)])
  }

  /// Features that nothing flows back through, by running statistics.
  func frozenFeatures(_ input: Tensor) throws -> Tensor {
    try Libtorch.withoutGradients { try detector.network.features(of: input) }
  }

  /// Cross entropy of labelled pictures in evaluation mode.
  func loss(_ input: Tensor, labels: [Int]) throws -> Double {
    try Libtorch.withoutGradients { try detector.network.logits(of: input).crossEntropy(targets: labels).scalar() }
  }

  /// One step of the encoder on both views by the contrastive loss; `nil` where too few pictures have labels.
  func encoderStep(_ batch: TrainingBatch, labels: [ClassProbabilities?]) throws -> Double? {
    let both = try Tensor.concatenated([input(batch, view: 0), input(batch, view: 1)])
    let projected = try projection(detector.network.features(of: both, training: true))
    guard
      let loss = try ContrastiveLosses.supervisedContrastive(projected, labels: labels, options.temperatures)
    else { return nil }
    return try minimise(loss, encoderOptimiser)
  }

  /// One step of the classifier on frozen features by cross entropy.
  func classifierStep(_ features: Tensor, labels: [Int]) throws -> Double {
    try minimise(try detector.network.logits(ofFeatures: features).crossEntropy(targets: labels), classifierOptimiser)
  }

  /// One step of the classifier down any loss of its logits.
  func classifierStep(_ loss: Tensor) throws -> Double { try minimise(loss, classifierOptimiser) }

  /// One step of everything but the projection down a loss of the logits.
  func wholeStep(_ loss: Tensor) throws -> Double {
    let value = try checked(loss)
    try loss.backward()
    try encoderOptimiser.step(learningRate: options.learningRate)
    try classifierOptimiser.step(learningRate: options.learningRate)
    return value
  }

  private func minimise(_ loss: Tensor, _ optimiser: Optimiser) throws -> Double {
    let value = try checked(loss)
    try loss.backward()
    try optimiser.step(learningRate: options.learningRate)
    return value
  }

  private func checked(_ loss: Tensor) throws -> Double {
    let value = try loss.scalar()
    guard value.isFinite else {
      throw TrainingError(.divergedLoss, "the loss is \(value); lower the learning rate")
    }
    return value
  }
}
