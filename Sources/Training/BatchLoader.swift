private import Dispatch
private import Synchronization

/// One step's pictures.
package struct TrainingBatch {
  package var step: Int
  package var epoch: Int
  package var indices: [Int]
  package var labels: [Int]
  /// Each contiguous, `[N, S, S, 3]`.
  package var views: [[UInt8]]
}

/// Fetches the batches of a run in order; the order is a pure function of (seed, epoch, step).
package final class BatchLoader {
  private let data: any TrainingData
  private let order: EpochOrder
  private let batchSize: Int
  private let epochs: Int
  private let views: Int
  private let fetch: PictureFetch
  private var step: Int
  private var current: (epoch: Int, batches: [[Int]])?

  package init(
    data: any TrainingData, order: EpochOrder, batchSize: Int, epochs: Int, views: Int = 1, workers: Int,
    startingAt step: Int = 0
  ) {
    self.data = data
    self.order = order
    self.batchSize = batchSize
    self.epochs = epochs
    self.views = views
    self.step = step
    fetch = PictureFetch(data: data, threads: workers)
  }

  /// The next batch; `nil` after the last step.
  package func next() throws -> TrainingBatch? {
    let perEpoch = EpochOrder.batchCount(of: data.count, batchSize: batchSize)
    let epoch = step / perEpoch
    guard epoch < epochs else { return nil }
    if current?.epoch != epoch { current = (epoch, order.batches(epoch: epoch, batchSize: batchSize)) }
    guard let indices = current?.batches[step % perEpoch] else { return nil }
    let pictures = try (0..<views).map { view in
      try fetch.images(at: indices, epoch: epoch, view: view).flatMap(\.self)
    }
    defer { step += 1 }
    return TrainingBatch(
      step: step, epoch: epoch, indices: indices, labels: fetch.labels(at: indices), views: pictures)
  }

  /// Ends the fetching.
  package func stop() {}
}

/// Fetches pictures on several threads, before libtorch computes on as many: one level of parallelism at a time.
struct PictureFetch {
  let data: any TrainingData
  let threads: Int

  /// The pictures in the order of `indices`; of several failures, the first in that order is thrown.
  func images(at indices: [Int], epoch: Int, view: Int = 0) throws -> [[UInt8]] {
    let fetched = Fetched(count: indices.count)
    let workers = min(threads, indices.count)
    DispatchQueue.concurrentPerform(iterations: workers) { [data] worker in
      for position in stride(from: worker, to: indices.count, by: workers) {
        let image = Result { try data.image(at: indices[position], epoch: epoch, view: view) }
        fetched.images.withLock { $0[position] = image }
      }
    }
    return try fetched.images.withLock { try $0.map { try $0.get() } }
  }

  /// The labels in the order of `indices`.
  func labels(at indices: [Int]) -> [Int] { indices.map { data.label(at: $0) } }
}

/// What the threads have fetched so far.
private final class Fetched: Sendable {
  let images: Mutex<[Result<[UInt8], any Error>]>

  init(count: Int) { images = Mutex(Array(repeating: .success([]), count: count)) }
}
