private import Foundation
private import Synchronization

#if canImport(Glibc)
  private import Glibc
#endif

/// Ends a worker that takes longer over one family, or more memory, than it may: from within, so that it is the same
/// whatever engine started the worker, and although the work itself hangs.
final class Watchdog: Sendable {
  private static let intervalSeconds = 0.1

  private let limits: WorkerLimits
  private let since = Mutex<ContinuousClock.Instant?>(nil)
  /// Held while it looks and barks, so that one that is stopped does neither.
  private let isStopped = Mutex(false)
  private let bark: @Sendable (_ why: String) -> Void

  /// - Parameter bark: called with the reason; does not return.
  init(_ limits: WorkerLimits, bark: @escaping @Sendable (_ why: String) -> Void) {
    self.limits = limits
    self.bark = bark
    guard limits.familySeconds != nil || limits.memoryMebibytes != nil else { return }
    let thread = Thread { [self] in
      while true {
        Thread.sleep(forTimeInterval: Self.intervalSeconds)
        let isOver = isStopped.withLock { isStopped in
          if !isStopped, let excess { bark(excess) }
          return isStopped
        }
        if isOver { return }
      }
    }
    thread.start()
  }

  /// A family is begun.
  func begin() { since.withLock { $0 = .now } }
  /// No family is in hand.
  func end() { since.withLock { $0 = nil } }
  /// The task is done.
  func stop() { isStopped.withLock { $0 = true } }

  private var excess: String? {
    if let most = limits.memoryMebibytes, let now = Self.residentMebibytes(), now > most {
      return "its worker took \(now) MiB of memory, more than the \(most) that --memory allows"
    }
    if let most = limits.familySeconds, let since = since.withLock({ $0 }),
      ContinuousClock.now - since > .seconds(most)
    {
      return Self.tooLong(most)
    }
    return nil
  }

  /// Why a family over its time is given up.
  static func tooLong(_ most: Double) -> String { "it took longer than the \(most) s that --time-out allows" }

  /// From `/proc/self/statm`: the second field is the resident pages.
  static func residentMebibytes() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { ($0 * Int(sysconf(Int32(_SC_PAGESIZE)))) >> 20 } : nil
  }
}
