private import Foundation

/// Fixed blocks of work shared by threads.
///
/// Blocks do not depend on the number of threads, so neither does a result in which every block writes its own part.
enum Parallel {
  /// Threads that use every core given to this process.
  static var allCores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Calls `body` once for each `size` of `0 ..< count` (the last may be shorter), on up to `threads` threads.
  static func forEachBlock(of size: Int, in count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let blocks = (count + size - 1) / size
    let workers = max(1, min(threads, blocks))
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for block in stride(from: worker, to: blocks, by: workers) {
        body(block * size..<min(count, (block + 1) * size))
      }
    }
  }
}
