import Foundation
import Models
import Records
import Testing
import Training

/// Grey noise that is brighter where it is fake.
private struct Grey: TrainingData {
  let count: Int
  func label(at index: Int) -> Int { index % 2 }
  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    var random = KeyedRandom(seed: 5, key: "\(index) \(epoch)", stage: "test")
    let base: UInt64 = label(at: index) == 1 ? 120 : 60
    return (0..<32 * 32 * 3).map { _ in UInt8(base + random.next() >> 57) }
  }
}

private struct Cut: Error {}

@Suite(.serialized) struct CheckpointTests {
  private static let preprocessing = Backbone.efficientNetLite0.preprocessing(sizePixels: 32)

  /// Everything that has a state of its own.
  private static var options: TrainingOptions {
    var options = TrainingOptions(epochs: 3, batchSize: 4, learningRate: 1e-2, emaDecay: 0.9, balance: .label, seed: 3)
    options.losses = LossWeights(ce: 1, nce: 0.5, kl: 1)
    options.averageStatistics = .recalibrate
    options.schedule = .plateau
    options.falls = .init(epochs: 1, factor: 0.5)
    options.earlyStop = 2
    options.clipNorm = 1
    options.keepsEpochs = true
    return options
  }

  private static func experts() throws -> [Expert] {
    try (0..<2).map { number in
      Expert(
        name: "\(number)",
        model: try DetectorModel(weights: .random(seed: UInt64(number)), preprocessing: preprocessing),
        validation: Grey(count: 6), sees: (0..<10).map { $0 % 5 != number })
    }
  }

  private static func run(
    _ options: TrainingOptions, _ place: CheckpointPlace?, cutAfter step: Int? = nil
  ) throws -> [TrainingResult] {
    try ExpertTraining.run(training: Grey(count: 10), experts: experts(), options: options, checkpoint: place) {
      if let step, $0.step == step + 1 { throw Cut() }
    }
  }

  private static func withPlace(_ body: (CheckpointPlace) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(
      CheckpointPlace(file: folder.appending(path: "checkpoint"), identity: ["data": "a", "options": "b"], seconds: 0))
  }

  /// The model at the end of each epoch; afterwards it is what it was.
  private static func epochs(_ result: TrainingResult) throws -> [[NamedArray]] {
    var found: [[NamedArray]] = []
    try result.forEachEpoch { epoch, model in
      #expect(epoch == found.count)
      found.append(try model.network.namedArrays())
    }
    #expect(found.count == result.epochs.count && Set(found.map(\.first?.bytes)).count == found.count)
    return found
  }

  /// In the middle of an epoch, at its end, and after the second.
  @Test(arguments: [("adamw", [1, 3]), ("sgd", [4]), ("adam", [6])]) func aCutRunEndsWithTheSameBits(
    optimiser: String, cuts: [Int]
  ) throws {
    var options = Self.options
    options.optimiser = try #require(TrainingOptions.OptimiserKind(rawValue: optimiser))
    if optimiser == "sgd" { options.sharpnessRadius = 0.05 }
    let whole = try Self.run(options, nil)
    try Self.withPlace { place in
      for cut in cuts { #expect(throws: Cut.self) { try Self.run(options, place, cutAfter: cut) } }
      #expect(FileManager.default.fileExists(atPath: place.file.path(percentEncoded: false)))
      let resumed = try Self.run(options, place)
      for (left, right) in zip(whole, resumed) {
        #expect(left.epochs == right.epochs && left.steps == right.steps && left.keptEpoch == right.keptEpoch)
        #expect(try left.model.network.namedArrays() == right.model.network.namedArrays())
        let (cut, uncut) = (try Self.epochs(right), try Self.epochs(left))
        #expect(cut == uncut)
      }
      let (epochs, kept) = (try Self.epochs(whole[0]), try whole[0].model.network.namedArrays())
      #expect(epochs[whole[0].keptEpoch] == kept)
      #expect(whole[0].steps.count == whole[0].epochs.count * 3)
    }
  }

  @Test func aCheckpointOfAnotherRunOrADamagedOneIsRefused() throws {
    var options = Self.options
    options.losses = LossWeights()
    try Self.withPlace { place in
      #expect(throws: Cut.self) { try Self.run(options, place, cutAfter: 1) }
      var other = place
      other.identity["data"] = "c"
      let error = #expect(throws: TrainingError.self) { try Self.run(options, other) }
      #expect(error?.code == .unusableCheckpoint && error?.message.contains("its data is a, not c") == true)
      try Data("no".utf8).write(to: place.file)
      #expect(throws: TrainingError.self) { try Self.run(options, place) }
    }
  }
}
