private import Foundation
package import Models
internal import Tensors

/// What one epoch came to, for one expert.
package struct EpochMetrics: Codable, Hashable, Sendable {
  /// From 0.
  package var epoch: Int
  /// Learning rate of the epoch's last step.
  package var learningRate: Double
  /// Mean loss over the epoch's pictures, of the parameters as they were at each step.
  package var trainingLoss: Double
  /// Mean cross entropy over the validation pictures, of the averaged parameters; `nil` without such pictures.
  package var validationLoss: Double?
  /// Area under the ROC curve likewise; `nil` also when the validation pictures are of one class.
  package var validationAUC: Double?

  /// How good the epoch was, larger being better: the area, or where there is none the loss's negative.
  package var result: Double? { validationAUC ?? validationLoss.map { -$0 } }
}

/// Where a training run stands; told after every step and after every epoch.
package struct TrainingProgress: Hashable, Sendable {
  /// Steps done, and steps of the whole run.
  package var step: Int
  package var steps: Int
  /// From 0.
  package var epoch: Int
  /// Loss of the last batch.
  package var loss: Double
  /// Pictures per second since the run started or was resumed, and what is left at that pace.
  package var imagesPerSecond: Double?
  package var secondsLeft: Double?
  /// Mean over experts of the last validation's area under the curve.
  package var validationAUC: Double?
  /// Set when this is the end of an epoch: of the first expert.
  package var finishedEpoch: EpochMetrics?

  /// One line for people, such as `epoch 2/5, loss 0.412, AUC 0.871, 38 images/s, 4 min left`.
  package func line(epochs: Int) -> String {
    func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
    var parts = ["epoch \(epoch + 1)/\(epochs)", "loss \(number(loss, 3))"]
    if let validationAUC { parts.append("AUC \(number(validationAUC, 3))") }
    if let imagesPerSecond { parts.append("\(number(imagesPerSecond, imagesPerSecond < 10 ? 1 : 0)) images/s") }
    if let secondsLeft {
      parts.append(secondsLeft < 90 ? "\(Int(secondsLeft)) s left" : "\(Int(secondsLeft / 60) + 1) min left")
    }
    return parts.joined(separator: ", ")
  }
}

/// One detector that a run trains, and the pictures it may see.
package struct Expert {
  package var name: String
  /// Trained in place.
  package var model: DetectorModel
  package var validation: any TrainingData
  /// Of each training picture, whether this expert learns from it; `nil` for all.
  package var sees: [Bool]?

  package init(name: String, model: DetectorModel, validation: any TrainingData, sees: [Bool]? = nil) {
    (self.name, self.model, self.validation, self.sees) = (name, model, validation, sees)
  }
}

/// Averaged parameters, and buffers beside them, at the end of an epoch.
package struct EpochWeights {
  /// From 0.
  package let epoch: Int
  let tensors: [Tensor]
}

/// A trained model and how it came about.
package struct TrainingResult {
  /// The model given, its parameters replaced by their moving average.
  package var model: DetectorModel
  package var epochs: [EpochMetrics]
  /// The epoch, from 0, whose weights are kept.
  package var keptEpoch: Int
  /// Rows of ``StepLog/header``, one a step.
  package var steps: [String]
  /// Of every epoch, where the options say so.
  package var weights: [EpochWeights]

  /// Calls `body` with the model as it was at the end of each epoch of ``weights``.
  package func forEachEpoch(_ body: (_ epoch: Int, DetectorModel) throws -> Void) throws {
    let tensors = model.network.parameters.map(\.tensor) + model.network.buffers.map(\.tensor)
    let kept = try tensors.map { try $0.copied() }
    func take(_ values: [Tensor]) throws { for (tensor, value) in zip(tensors, values) { try tensor.assign(value) } }
    for weights in weights {
      try take(weights.tensors)
      try body(weights.epoch, model)
    }
    try take(kept)
  }
}
