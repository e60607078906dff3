import Foundation
import Models
import Records
import Synchronization
import Testing
import Training

/// Noise whose label is in the colour; what lies outside `usable` is all one value that no network could swallow unseen.
private struct Colours: TrainingData {
  let count: Int
  var spoilt: Set<Int> = []
  func label(at index: Int) -> Int { index % 2 }
  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    var random = KeyedRandom(seed: spoilt.contains(index) ? 9 : 5, key: "\(index) \(epoch)", stage: "test")
    let base: UInt64 = label(at: index) == 1 ? 120 : 60
    return (0..<32 * 32 * 3).map { _ in UInt8(base + random.next() >> 57) }
  }
}

@Suite(.serialized) struct JointTrainingTests {
  private static let preprocessing = Backbone.efficientNetLite0.preprocessing(sizePixels: 32)

  private static func train(
    sees: [[Bool]?], spoilt: Set<Int> = [], change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> [TrainingResult] {
    var options = TrainingOptions(epochs: 2, batchSize: 8, learningRate: 4e-3, emaDecay: 0.5, seed: 3)
    change(&options)
    let experts = try sees.enumerated().map { number, sees in
      Expert(
        name: "\(number)", model: try DetectorModel(weights: .random(seed: 4), preprocessing: preprocessing),
        validation: Colours(count: 8), sees: sees)
    }
    return try ExpertTraining.run(training: Colours(count: 16, spoilt: spoilt), experts: experts, options: options)
  }

  /// Two experts of which nobody sees a picture of the other's are two runs: nothing of one reaches the other.
  @Test func anExpertDependsOnNoPictureThatItsSumDoesNotHold() throws {
    let (first, second) = ((0..<16).map { $0 < 8 }, (0..<16).map { $0 >= 8 })
    let plain = try Self.train(sees: [first, second])
    let changed = try Self.train(sees: [first, second], spoilt: Set(8..<16))
    let arrays = try (plain + changed).map { try $0.model.network.namedArrays() }
    #expect(arrays[0] == arrays[2])
    #expect(arrays[1] != arrays[3])
  }

  /// Where both see all, the sum of their logits is what is scored, so that each learns otherwise than alone.
  @Test func headsAreSummedBeforeTheCrossEntropy() throws {
    let together = try Self.train(sees: [nil, nil])
    let alone = try Self.train(sees: [nil])
    #expect(try together[0].model.network.namedArrays() != alone[0].model.network.namedArrays())
    #expect(together[0].steps.count == 4 && together[1].steps.allSatisfy { $0.hasPrefix("1,3,") })
  }

  @Test func aLossOfNoWeightIsNotComputedAndTheOthersAreLogged() throws {
    let plain = try Self.train(sees: [nil])
    let row = try #require(plain[0].steps.first).split(separator: ",", omittingEmptySubsequences: false)
    #expect(row.count == StepLog.header.split(separator: ",").count)
    #expect(row[7].isEmpty && row[8].isEmpty && row[5] == row[6])
    let full = try Self.train(sees: [nil]) { $0.losses = LossWeights(ce: 1, nce: 1, kl: 1) }
    let parts = try #require(full[0].steps.first).split(separator: ",", omittingEmptySubsequences: false).compactMap {
      Double($0)
    }
    #expect(parts.count == 10 && parts[7] > 0 && parts[8] > 0)
    #expect(abs(parts[5] - parts[6] - parts[7] - parts[8]) < 1e-3)
  }

  /// After one step the running statistics have moved once, whatever else went through the network.
  @Test func furtherPassesMoveNoRunningStatistics() throws {
    func statistics(_ change: (inout TrainingOptions) -> Void) throws -> [NamedArray] {
      try Self.train(sees: [nil]) {
        ($0.epochs, $0.batchSize) = (1, 16)
        change(&$0)
      }[0].model.network.namedArrays().filter { $0.name.contains("running_") || $0.name.contains("num_batches") }
    }
    let plain = try statistics { _ in }
    #expect(try statistics { $0.losses.kl = 1 } == plain)
    #expect(
      try statistics {
        $0.losses.kl = 1
        $0.noise.kind = .adversarial
        $0.sharpnessRadius = 0.1
      } == plain)
    #expect(try statistics { $0.epochs = 2 } != plain)
  }

  @Test func piecesOfABatchGiveOneStep() throws {
    let pieces = try Self.train(sees: [nil]) { $0.accumulation = 4 }
    #expect(pieces[0].steps.count == 4)
  }

  @Test func recalibratedStatisticsAreThoseOfTheAverage() throws {
    let kept = try Self.train(sees: [nil])
    let recalibrated = try Self.train(sees: [nil]) { $0.averageStatistics = .recalibrate }
    let changed = zip(try kept[0].model.network.namedArrays(), try recalibrated[0].model.network.namedArrays())
      .filter { $0 != $1 }.map(\.0.name)
    #expect(!changed.isEmpty)
    #expect(changed.allSatisfy { $0.hasSuffix("running_mean") || $0.hasSuffix("running_var") })
  }

  @Test func stoppingEarlyKeepsTheBestEpoch() throws {
    let result = try Self.train(sees: [nil]) {
      $0.epochs = 12
      $0.earlyStop = 1
      $0.learningRate = 0.05
    }[0]
    let results = result.epochs.compactMap(\.result)
    #expect(results[result.keptEpoch] == results.max())
    #expect(result.keptEpoch == results.firstIndex(of: results.max() ?? 0))
    #expect(result.epochs.count == 12 || result.epochs.count == result.keptEpoch + 2)
  }
}
