/// A forgery that cannot be made from the given face.
package struct AugmentationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A name that does not change.
  package let code: String
  /// What failed, where, and what to do about it.
  package let message: String

  package var description: String { "\(message) [\(code)]" }

  /// The face, or all of it but the border of the picture that stays as it is, lies outside the picture.
  static func faceOutsidePicture(_ details: String) -> AugmentationError {
    AugmentationError(
      code: "face-outside-picture", message: "no pixel of the face can be blended: \(details); use a wider crop")
  }
}
