import Foundation
import Synchronization

/// The results of `body` for 0 ..< `count`, in order, computed on all cores; the error of the lowest index that failed.
func inParallel<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Value) throws -> [Value] {
  let results = Mutex<[Int: Result<Value, any Error>]>([:])
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let result = Result { try body(index) }
    results.withLock { $0[index] = result }
  }
  let found = results.withLock { $0 }
  return try (0..<count).compactMap { try found[$0]?.get() }
}
