package import Records

/// A scan in numbers and plain words: what the `datasets` verb shows.
package struct DatasetSummary: Codable, Hashable, Sendable {
  /// Clips of one official split.
  package struct Split: Codable, Hashable, Sendable {
    /// `train`, `validation`, `test`, or `none` where the dataset does not say.
    package var name: String
    package var reals: Int
    package var fakes: Int
  }

  /// One line of a table.
  package struct Row: Codable, Hashable, Sendable {
    package var name: String
    package var value: String
  }

  package var dataset: String
  package var layout: String
  package var root: String
  package var license: String?
  package var domain: String?
  package var input: InputKind
  package var reals: Int
  package var fakes: Int
  /// In the order train, validation, test, none; those with clips.
  package var splits: [Split]
  package var expected: ExpectedCounts?
  package var missing: [String]
  package var unexpected: [String]
  package var notes: [String]
  package var problems: [DatasetProblem]

  package init(_ scan: DatasetScan, declaration: DatasetDeclaration) {
    dataset = scan.dataset
    layout = scan.layout
    root = scan.root
    license = declaration.license
    domain = declaration.domain
    input = declaration.input
    reals = scan.sources.count { $0.label == .real }
    fakes = scan.sources.count { $0.label == .fake }
    splits = ["train", "validation", "test", "none"].compactMap { name in
      let sources = scan.sources.filter { ($0.officialSplit ?? "none") == name }
      guard !sources.isEmpty else { return nil }
      let fakes = sources.count { $0.label == .fake }
      return Split(name: name, reals: sources.count - fakes, fakes: fakes)
    }
    expected = scan.expected
    missing = scan.missing
    unexpected = scan.unexpected
    notes = scan.notes
    problems = scan.problems
  }

  /// The summary as lines of a table, in a fixed order.
  package var rows: [Row] {
    var rows = [Row(name: "layout", value: layout), Row(name: "root", value: root)]
    if let license { rows.append(Row(name: "license", value: license)) }
    let full = expected.map { " (full set: \($0.reals) real, \($0.fakes) fake)" } ?? ""
    rows.append(Row(name: "found", value: "\(reals + fakes): \(reals) real, \(fakes) fake\(full)"))
    rows += splits.map { Row(name: "  split \($0.name)", value: "\($0.reals) real, \($0.fakes) fake") }
    rows.append(Row(name: "missing", value: Self.listing(missing, none: "none")))
    rows.append(Row(name: "unexpected", value: Self.listing(unexpected, none: "none")))
    rows += notes.map { Row(name: "read", value: $0) }
    rows += problems.map {
      Row(name: $0.severity.rawValue, value: $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)")
    }
    return rows
  }

  /// The number and the first few of some paths.
  private static func listing(_ paths: [String], none: String) -> String {
    guard !paths.isEmpty else { return none }
    return "\(paths.count): \(paths.prefix(3).joined(separator: ", "))\(paths.count > 3 ? ", ..." : "")"
  }
}
