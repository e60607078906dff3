private import Synchronization

#if canImport(Glibc)
  private import Glibc
#endif

private let received = Atomic<Int32>(0)

/// Ctrl-C and SIGTERM, noticed between two steps of the coordinator.
package struct Interruption: Sendable {
  /// Time to write the record of a run that is stopped, seconds. Nothing is lost when it does not suffice.
  private static let graceSeconds: UInt32 = 1

  /// Installs the handlers; a second signal ends the process at once, and so does the end of a second.
  package init() {
    // Whoever started this process may have blocked them, and children inherit that.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGALRM] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for signal in [SIGINT, SIGTERM] {
      Glibc.signal(signal) { number in
        if received.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
        alarm(Interruption.graceSeconds)
      }
    }
    Glibc.signal(SIGALRM) { _ in _exit(128 + received.load(ordering: .relaxed)) }
    Glibc.signal(SIGPIPE, SIG_IGN)
  }

  /// - Throws: ``ToolError`` with status 130 or 143 once a signal has come.
  package func check() throws {
    switch received.load(ordering: .relaxed) {
    case 0: return
    case SIGTERM: throw ToolError(.terminated, "terminated; what is finished is kept, run again to go on")
    default: throw ToolError(.interrupted, "interrupted; what is finished is kept, run again to go on")
    }
  }
}
