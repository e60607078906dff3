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
  private let inHand = Mutex<(name: String, since: ContinuousClock.Instant)?>(nil)
  private let bark: @Sendable (_ why: String) -> Void

  /// - Parameter bark: called with the reason; does not return.
  init(_ limits: WorkerLimits, bark: @escaping @Sendable (_ why: String) -> Void) {
    self.limits = limits
    self.bark = bark
    guard limits.familySeconds != nil || limits.memoryMebibytes != nil else { return }
    let thread = Thread { [self] in
      while true {
        Thread.sleep(forTimeInterval: Self.intervalSeconds)
        if let excess { self.bark(excess) }
      }
    }
    thread.start()
  }

  func begin(_ name: String) { inHand.withLock { $0 = (name, .now) } }
  func end() { inHand.withLock { $0 = nil } }

  private var excess: String? {
    if let most = limits.memoryMebibytes, let now = Self.residentMebibytes(), now > most {
      return "its worker took \(now) MiB of memory, more than the \(most) that --memory allows"
    }
    if let most = limits.familySeconds, let since = inHand.withLock({ $0?.since }),
      ContinuousClock.now - since > .seconds(most)
    {
      return "it took longer than the \(most) s that --time-out allows"
    }
    return nil
  }

  /// From `/proc/self/statm`: the second field is the resident pages.
  private static func residentMebibytes() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { ($0 * Int(sysconf(Int32(_SC_PAGESIZE)))) >> 20 } : nil
  }
}
