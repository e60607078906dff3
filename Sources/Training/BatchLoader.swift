private import Dispatch
private import Synchronization

/// Fetches the pictures of a batch on several threads, before libtorch computes on as many: one level of parallelism at
/// a time.
struct BatchLoader {
  let data: any TrainingData
  let threads: Int

  /// The pictures in the order of `indices`; of several failures, the first in that order is thrown.
  func images(at indices: [Int], epoch: Int) throws -> [[UInt8]] {
    let fetched = Fetched(count: indices.count)
    let workers = min(threads, indices.count)
    DispatchQueue.concurrentPerform(iterations: workers) { [data] worker in
      for position in stride(from: worker, to: indices.count, by: workers) {
        let image = Result { try data.image(at: indices[position], epoch: epoch) }
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
