import Foundation
import Records
import Synchronization
import Testing
import Training

/// Pictures of 4 x 4 pixels whose bytes tell index, draw and view; some take longer than others, some fail.
private struct Marked: TrainingData {
  struct Failure: Error, Equatable { let index: Int }

  let count: Int
  var failing: Set<Int> = []
  var isSlow = false
  var fetched: Counter?

  func label(at index: Int) -> Int { index % 2 }
  func stratum(at index: Int) -> String { "set \(index % 3)" }

  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    fetched?.add()
    if isSlow { Thread.sleep(forTimeInterval: Double(index * 37 % 11) / 4000) }
    if failing.contains(index) { throw Failure(index: index) }
    return [UInt8](repeating: UInt8(index), count: 16) + [UInt8](repeating: UInt8(epoch), count: 16)
      + [UInt8](repeating: UInt8(view), count: 16)
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func add() { count.withLock { $0 += 1 } }
}

@Suite(.timeLimit(.minutes(1))) struct BatchLoaderTests {
  private func order(_ data: Marked, balance: TrainingOptions.Balance = .datasetTimesLabel) throws -> EpochOrder {
    try EpochOrder(
      labels: (0..<data.count).map(data.label), strata: (0..<data.count).map(data.stratum), balance: balance, seed: 3)
  }

  private func batches(
    _ data: Marked, views: Int = 2, workers: Int, startingAt step: Int = 0
  ) throws -> [TrainingBatch] {
    let loader = BatchLoader(
      data: data, order: try order(data), batchSize: 5, epochs: 3, views: views, workers: workers, startingAt: step)
    var batches: [TrainingBatch] = []
    while let batch = try loader.next() { batches.append(batch) }
    return batches
  }

  @Test func everyPictureIsWhereTheOrderSays() throws {
    let data = Marked(count: 23, isSlow: true)
    let order = try order(data)
    let expected = (0..<3).flatMap { order.batches(epoch: $0, batchSize: 5) }
    let found = try batches(data, workers: 3)
    #expect(found.map(\.step) == Array(0..<15))
    #expect(found.map(\.epoch) == (0..<15).map { $0 / 5 })
    #expect(found.map(\.indices) == expected.map { $0.map(\.index) })
    for (batch, draws) in zip(found, expected) {
      #expect(batch.labels == draws.map { data.label(at: $0.index) })
      #expect(
        try batch.views
          == (0..<2).map { view in try draws.flatMap { try data.image(at: $0.index, epoch: $0.pass, view: view) } })
    }
  }

  @Test(arguments: [1, 2, 7], [0, 4, 5, 14, 15]) func workersAndResumingChangeNothing(workers: Int, step: Int) throws {
    let whole = try batches(Marked(count: 23), workers: 1)
    let resumed = try batches(Marked(count: 23, isSlow: true), workers: workers, startingAt: step)
    #expect(resumed.map(\.step) == Array(step..<15))
    #expect(resumed.map(\.indices) == whole[step...].map(\.indices))
    #expect(resumed.map(\.views) == whole[step...].map(\.views))
  }

  @Test(arguments: [1, 4]) func theFirstOfSeveralFailuresIsThrownWhenItsStepIsDue(workers: Int) throws {
    let order = try order(Marked(count: 23))
    let steps = order.batches(epoch: 0, batchSize: 5).map { $0.map(\.index) }
    let before = Set(steps[0] + steps[1])
    let failing = steps[2].filter { !before.contains($0) }
    let first = try #require(failing.first)
    let loader = BatchLoader(
      data: Marked(count: 23, failing: Set(failing), isSlow: true), order: order, batchSize: 5, epochs: 3,
      workers: workers)
    #expect(try loader.next()?.indices == steps[0])
    #expect(try loader.next()?.indices == steps[1])
    #expect(throws: Marked.Failure(index: first)) { try loader.next() }
    #expect(try loader.next() == nil)
  }

  @Test func noMoreIsFetchedThanFits() throws {
    let counter = Counter()
    let data = Marked(count: 100, fetched: counter)
    let loader = BatchLoader(
      data: data, order: try order(data, balance: .none), batchSize: 10, epochs: 1, workers: 4)
    var given = 0
    while try loader.next() != nil {
      given += 1
      Thread.sleep(forTimeInterval: 0.02)
      #expect(counter.value <= min(100, 10 * (given + BatchLoader.stepsAhead)))
    }
    #expect(given == 10)
    #expect(counter.value == 100)
    #expect(loader.secondsWaited < 0.1)
  }

  @Test func afterAStopNothingComes() throws {
    let data = Marked(count: 100, isSlow: true)
    let loader = BatchLoader(data: data, order: try order(data), batchSize: 10, epochs: 5, workers: 2)
    _ = try loader.next()
    loader.stop()
    #expect(try loader.next() == nil)
  }

  @Test func validationGoesInSequence() throws {
    let loader = BatchLoader(
      data: Marked(count: 7), order: EpochOrder(inSequence: 7), batchSize: 3, epochs: 1, workers: 2)
    var indices: [Int] = []
    while let batch = try loader.next() { indices += batch.indices }
    #expect(indices == Array(0..<7))
  }
}
