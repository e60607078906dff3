/// Why a table cannot be audited.
package struct ShortcutsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, in a form that never changes.
  package enum Code: String, Sendable {
    case countMismatch = "count-mismatch"
    case duplicateKey = "duplicate-key"
  }

  package let code: Code
  package let message: String
  package var description: String { "\(code.rawValue): \(message)" }
}
