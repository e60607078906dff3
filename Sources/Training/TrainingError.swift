/// A training run that cannot start or go on.
package struct TrainingError: Error, CustomStringConvertible, Sendable {
  /// What kind of failure: stable, kebab-case.
  package enum Code: String, Sendable {
    /// An option is out of its range.
    case unusableOptions = "unusable-options"
    /// Too few pictures, or none of a class that is needed.
    case unusableData = "unusable-data"
    /// A checkpoint cannot be read, or is of another run.
    case unusableCheckpoint = "unusable-checkpoint"
    /// The loss is infinite or not a number.
    case divergedLoss = "diverged-loss"
  }

  package let code: Code
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code.rawValue): \(message)" }
}
