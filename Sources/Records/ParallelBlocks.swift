private import Dispatch
private import Foundation
private import Synchronization

/// Work cut into fixed blocks that threads share.
///
/// Blocks do not depend on the number of threads and results come back in their order, so neither do results.
package enum ParallelBlocks {
  /// Calls `body` for every `size` of `0 ..< count` (the last may be shorter) on all cores.
  ///
  /// - Returns: what `body` returned, in the order of the blocks.
  /// - Throws: the error of the first block that failed.
  package static func map<Value: Sendable, Failure: Error>(
    of size: Int, in count: Int, _ body: @Sendable (Range<Int>) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    let blocks = (count + size - 1) / size
    let results = Mutex([Result<Value, Failure>?](repeating: nil, count: blocks))
    DispatchQueue.concurrentPerform(iterations: blocks) { block in
      let result = Result { () throws(Failure) in try body(block * size..<min(count, (block + 1) * size)) }
      results.withLock { $0[block] = result }
    }
    var values: [Value] = []
    for result in results.withLock({ $0 }) {
      if let result { values.append(try result.get()) }
    }
    return values
  }

  /// Calls `make` for every item on all cores, and `body` with what it made, one after the other in the order of the items.
  ///
  /// Only a few results are held at a time.
  package static func forEach<Item: Sendable, Value: Sendable>(
    _ items: [Item], make: @Sendable (Item) throws -> Value, body: (Value) throws -> Void
  ) throws {
    let held = 2 * ProcessInfo.processInfo.activeProcessorCount
    for start in stride(from: 0, to: items.count, by: held) {
      let values = try map(of: 1, in: min(held, items.count - start)) { try make(items[start + $0.lowerBound]) }
      for value in values { try body(value) }
    }
  }
}
