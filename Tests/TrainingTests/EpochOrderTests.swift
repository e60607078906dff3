import Testing
import Training

@Suite struct EpochOrderTests {
  @Test func withoutBalanceEveryPictureComesOnceAnEpoch() throws {
    let order = try EpochOrder(
      labels: Array(repeating: 0, count: 10) + Array(repeating: 1, count: 91), balance: .none, seed: 5)
    #expect(order.indices(epoch: 0).sorted() == Array(0..<101))
    #expect(order.indices(epoch: 0) == order.indices(epoch: 0))
    #expect(order.indices(epoch: 0) != order.indices(epoch: 1))
    let other = try EpochOrder(labels: Array(repeating: 0, count: 101), balance: .none, seed: 6)
    #expect(other.indices(epoch: 0) != order.indices(epoch: 0))
  }

  @Test(arguments: [(101, 32), (33, 32), (64, 32), (2, 32), (5, 2)])
  func batchesCoverTheEpochAndAreAlikeInSize(count: Int, batchSize: Int) throws {
    let order = try EpochOrder(labels: Array(repeating: 1, count: count), balance: .none, seed: 1)
    let batches = order.batches(epoch: 3, batchSize: batchSize)
    #expect(batches.flatMap(\.self) == order.draws(epoch: 3))
    #expect(batches.count == EpochOrder.batchCount(of: count, batchSize: batchSize))
    let sizes = batches.map(\.count)
    #expect((sizes.max() ?? 0) <= batchSize)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
  }

  @Test(arguments: [(3, 18), (7, 5), (1, 8)]) func balancedClassesAreDrawnAlikeAndTheirPicturesTakeTurns(
    reals: Int, fakes: Int
  ) throws {
    let count = reals + fakes
    let order = try EpochOrder(
      labels: Array(repeating: 0, count: reals) + Array(repeating: 1, count: fakes), balance: .label, seed: 2)
    var draws = [Int](repeating: 0, count: count)
    for epoch in 0..<12 {
      let indices = order.indices(epoch: epoch)
      #expect(indices.count == count)
      for index in indices { draws[index] += 1 }
      let realDraws = draws[..<reals].reduce(0, +)
      #expect(realDraws == (epoch + 1) * count / 2)
      for members in [draws[..<reals], draws[reals...]] { #expect((members.max() ?? 0) - (members.min() ?? 0) <= 1) }
    }
  }

  @Test func unusableLabelsAreRefused() {
    for (labels, balance) in [([0], TrainingOptions.Balance.none), ([0, 2], .none), ([1, 1], .label)] {
      let error = #expect(throws: TrainingError.self) { try EpochOrder(labels: labels, balance: balance, seed: 0) }
      #expect(error?.code == .unusableData)
    }
  }
}

@Suite struct StratifiedOrderTests {
  /// Datasets of very unlike sizes; `b` has no reals.
  private static let cells = [("a", 0, 3), ("a", 1, 40), ("b", 1, 7), ("c", 0, 11), ("c", 1, 2)]
  private let labels = cells.flatMap { Array(repeating: $0.1, count: $0.2) }
  private let strata = cells.flatMap { Array(repeating: $0.0, count: $0.2) }

  private func draws(_ order: EpochOrder, epochs: Int) -> [String: Int] {
    var draws: [String: Int] = [:]
    for epoch in 0..<epochs {
      let indices = order.indices(epoch: epoch)
      #expect(indices.count == order.count)
      for index in indices { draws["\(strata[index])\(labels[index])", default: 0] += 1 }
    }
    return draws
  }

  @Test func datasetsAreDrawnAlikeWithinEachClass() throws {
    let order = try EpochOrder(labels: labels, strata: strata, balance: .datasetTimesLabel, seed: 1)
    let epochs = 40
    let draws = draws(order, epochs: epochs)
    let half = epochs * labels.count / 2
    #expect((draws["a0"] ?? 0) + (draws["c0"] ?? 0) == half)
    for cell in ["a0", "c0"] { #expect(abs((draws[cell] ?? 0) - half / 2) <= epochs / 2) }
    for cell in ["a1", "b1", "c1"] { #expect(abs((draws[cell] ?? 0) - half / 3) <= epochs / 2) }
  }

  @Test func picturesOfACellTakeTurnsAndKnowTheirDraw() throws {
    let order = try EpochOrder(labels: labels, strata: strata, balance: .datasetTimesLabel, seed: 1)
    var seen: [Int: Set<Int>] = [:]
    for epoch in 0..<6 {
      for draw in order.draws(epoch: epoch) {
        #expect(seen[draw.index, default: []].insert(draw.pass).inserted, "the same draw of \(draw.index) twice")
      }
    }
    for (index, passes) in seen { #expect(passes == Set(0..<passes.count), "\(index)") }
  }

  @Test func quotasAreExactWithoutBalanceAndSharesWithOne() throws {
    let quotas = ["a": 10, "b": 21]
    let plain = try EpochOrder(labels: labels, strata: strata, balance: .none, quotas: quotas, seed: 1)
    #expect(plain.count == 10 + 21 + 13)
    let drawn = draws(plain, epochs: 3)
    #expect(drawn["b1"] == 63)
    #expect((drawn["a0"] ?? 0) + (drawn["a1"] ?? 0) == 30)

    let balanced = try EpochOrder(
      labels: labels, strata: strata, balance: .datasetTimesLabel, quotas: ["a": 60, "b": 30, "c": 30], seed: 1)
    let shares = draws(balanced, epochs: 10)
    #expect((shares["a0"] ?? 0) + (shares["c0"] ?? 0) == 600)
    #expect(abs((shares["a1"] ?? 0) - 300) <= 10)
    #expect(abs((shares["a0"] ?? 0) - 400) <= 10)
  }

  @Test func anEpochOfGivenLengthTakesTurnsAcrossEpochs() throws {
    let order = try EpochOrder(labels: labels, strata: strata, balance: .label, length: 10, seed: 1)
    #expect(order.count == 10 && order.batches(epoch: 3, batchSize: 4).map(\.count).reduce(0, +) == 10)
    var passes: [Int: [Int]] = [:]
    for epoch in 0..<40 { for draw in order.draws(epoch: epoch) { passes[draw.index, default: []].append(draw.pass) } }
    for (index, found) in passes { #expect(found.sorted() == Array(0..<found.count), "\(index)") }
    let drawn = Dictionary(grouping: passes) { labels[$0.key] }.mapValues { $0.map(\.value.count).reduce(0, +) }
    #expect(drawn == [0: 200, 1: 200])
    #expect(throws: TrainingError.self) {
      try EpochOrder(labels: labels, strata: strata, balance: .none, quotas: ["a": 2], length: 10, seed: 0)
    }
  }

  @Test func unknownAndEmptyQuotasAreRefused() {
    for (quotas, code) in [(["d": 3], TrainingError.Code.unusableData), (["a": 0], .unusableOptions)] {
      let error = #expect(throws: TrainingError.self) {
        try EpochOrder(labels: labels, strata: strata, balance: .none, quotas: quotas, seed: 0)
      }
      #expect(error?.code == code)
    }
  }
}
