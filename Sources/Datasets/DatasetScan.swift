package import Records

/// Something about a dataset that its user should know.
package struct DatasetProblem: Codable, Hashable, Sendable {
  /// Whether clips were left out for it.
  package enum Severity: String, Codable, Sendable {
    case warning, error
  }

  package var severity: Severity
  /// Below the dataset's root.
  package var path: String
  /// What is wrong and what follows from it.
  package var message: String
}

/// How many clips the full dataset has.
package struct ExpectedCounts: Codable, Hashable, Sendable {
  package var reals: Int
  package var fakes: Int
}

/// What is on disk of one dataset, and what its own lists say of it.
package struct DatasetScan: Codable, Hashable, Sendable {
  package var dataset: String
  package var layout: String
  package var root: String
  /// Sorted by path.
  package var sources: [Source] = []
  /// Sorted by path.
  package var problems: [DatasetProblem] = []
  /// Paths that the dataset's lists name and that are not there; sorted.
  package var missing: [String] = []
  /// Paths of clips that no list names, which therefore have no label; sorted.
  package var unexpected: [String] = []
  /// Of the full dataset, where that is known.
  package var expected: ExpectedCounts?
  /// What was read, and which value it gave which meaning.
  package var notes: [String] = []

  init(_ declaration: DatasetDeclaration) {
    dataset = declaration.name
    layout = declaration.layout
    root = declaration.root
  }

  mutating func warn(_ path: String, _ message: String) {
    problems.append(DatasetProblem(severity: .warning, path: path, message: message))
  }

  mutating func fail(_ path: String, _ message: String) {
    problems.append(DatasetProblem(severity: .error, path: path, message: message))
  }
}
