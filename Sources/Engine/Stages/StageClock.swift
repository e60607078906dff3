private import Foundation

/// Splits the time of a pass among its stages: each gets what it spent itself, without the stages that it calls.
///
/// Time is CPU seconds of the calling thread, on which a pass runs alone.
final class StageClock {
  /// CPU seconds by stage id.
  private(set) var seconds: [String: Double] = [:]
  private var current: String?
  private var since = 0.0

  /// Runs `body` on behalf of `stage`, then goes on with the stage that called it.
  func measure<Value>(_ stage: String, _ body: () throws -> Value) rethrows -> Value {
    let caller = current
    turn(to: stage)
    defer { turn(to: caller) }
    return try body()
  }

  private func turn(to stage: String?) {
    let now = Self.threadSeconds()
    if let current { seconds[current, default: 0] += now - since }
    (current, since) = (stage, now)
  }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
