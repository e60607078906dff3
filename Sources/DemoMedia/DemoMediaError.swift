/// What keeps the demo's videos from being made.
struct DemoMediaError: Error, CustomStringConvertible, Sendable {
  /// Kind of failure, with the exit status that it ends in.
  enum Kind: String, Sendable {
    case missingMedia = "missing-media"
    case missingProgram = "missing-program"
    case noFace = "no-face"
    case encoding = "encoding-failed"
    case folder = "folder-taken"

    var exitStatus: Int32 { self == .missingMedia || self == .missingProgram ? 69 : 1 }
  }

  let kind: Kind
  let message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  var code: String { kind.rawValue }
  var description: String { "\(message) [\(code)]" }
}
