/// What can go wrong with a frozen network or a cascade.
package struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure; raw values are stable.
  package enum Code: String, Hashable, Sendable {
    case cannotLoad = "cannot-load"
    case cannotRun = "cannot-run"
    case libraryMissing = "network-library-missing"
    case libraryMismatch = "network-library-mismatch"
    case badInput = "bad-network-input"
  }

  package let code: Code
  /// What failed, on which file, and what to do.
  package let message: String

  package var description: String { message }
}
