private import Foundation
private import Synchronization

/// Fixed blocks of work shared by threads.
///
/// Blocks do not depend on the number of threads, so neither does a result in which every block writes its own part.
enum Parallel {
  /// Threads that use every core given to this process.
  static var allCores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Calls `body` once for each `size` of `0 ..< count` (the last may be shorter), on up to `threads` threads.
  static func forEachBlock(of size: Int, in count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
    forEachBlock(of: size, in: count, workers: [Void](repeating: (), count: max(1, threads))) { _, block in body(block)
    }
  }

  /// Calls `body` once for each block, with the worker of the thread that it runs on; a thread that is done early takes
  /// the next block.
  ///
  /// Which blocks a worker sees is left to chance: what it gathers must come out the same in any order.
  static func forEachBlock<Worker>(
    of size: Int, in count: Int, workers: [Worker], _ body: (_ worker: Worker, _ block: Range<Int>) -> Void
  ) {
    let blocks = (count + size - 1) / size
    let taken = Atomic(0)
    nonisolated(unsafe) let (workers, body) = (workers, body)
    DispatchQueue.concurrentPerform(iterations: min(workers.count, max(1, blocks))) { thread in
      while true {
        let block = taken.add(1, ordering: .relaxed).oldValue
        guard block < blocks else { return }
        body(workers[thread], block * size..<min(count, (block + 1) * size))
      }
    }
  }
}
