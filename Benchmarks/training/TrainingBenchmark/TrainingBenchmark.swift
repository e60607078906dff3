internal import Foundation
private import Models
private import Stages
private import Tensors
private import Training

/// dfprep's half of `make bench-training`: trains a network, or takes its features, from WebDataset shards, and prints
/// what that took as JSON.
@main enum TrainingBenchmark {
  private static let usage =
    "usage: dfprep-training-benchmark train|features NETWORK SIDE BATCH STEPS WARM-UP-STEPS SHARD..."
  private static let threads = 2

  private struct Figures: Encodable {
    /// After the first steps.
    var imagesPerSecond: Double
    /// Of the measured time, the part in which the network waited for pictures; `nil` where it is not known.
    var waiting: Double?
  }

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 7, ["train", "features"].contains(arguments[0]), let side = Int(arguments[2]),
      let batch = Int(arguments[3]), let steps = Int(arguments[4]), let warmUp = Int(arguments[5])
    else {
      print(usage)
      exit(64)
    }
    let isTraining = arguments[0] == "train"
    let backbone = try Backbone.named(arguments[1])
    let model = try DetectorModel(
      backbone, weights: .random(seed: 1), preprocessing: backbone.preprocessing(sizePixels: side))
    let shards = try WebDatasetTrainingData(
      shards: arguments.dropFirst(6).map { URL(filePath: $0) },
      options: .init(side: side, augmentation: isTraining ? "light" : nil, seed: 1))
    let data = Repeated(data: shards, count: batch * (steps + warmUp))
    let figures =
      isTraining
      ? try train(model, on: data, batch: batch, steps: steps, warmUp: warmUp)
      : try features(model, of: data, batch: batch, steps: steps, warmUp: warmUp)
    print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
  }

  private static func train(
    _ model: DetectorModel, on data: Repeated, batch: Int, steps: Int, warmUp: Int
  ) throws -> Figures {
    var (start, seconds) = (ContinuousClock.now, 0.0)
    _ = try ExpertTraining.run(
      training: data, validation: Repeated(data: data.data, count: 0), model: model,
      options: TrainingOptions(epochs: 1, batchSize: batch, dropout: 0, seed: 1, threads: threads)
    ) { progress in
      if progress.step == warmUp { start = .now }
      if progress.step == warmUp + steps, progress.finishedEpoch == nil {
        seconds = (ContinuousClock.now - start) / .seconds(1)
      }
    }
    return Figures(imagesPerSecond: Double(batch * steps) / seconds)
  }

  private static func features(
    _ model: DetectorModel, of data: Repeated, batch: Int, steps: Int, warmUp: Int
  ) throws -> Figures {
    let loader = BatchLoader(
      data: data, order: EpochOrder(inSequence: data.count), batchSize: batch, epochs: 1, workers: threads)
    let folded = FoldedLayers()
    var (start, waitedBefore) = (ContinuousClock.now, 0.0)
    try Libtorch.withThreads(threads) {
      try Libtorch.withoutGradients {
        while let pictures = try loader.next() {
          if pictures.step == warmUp { (start, waitedBefore) = (.now, loader.secondsWaited) }
          let input = try model.preprocessing.normalise(pixels: pictures.views[0], count: pictures.indices.count)
          _ = try model.network.features(of: input, folded: folded).values(as: Float.self)
        }
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Figures(
      imagesPerSecond: Double(batch * steps) / seconds, waiting: (loader.secondsWaited - waitedBefore) / seconds)
  }
}

/// Shards that are gone through as often as the steps need.
private struct Repeated: TrainingData {
  let data: WebDatasetTrainingData
  let count: Int

  func label(at index: Int) -> Int { data.label(at: index % data.count) }
  func stratum(at index: Int) -> String { data.stratum(at: index % data.count) }
  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    try data.image(at: index % data.count, epoch: epoch + index / data.count, view: view)
  }
}
