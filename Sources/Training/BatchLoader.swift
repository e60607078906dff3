private import Foundation

/// Fetches the pictures of coming steps on background threads; the order is a pure function of (seed, epoch, step).
///
/// The threads stay at most ``stepsAhead`` steps before the one that computes, so memory is bounded by so many batches.
package final class BatchLoader {
  /// Steps fetched before they are asked for.
  package static let stepsAhead = 2

  /// Steps of the whole run, those before the first included.
  package let steps: Int
  /// Seconds that ``next()`` has waited for a batch that was not there yet, but for the first.
  package private(set) var secondsWaited = 0.0
  private let queue: BatchQueue
  private var isFirst = true

  /// Starts to fetch.
  ///
  /// - Parameters:
  ///   - epochs: times through `order`.
  ///   - views: of each picture, each another draw of the augmentation.
  ///   - workers: threads that fetch; what they fetch does not depend on how many they are.
  ///   - step: the first to come, as when a run is resumed in the middle of an epoch.
  package init(
    data: any TrainingData, order: EpochOrder, batchSize: Int, epochs: Int, views: Int = 1, workers: Int,
    startingAt step: Int = 0
  ) {
    let stepsPerEpoch = EpochOrder.batchCount(of: order.count, batchSize: batchSize)
    steps = epochs * stepsPerEpoch
    let queue = BatchQueue(
      source: BatchSource(order: order, batchSize: batchSize, stepsPerEpoch: stepsPerEpoch, steps: steps),
      firstStep: step, stepsAhead: Self.stepsAhead)
    self.queue = queue
    for worker in 0..<max(1, workers) {
      let thread = Thread {
        BackgroundPriority.take()
        while let task = queue.take() {
          queue.put(Result { try data.images(at: task.draw.index, epoch: task.draw.pass, views: views) }, of: task) {
            data.label(at: $0)
          }
        }
      }
      thread.name = "batches \(worker)"
      thread.start()
    }
  }

  deinit { queue.stop() }

  /// The next step's pictures; `nil` after the last step, and after ``stop()``.
  ///
  /// - Throws: of several pictures of the step that failed, the first one's error; then nothing more comes.
  package func next() throws -> TrainingBatch? {
    let start = ContinuousClock.now
    let result = queue.next()
    if !isFirst { secondsWaited += (ContinuousClock.now - start) / .seconds(1) }
    isFirst = false
    do { return try result?.get() } catch {
      stop()
      throw error
    }
  }

  /// Ends the threads after the pictures that they are at.
  package func stop() { queue.stop() }
}

/// Which pictures each step of a run has.
struct BatchSource {
  let order: EpochOrder
  let batchSize: Int
  let stepsPerEpoch: Int
  let steps: Int
  private var cached: (epoch: Int, batches: [[EpochOrder.Draw]])?

  init(order: EpochOrder, batchSize: Int, stepsPerEpoch: Int, steps: Int) {
    (self.order, self.batchSize, self.stepsPerEpoch, self.steps) = (order, batchSize, stepsPerEpoch, steps)
  }

  func epoch(of step: Int) -> Int { step / stepsPerEpoch }

  mutating func draws(of step: Int) -> [EpochOrder.Draw] {
    let epoch = epoch(of: step)
    if cached?.epoch != epoch { cached = (epoch, order.batches(epoch: epoch, batchSize: batchSize)) }
    return cached?.batches[step % stepsPerEpoch] ?? []
  }
}
