private import Synchronization

#if canImport(Glibc)
  private import Glibc
#endif

private let came = Atomic<Bool>(false)

/// A scheduler's word that it is about to take the machine away: SIGUSR1 some time before, SIGTERM a moment before.
enum ShutdownNotice {
  /// Whether it has come.
  static var hasCome: Bool { came.load(ordering: .relaxed) }

  /// From now on the notice does not end this process.
  ///
  /// - Parameter keepsParts: whether the work looks at ``hasCome`` and keeps what is done; other work ends at once, with
  ///   status 75 or 143.
  static func listen(keepsParts: Bool) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGUSR1)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for signal in [SIGUSR1, SIGTERM] {
      if keepsParts {
        Glibc.signal(signal) { _ in came.store(true, ordering: .relaxed) }
      } else {
        Glibc.signal(signal) { number in
          _exit(number == SIGTERM ? ExitStatus.terminated.rawValue : ExitStatus.notFinished.rawValue)
        }
      }
    }
  }
}
