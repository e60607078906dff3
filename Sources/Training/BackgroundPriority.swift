#if canImport(Glibc)
  private import Glibc
#endif

/// The place of a thread that works ahead for another.
enum BackgroundPriority {
  /// Steps of niceness below the rest of the process.
  private static let niceness: Int32 = 10

  /// Lets the threads that compute go first where there is no core for all; on Linux, where niceness is a thread's.
  static func take() {
    #if os(Linux)
      let own = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
      // Refused only where a limit forbids it, and then everything goes on as it was.
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, min(own + niceness, 19))
    #endif
  }
}
