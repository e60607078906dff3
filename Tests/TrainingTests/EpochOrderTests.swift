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
    #expect(batches.flatMap(\.self) == order.indices(epoch: 3))
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
