/// A model that cannot be had: its file is absent, damaged, or of another network.
package struct ModelError: Error, CustomStringConvertible, Sendable {
  /// What kind of failure: stable, kebab-case.
  package enum Code: String, Sendable {
    /// The file is not there.
    case missingModel = "missing-model"
    /// The file is not what its format says.
    case unreadableWeights = "unreadable-weights"
    /// The file is readable and holds another network.
    case differentWeights = "different-weights"
    /// No network of the zoo has this name.
    case unknownBackbone = "unknown-backbone"
    /// The pictures given are not of the model's size.
    case unsuitablePictures = "unsuitable-pictures"
  }

  package let code: Code
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code.rawValue): \(message)" }
}
