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

  /// The rule of a step; decays and rates are options of their own.
  package enum OptimiserKind: String, Codable, CaseIterable, Sendable {
    case adam
    case adamw
    case sgd
  }

  /// Whose running statistics the averaged parameters go with.
  package enum AverageStatistics: String, Codable, CaseIterable, Sendable {
    /// Those of the parameters that were trained.
    case keep
    /// Means over training batches seen by the averaged parameters.
    case recalibrate
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

  package var optimiser = OptimiserKind.adamw
  /// Of `sgd`; Nesterov's.
  package var momentum = 0.9
  /// How far sharpness-aware minimisation climbs before the gradient that counts; 0 does without.
  package var sharpnessRadius = 0.0
  package var schedule = LearningRateSchedule.Shape.cosine
  package var falls = LearningRateSchedule.Falls()
  /// Part of every target that is spread evenly over the classes.
  package var labelSmoothing = 0.0
  /// Weights of reals and of fakes in cross entropy.
  package var classWeights = [1.0, 1.0]
  /// Largest norm of all gradients together; 0 is no limit.
  package var clipNorm = 0.0
  /// Pieces that a batch goes through the network in, one after another, with one step after the last.
  package var accumulation = 1
  /// Learning rate of all but the last layer, as a part of the last layer's.
  package var backboneRate = 1.0
  package var losses = LossWeights()
  /// Of InfoNCE.
  package var temperature = 0.1
  package var noise = InputNoise()
  package var averageStatistics = AverageStatistics.keep
  /// Whether running statistics of batch normalisation stay as they were before, and are what training goes by.
  package var freezesStatistics = false
  /// Epochs without a better validation after which the run ends, the best epoch's weights being kept; 0 never ends early
  /// and keeps the last.
  package var earlyStop = 0
  /// Pictures of an epoch; 0 for as many as there are. What is drawn together takes turns from epoch to epoch.
  package var epochPictures = 0
  /// Whether the result has the averaged weights of every epoch.
  package var keepsEpochs = false

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
    try require((0...1).contains(momentum), "momentum is \(momentum); it must be in 0 ... 1")
    try require((0...10).contains(sharpnessRadius), "the radius is \(sharpnessRadius); it must be in 0 ... 10")
    try require(falls.epochs >= 1, "falls.epochs is \(falls.epochs); it must be at least 1")
    try require((0...1).contains(falls.factor), "falls.factor is \(falls.factor); it must be in 0 ... 1")
    try require((0..<1).contains(labelSmoothing), "labelSmoothing is \(labelSmoothing); it must be in 0 ..< 1")
    try require(
      classWeights.count == 2 && classWeights.allSatisfy { $0 > 0 && $0.isFinite },
      "classWeights are \(classWeights); there must be two, above 0")
    try require(clipNorm >= 0 && clipNorm.isFinite, "clipNorm is \(clipNorm); it must not be negative")
    try require(
      accumulation >= 1 && batchSize / accumulation >= 2,
      "\(accumulation) pieces of \(batchSize) pictures; a piece needs at least 2")
    try require(backboneRate >= 0 && backboneRate.isFinite, "backboneRate is \(backboneRate); it must not be negative")
    let weights = [losses.ce, losses.nce, losses.kl]
    try require(
      weights.allSatisfy { $0 >= 0 && $0.isFinite } && losses.ce > 0,
      "the losses weigh \(weights); none may be negative, and cross entropy must be there")
    try require(temperature > 0 && temperature.isFinite, "temperature is \(temperature); it must be positive")
    try require(noise.deviation > 0 && noise.deviation.isFinite, "the noise is \(noise.deviation); it must be positive")
    try require(
      !freezesStatistics || averageStatistics == .keep,
      "running statistics cannot be frozen and recalibrated; take one of the two")
    try require(earlyStop >= 0, "earlyStop is \(earlyStop); it must not be negative")
    try require(epochPictures >= 0, "epochPictures is \(epochPictures); it must not be negative")
    try require(threads >= 1, "threads is \(threads); it must be at least 1")
  }
}
