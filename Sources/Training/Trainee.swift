private import Evaluation
internal import Models
private import Records
internal import Tensors

/// One expert while it is trained: its optimiser, its average, and what is kept of it.
final class Trainee {
  let expert: Expert
  let optimiser: Optimiser
  let average: MovingAverage
  let parameters: [Tensor]
  let buffers: [Tensor]
  var epochs: [EpochMetrics] = []
  /// The epoch that is kept, with its parameters and buffers.
  var kept: EpochWeights?
  /// The same of every epoch so far, where all are kept.
  var weights: [EpochWeights] = []
  private let options: TrainingOptions

  /// Most training batches that statistics are recomputed over.
  private static let recalibrationBatches = 32

  init(_ expert: Expert, _ options: TrainingOptions) throws {
    self.expert = expert
    self.options = options
    expert.model.network.keepsStatistics = options.freezesStatistics
    parameters = expert.model.network.parameters.map(\.tensor)
    buffers = expert.model.network.buffers.map(\.tensor)
    average = try MovingAverage(of: parameters, decay: options.emaDecay)
    optimiser = try Self.optimiser(expert.model.network, options)
  }

  /// Scales and shifts, which have one axis, do not decay; the head has the full rate.
  private static func optimiser(_ network: BackboneNetwork, _ options: TrainingOptions) throws -> Optimiser {
    let method: Optimiser.Method =
      switch options.optimiser {
      case .adam: .adam()
      case .adamw: .adamW()
      case .sgd: .sgd(momentum: options.momentum, nesterov: options.momentum > 0)
      }
    let head = Set(network.headParameters.map(ObjectIdentifier.init))
    return try Optimiser(
      method,
      try network.parameters.map(\.tensor).map { tensor in
        Optimiser.Group(
          [tensor], weightDecay: try tensor.shape.count > 1 ? options.weightDecay : 0,
          rateFactor: head.contains(ObjectIdentifier(tensor)) ? 1 : options.backboneRate)
      })
  }

  /// Rows of a batch that this expert learns from.
  func rows(of indices: [Int]) -> [Int] {
    guard let sees = expert.sees else { return Array(indices.indices) }
    return indices.indices.filter { sees[indices[$0]] }
  }

  /// The input of the rows of a batch.
  func input(_ pixels: [UInt8], count: Int, rows: [Int]) throws -> Tensor {
    let input = try expert.model.preprocessing.normalise(pixels: pixels, count: count)
    return rows.count == count ? input : try input.rows(rows).channelsLast()
  }

  /// What the network says of its rows, and the losses that belong to it alone.
  struct Answer {
    let rows: [Int]
    let logits: Tensor
    let nce: Tensor?
    let kl: Tensor?
  }

  /// - Parameters:
  ///   - key: of the draws.
  ///   - momentum: 0 where the running statistics have moved for this batch already.
  /// - Returns: `nil` for fewer than two rows, which batch normalisation cannot do with.
  func answer(
    pixels: [UInt8], labels: [Int], rows: [Int], isFrozen: Bool, key: String, momentum: Double?
  ) throws -> Answer? {
    guard rows.count >= 2 else { return nil }
    let network = expert.model.network
    let input = try input(pixels, count: labels.count, rows: rows)
    var random = KeyedRandom(seed: options.seed, key: "\(expert.name) \(key)", stage: "train-draws")
    let (dropSeed, pathSeed, noiseSeed) = (random.next(), random.next(), random.next())
    func logits(_ features: Tensor) throws -> Tensor {
      let probability = options.dropout
      return try network.logits(
        ofFeatures: probability > 0 ? features.droppedOut(probability: probability, seed: dropSeed) : features)
    }
    if isFrozen {
      let features = try Libtorch.withoutGradients { try network.features(of: input) }
      return Answer(rows: rows, logits: try logits(features), nce: nil, kl: nil)
    }
    let features = try network.features(of: input, training: true, seed: pathSeed, momentum: momentum)
    let clean = try logits(features)
    var (nce, kl): (Tensor?, Tensor?) = (nil, nil)
    if options.losses.nce > 0 {
      nce = try Losses.realAnchored(features, labels: rows.map { labels[$0] }, temperature: options.temperature)
    }
    if options.losses.kl > 0 {
      // The same dropout and the same paths: what differs is the noise alone.
      func ask(_ input: Tensor) throws -> Tensor {
        try logits(network.features(of: input, training: true, seed: pathSeed, momentum: 0))
      }
      let noisy = try Losses.noisy(input, options.noise, clean: clean, seed: noiseSeed, answer: ask)
      kl = try Losses.divergence(from: clean, to: ask(noisy))
    }
    return Answer(rows: rows, logits: clean, nce: nce, kl: kl)
  }

  /// Validates the averaged parameters, and keeps them where this is the epoch to keep.
  ///
  /// - Parameter batches: training batches, one after another, for statistics.
  func finishEpoch(
    _ epoch: Int, rate: Double, trainingLoss: Double, batches: () throws -> BatchLoader
  ) throws {
    let stored = try buffers.map { try $0.copied() }
    try average.whileAveraged {
      if options.averageStatistics == .recalibrate, !buffers.isEmpty { try recalibrate(batches()) }
      let (loss, area) = try validate()
      let metrics = EpochMetrics(
        epoch: epoch, learningRate: rate, trainingLoss: trainingLoss, validationLoss: loss, validationAUC: area)
      let best = kept.flatMap { kept in epochs.first { $0.epoch == kept.epoch }?.result }
      epochs.append(metrics)
      let isBest = options.earlyStop == 0 ? epoch == options.epochs - 1 : (metrics.result ?? 0) > (best ?? -.infinity)
      guard isBest || options.keepsEpochs else { return }
      let now = EpochWeights(epoch: epoch, tensors: try (parameters + buffers).map { try $0.copied() })
      if isBest { kept = now }
      if options.keepsEpochs { weights.append(now) }
    }
    for (buffer, value) in zip(buffers, stored) { try buffer.assign(value) }
  }

  /// Epochs since the one that is kept.
  var waited: Int { (epochs.last?.epoch ?? 0) - (kept?.epoch ?? 0) }

  /// The model as it was in the epoch that is kept.
  func result(steps: [String]) throws -> TrainingResult {
    guard let kept else { throw TrainingError(.unusableData, "no epoch was finished, so none is kept") }
    for (tensor, value) in zip(parameters + buffers, kept.tensors) { try tensor.assign(value) }
    return TrainingResult(model: expert.model, epochs: epochs, keptEpoch: kept.epoch, steps: steps, weights: weights)
  }

  /// Running statistics become the mean over batches.
  private func recalibrate(_ loader: BatchLoader) throws {
    defer { loader.stop() }
    var seen = 0
    while seen < Self.recalibrationBatches, let batch = try loader.next() {
      let rows = rows(of: batch.indices)
      guard rows.count >= 2 else { continue }
      seen += 1
      try Libtorch.withoutGradients {
        _ = try expert.model.network.featureMap(
          of: input(batch.views[0], count: batch.indices.count, rows: rows), training: true, momentum: 1 / Double(seen))
      }
    }
  }

  /// Mean cross entropy and area under the curve of the model as it is, in evaluation mode.
  private func validate() throws -> (loss: Double?, areaUnderCurve: Double?) {
    let (model, data) = (expert.model, expert.validation)
    guard data.count > 0 else { return (nil, nil) }
    let loader = BatchLoader(
      data: data, order: EpochOrder(inSequence: data.count), batchSize: options.batchSize, epochs: 1,
      workers: options.threads)
    defer { loader.stop() }
    var loss = 0.0
    var scores: [Double] = []
    while let batch = try loader.next() {
      try Libtorch.withoutGradients {
        let logits = try model.network.logits(
          of: model.preprocessing.normalise(pixels: batch.views[0], count: batch.indices.count))
        let probabilities: [Float] = try logits.softmax(axis: 1).values()
        loss += try logits.crossEntropy(targets: batch.labels).scalar() * Double(batch.indices.count)
        scores += batch.indices.indices.map { Double(probabilities[2 * $0 + DetectorModel.fakeClass]) }
      }
    }
    let labels: [Label] = (0..<data.count).map { data.label(at: $0) == 0 ? .real : .fake }
    return (loss / Double(data.count), try RankMetrics.areaUnderCurve(scores: scores, labels: labels))
  }
}
