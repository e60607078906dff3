/// A picture that could not be read, written or changed.
package struct ImagingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Why, by a name that does not change.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The bytes end early, or do not decode without guessing.
    case damaged = "image-damaged"
    /// Neither JPEG nor PNG, or a variant that the libraries do not decode.
    case unsupported = "image-unsupported"
    /// More pixels than ``ImageCodec/pixelsLimit``.
    case tooLarge = "image-too-large"
    /// An option or a size out of its range.
    case badArgument = "image-bad-argument"
    /// A library failed.
    case operationFailed = "image-operation-failed"
    /// The OpenCV library of this project cannot be loaded.
    case libraryMissing = "image-library-missing"
  }

  package let kind: Kind
  /// What failed, where, and what to do about it.
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var code: String { kind.rawValue }
  package var description: String { "\(message) [\(code)]" }
}

/// The text of a fixed-size `char` array of a C error struct, up to its NUL.
func text<Characters>(of characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
