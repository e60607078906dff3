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
  package var clips: Int
  /// `nil` where only the sum is published.
  package var reals: Int?
  package var fakes: Int?

  init(reals: Int, fakes: Int) {
    clips = reals + fakes
    self.reals = reals
    self.fakes = fakes
  }

  /// Clips whose labels are not counted anywhere.
  init(clips: Int) { self.clips = clips }

  static func + (left: ExpectedCounts, right: ExpectedCounts) -> ExpectedCounts {
    guard let reals = left.reals, let fakes = left.fakes, let moreReals = right.reals, let moreFakes = right.fakes
    else {
      return ExpectedCounts(clips: left.clips + right.clips)
    }
    return ExpectedCounts(reals: reals + moreReals, fakes: fakes + moreFakes)
  }

  /// `712 real, 5299 fake`, or `147363 clips`.
  package var text: String {
    if let reals, let fakes { "\(reals) real, \(fakes) fake" } else { "\(clips) clips" }
  }
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
  /// Of the full dataset by official split, where that is known.
  package var expectedSplits: [String: ExpectedCounts] = [:]
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

  /// One warning for all clips that have the same thing wrong with them; none when there are none.
  mutating func warn(_ paths: [String], _ message: String) {
    guard let first = paths.min() else { return }
    warn(first, message + Self.others(paths))
  }

  /// One error for all clips that have the same thing wrong with them; none when there are none.
  mutating func fail(_ paths: [String], _ message: String) {
    guard let first = paths.min() else { return }
    fail(first, message + Self.others(paths))
  }

  private static func others(_ paths: [String]) -> String {
    guard paths.count > 1 else { return "" }
    let named = paths.sorted().dropFirst().prefix(2).joined(separator: ", ")
    return " (and \(paths.count - 1) more: \(named)\(paths.count > 3 ? ", ..." : ""))"
  }
}
