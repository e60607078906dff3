package import Models

/// What one epoch came to.
package struct EpochMetrics: Codable, Hashable, Sendable {
  /// From 0.
  package var epoch: Int
  /// Learning rate of the epoch's last step.
  package var learningRate: Double
  /// Mean cross entropy over the epoch's pictures, of the parameters as they were at each step.
  package var trainingLoss: Double
  /// Mean cross entropy over the validation pictures, of the averaged parameters; `nil` without such pictures.
  package var validationLoss: Double?
  /// Area under the ROC curve likewise; `nil` also when the validation pictures are of one class.
  package var validationAUC: Double?
}

/// Where a training run stands; told after every step and after every epoch.
package struct TrainingProgress: Hashable, Sendable {
  /// Steps done, and steps of the whole run.
  package var step: Int
  package var steps: Int
  /// From 0.
  package var epoch: Int
  /// Cross entropy of the last batch.
  package var loss: Double
  /// Set when this is the end of an epoch.
  package var finishedEpoch: EpochMetrics?
}

/// A trained model and how it came about.
package struct TrainingResult {
  /// The model given, its parameters replaced by their moving average.
  package var model: DetectorModel
  package var epochs: [EpochMetrics]
}
