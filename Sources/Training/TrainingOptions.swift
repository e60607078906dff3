/// What a training run can be told.
///
/// The defaults fine-tune an ImageNet network on a small dataset.
package struct TrainingOptions: Codable, Hashable, Sendable {
  /// How an epoch draws from the two classes.
  package enum Balance: String, Codable, Sendable {
    /// Every picture once.
    case none
    /// As many draws of reals as of fakes; the pictures of a class take turns.
    case label
    /// Likewise, and within each class as many draws of every dataset that has it.
    case datasetTimesLabel = "dataset-x-label"
  }

  /// Times through the data.
  package var epochs: Int
  /// Pictures per step, at most; the steps of an epoch differ by at most one picture.
  package var batchSize: Int
  /// Learning rate at its highest.
  package var learningRate: Double
  /// Fraction (times the learning rate) that weights of convolutions and of the last layer lose per step.
  package var weightDecay: Double
  /// Decay of the moving average of parameters, 0 ..< 1.
  package var emaDecay: Double
  /// Part of all steps in which the learning rate rises, from 0 to 1.
  package var warmUpFraction: Double
  /// Probability that a feature is dropped before the last layer.
  package var dropout: Double
  package var balance: Balance
  /// First epochs in which the last layer alone is trained; cheap, because nothing flows back further.
  package var freezeBackboneEpochs: Int
  package var seed: UInt64
  /// Threads that fetch a batch and then compute on it.
  ///
  /// One gives the same bits on every run; more promise nothing.
  package var threads: Int

  package init(
    epochs: Int = 5, batchSize: Int = 32, learningRate: Double = 1e-3, weightDecay: Double = 1e-2,
    emaDecay: Double = 0.995, warmUpFraction: Double = 0.1, dropout: Double = 0.2, balance: Balance = .none,
    freezeBackboneEpochs: Int = 0, seed: UInt64 = 0, threads: Int = 1
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.emaDecay = emaDecay
    self.warmUpFraction = warmUpFraction
    self.dropout = dropout
    self.balance = balance
    self.freezeBackboneEpochs = freezeBackboneEpochs
    self.seed = seed
    self.threads = threads
  }

  /// - Throws: `unusable-options` naming the first option that is out of its range.
  func validate() throws(TrainingError) {
    func require(_ condition: Bool, _ text: String) throws(TrainingError) {
      guard condition else { throw TrainingError(.unusableOptions, text) }
    }
    try require(epochs >= 1, "epochs is \(epochs); it must be at least 1")
    try require(batchSize >= 2, "batchSize is \(batchSize); batch normalisation needs at least 2 pictures")
    try require(learningRate > 0 && learningRate.isFinite, "learningRate is \(learningRate); it must be positive")
    try require(weightDecay >= 0 && weightDecay.isFinite, "weightDecay is \(weightDecay); it must not be negative")
    try require((0..<1).contains(emaDecay), "emaDecay is \(emaDecay); it must be in 0 ..< 1")
    try require((0...1).contains(warmUpFraction), "warmUpFraction is \(warmUpFraction); it must be in 0 ... 1")
    try require((0..<1).contains(dropout), "dropout is \(dropout); it must be in 0 ..< 1")
    try require(freezeBackboneEpochs >= 0, "freezeBackboneEpochs is \(freezeBackboneEpochs); it must not be negative")
    try require(threads >= 1, "threads is \(threads); it must be at least 1")
  }
}
