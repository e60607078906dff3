import Foundation
import Models
import Records
import Testing
import Training

/// Coloured noise, new in every epoch; that of fakes is redder.
private struct Noise: TrainingData {
  let count: Int
  let salt: String

  func label(at index: Int) -> Int { index % 2 }

  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    var random = KeyedRandom(seed: 1, key: "\(salt) \(index) \(epoch)", stage: "test")
    let red: UInt8 = label(at: index) == 1 ? 128 : 64
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 * 32 * 3)
    for _ in 0..<32 * 32 {
      let draw = random.next()
      bytes.append(UInt8(draw >> 8 & 127) + red)
      bytes.append(UInt8(draw >> 20 & 127) + 64)
      bytes.append(UInt8(draw >> 32 & 127) + 64)
    }
    return bytes
  }
}

/// Pictures that cannot be read from a certain one on.
private struct Unreadable: TrainingData {
  struct Failure: Error, Equatable { let index: Int }
  let count = 8
  func label(at index: Int) -> Int { index % 2 }
  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] { throw Failure(index: index) }
}

private let preprocessing = Backbone.efficientNetLite0.preprocessing(sizePixels: 32)

@Suite(.serialized) struct ExpertTrainingTests {
  private func train(_ options: TrainingOptions, count: Int, seed: UInt64 = 7) throws -> TrainingResult {
    try ExpertTraining.run(
      training: Noise(count: count, salt: "train"), validation: Noise(count: 32, salt: "validation"),
      model: DetectorModel(weights: .random(seed: seed), preprocessing: preprocessing), options: options)
  }

  @Test func learnsASmallTask() throws {
    let options = TrainingOptions(
      epochs: 8, batchSize: 16, learningRate: 4e-3, emaDecay: 0.9, warmUpFraction: 0.3, dropout: 0, balance: .label,
      seed: 3)
    let result = try train(options, count: 128)
    let (first, last) = (try #require(result.epochs.first), try #require(result.epochs.last))
    #expect(result.epochs.count == 8)
    #expect(last.trainingLoss < first.trainingLoss)
    #expect(try #require(last.validationAUC) > 0.95)

    // The model that comes back is the averaged one that was validated.
    let held = Noise(count: 32, salt: "validation")
    let scores = try result.model.probabilitiesOfFake(
      images: (0..<32).map { try held.image(at: $0, epoch: 0, view: 0) })
    let loss = scores.enumerated().reduce(0) { $0 - log($1.offset % 2 == 1 ? $1.element : 1 - $1.element) } / 32
    #expect(abs(loss - (try #require(last.validationLoss))) < 1e-3)
  }

  @Test func oneThreadGivesTheSameBitsTwice() throws {
    let options = TrainingOptions(epochs: 2, batchSize: 4, seed: 11, threads: 1)
    let (first, second) = (try train(options, count: 10), try train(options, count: 10))
    #expect(first.epochs == second.epochs)
    #expect(try first.model.network.namedArrays() == second.model.network.namedArrays())
    var other = options
    other.seed = 12
    #expect(try train(other, count: 10).epochs != first.epochs)
  }

  @Test func aFrozenBackboneStaysAsItWas() throws {
    let before = try DetectorModel(weights: .random(seed: 7), preprocessing: preprocessing).network.namedArrays()
    let options = TrainingOptions(epochs: 1, batchSize: 4, freezeBackboneEpochs: 1, seed: 1)
    let after = try train(options, count: 8).model.network.namedArrays()
    let changed = zip(before, after).filter { $0 != $1 }.map(\.0.name)
    #expect(changed == ["classifier.weight", "classifier.bias"])
  }

  @Test func frozenStatisticsStayAndTheRestLearns() throws {
    let before = try DetectorModel(weights: .random(seed: 7), preprocessing: preprocessing).network.namedArrays()
    var options = TrainingOptions(epochs: 1, batchSize: 4, seed: 1)
    options.freezesStatistics = true
    let after = try train(options, count: 8).model.network.namedArrays()
    for (old, new) in zip(before, after) {
      let isStatistic = ["running_mean", "running_var", "num_batches_tracked"].contains { old.name.hasSuffix($0) }
      #expect((old == new) == isStatistic, "\(old.name)")
    }
    options.averageStatistics = .recalibrate
    #expect(throws: TrainingError.self) { try train(options, count: 8) }
  }

  @Test func progressCountsEveryStepAndEndsEveryEpoch() throws {
    var seen: [TrainingProgress] = []
    _ = try ExpertTraining.run(
      training: Noise(count: 9, salt: "train"), validation: Noise(count: 0, salt: ""),
      model: DetectorModel(weights: .random(seed: 1), preprocessing: preprocessing),
      options: TrainingOptions(epochs: 2, batchSize: 4)
    ) { seen.append($0) }
    #expect(seen.map(\.step) == [1, 2, 3, 3, 4, 5, 6, 6])
    #expect(seen.allSatisfy { $0.steps == 6 })
    #expect(seen.compactMap(\.finishedEpoch?.epoch) == [0, 1])
    #expect(seen.compactMap(\.finishedEpoch?.validationLoss).isEmpty)
  }

  @Test func aPictureThatCannotBeReadEndsTheRunWithItsError() throws {
    let options = TrainingOptions(epochs: 1, batchSize: 8, seed: 1, threads: 2)
    let first = try EpochOrder(labels: (0..<8).map { $0 % 2 }, balance: .none, seed: 1).indices(epoch: 0)[0]
    #expect(throws: Unreadable.Failure(index: first)) {
      try ExpertTraining.run(
        training: Unreadable(), validation: Unreadable(),
        model: DetectorModel(weights: .random(seed: 1), preprocessing: preprocessing), options: options)
    }
  }

  @Test func divergenceIsAnError() throws {
    let options = TrainingOptions(epochs: 3, batchSize: 4, learningRate: 1e30, seed: 1)
    let error = #expect(throws: TrainingError.self) { try train(options, count: 8) }
    #expect(error?.code == .divergedLoss)
  }

  @Test func optionsOutOfRangeAreRefused() throws {
    for change: (inout TrainingOptions) -> Void in [
      { $0.epochs = 0 }, { $0.batchSize = 1 }, { $0.learningRate = -1 }, { $0.emaDecay = 1 }, { $0.dropout = 1 },
      { $0.warmUpFraction = 2 }, { $0.weightDecay = .nan }, { $0.threads = 0 },
    ] {
      var options = TrainingOptions()
      change(&options)
      let error = #expect(throws: TrainingError.self) { try train(options, count: 4) }
      #expect(error?.code == .unusableOptions)
    }
  }

  /// In a process of its own, as what is measured is the whole process: nothing of a step outlives it.
  @Test func aThousandStepsNeedNoMoreMemoryThanAHundred() async {
    await #expect(processExitsWith: .success) {
      var resident: [Int] = []
      _ = try ExpertTraining.run(
        training: Noise(count: 4, salt: "train"), validation: Noise(count: 0, salt: ""),
        model: DetectorModel(weights: .random(seed: 1), preprocessing: preprocessing),
        options: TrainingOptions(epochs: 500, batchSize: 2)
      ) { progress in
        if progress.finishedEpoch != nil { resident.append(try ExpertTrainingTests.residentKilobytes()) }
      }
      // A step's graph holds over 2 MB; nine hundred leaked steps would be over 1,800.
      try #require(resident[499] - resident[49] < 40_000, "\(resident[49]) kB, then \(resident[499]) kB")
    }
  }

  static func residentKilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
  }
}
