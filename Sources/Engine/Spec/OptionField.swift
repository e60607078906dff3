package import Records

/// Describes one option of a stage: the single source for strict checking, for defaults shown by `plan`, and for
/// `docs/stages.md`.
package struct OptionField: Hashable, Sendable {
  /// What an option's value may be.
  package indirect enum Kind: Hashable, Sendable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case bool
    case text
    /// A path, relative to the pipeline file; stages get it absolute. In fingerprints stands the file's content, which
    /// the stage names among its ``Stage/modelFiles``.
    case file
    case choice([String])
    case list(of: Kind)
    /// One value for both labels, or `{real: ..., fake: ...}`.
    case perLabel(Kind)
    /// `{name: number, ...}` of these names, each at most once.
    case numbers([String], ClosedRange<Double>)
    /// A value of the first kind, or the given word.
    case either(Kind, word: String)
    /// A mapping of options of their own, none of which is a path; what is not given has its default.
    case group([OptionField], defaults: [String: JSONValue])

    /// The options of a type as one option.
    package static func group<Options: StageOptions>(of type: Options.Type) -> Kind {
      // Without defaults the stage cannot be made of what is read, and says so.
      .group(Options.fields, defaults: (try? StageOptionsCoding.defaults(of: type)) ?? [:])
    }
  }

  package let name: String
  package let kind: Kind
  /// One sentence for the reader of the documentation.
  package let summary: String

  package init(_ name: String, _ kind: Kind, _ summary: String) {
    self.name = name
    self.kind = kind
    self.summary = summary
  }
}

extension OptionField.Kind {
  /// Whether a value of this kind is a path, and no word that stands in its place.
  func isPath(_ value: JSONValue) -> Bool {
    switch self {
    case .file: true
    case .either(let kind, let word): value != .string(word) && kind.isPath(value)
    default: false
    }
  }

  /// What is expected, in words: `an integer in 1...1000`.
  package var expectation: String {
    switch self {
    case .integer(let range): "an integer in \(range.lowerBound)...\(range.upperBound)"
    case .number(let range): "a number in \(range.lowerBound)...\(range.upperBound)"
    case .bool: "true or false"
    case .text: "text"
    case .file: "a path, relative to the pipeline file"
    case .choice(let names): "one of \(names.joined(separator: ", "))"
    case .list(let kind): "a list, each \(kind.expectation)"
    case .perLabel(let kind): "\(kind.expectation), or {real: ..., fake: ...}"
    case .numbers(let names, let range):
      "numbers in \(range.lowerBound)...\(range.upperBound) by name: \(names.joined(separator: ", "))"
    case .either(let kind, let word): "\(kind.expectation), or \(word)"
    case .group(let fields, _):
      "a mapping of any of \(fields.map { "\($0.name) (\($0.kind.expectation))" }.joined(separator: ", "))"
    }
  }
}

/// The options of one stage, as the user may write them under its name.
///
/// Every field has a default, set by `init()`; coding keys are the names of ``fields``.
package protocol StageOptions: Codable, Hashable, Sendable {
  init()
  static var fields: [OptionField] { get }
}

/// One value for reals and one for fakes.
package struct PerLabel<Value: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
  package var real: Value
  package var fake: Value

  package init(real: Value, fake: Value) {
    self.real = real
    self.fake = fake
  }

  package subscript(_ label: Label) -> Value { label == .real ? real : fake }
}

/// A stage without options.
package struct NoOptions: StageOptions {
  package init() {}
  package static let fields: [OptionField] = []
}
