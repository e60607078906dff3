/// Why samples could not be split.
package struct SplittingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, in a form that never changes.
  package enum Code: String, Sendable {
    case badOption = "bad-option"
    case duplicateKey = "duplicate-key"
    case unknownSample = "unknown-sample"
    case badInput = "bad-input"
    case wrongSize = "wrong-size"
    case tooFewFolds = "too-few-folds"
    case brokenInvariant = "broken-invariant"
  }

  package let code: Code
  package let message: String
  package var description: String { "\(code.rawValue): \(message)" }

  /// - Requires: `keys` sorted.
  static func requireDistinct(_ keys: [String]) throws(SplittingError) {
    guard let twin = zip(keys, keys.dropFirst()).first(where: { $0 == $1 }) else { return }
    throw SplittingError(code: .duplicateKey, message: "sample \(twin.0) is there twice; give every sample one key")
  }
}
