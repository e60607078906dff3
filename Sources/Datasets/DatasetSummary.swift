package import Records

/// A scan in numbers and plain words: what the `datasets` verb shows.
package struct DatasetSummary: Codable, Hashable, Sendable {
  /// Clips that have one thing in common: an official split, a method, a compression, a role.
  package struct Count: Codable, Hashable, Sendable {
    /// The split (`train`, `validation`, `test`, or `none` where the dataset does not say), method, compression or role.
    package var name: String
    package var reals: Int
    package var fakes: Int
    /// Of the full dataset, where that is known.
    package var expected: ExpectedCounts?

    var text: String {
      "\(reals) real, \(fakes) fake" + (expected.map { " (full set: \($0.text))" } ?? "")
    }
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
  package var splits: [Count]
  /// Fakes by method, sorted; empty where no method is known.
  package var methods: [Count]
  /// By compression, sorted; empty where none is known.
  package var compressions: [Count]
  /// By role; empty where every clip is for training, which a pipeline may say otherwise.
  package var roles: [Count]
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
    fakes = scan.sources.count - reals
    let bySplit = Self.counts(scan.sources) { $0.officialSplit ?? "none" }
    splits = ["train", "validation", "test", "none"].compactMap { name in
      guard var count = bySplit.first(where: { $0.name == name }) else { return nil }
      count.expected = scan.expectedSplits[name]
      return count
    }
    methods = Self.counts(scan.sources) { $0.label == .fake ? $0.method : nil }
    compressions = Self.counts(scan.sources, by: \.compression)
    let byRole = Self.counts(scan.sources, by: \.role.rawValue)
    roles = byRole.map(\.name) == [Role.train.rawValue] ? [] : byRole
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
    rows.append(Row(name: "input", value: input == .face ? "face: ready crops" : "frame: the face is to be found"))
    if let domain { rows.append(Row(name: "domain", value: domain)) }
    let full = expected.map { " (full set: \($0.text))" } ?? ""
    rows.append(Row(name: "found", value: "\(reals + fakes): \(reals) real, \(fakes) fake\(full)"))
    let isSplit = splits.contains { $0.name != "none" }
    for (kind, counts) in [
      ("split", isSplit ? splits : []), ("method", methods), ("compression", compressions), ("role", roles),
    ] {
      rows += counts.map { Row(name: "  \(kind) \($0.name)", value: $0.text) }
    }
    rows.append(Row(name: "missing", value: Self.listing(missing, "that a list or a fake names")))
    rows.append(Row(name: "unexpected", value: Self.listing(unexpected, "without a label, left out")))
    rows += notes.map { Row(name: "read", value: $0) }
    rows += problems.map {
      Row(name: $0.severity.rawValue, value: $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)")
    }
    return rows
  }

  /// Sources by what `value` says of them, sorted by name; those of which it says nothing are not counted.
  private static func counts(_ sources: [Source], by value: (Source) -> String?) -> [Count] {
    var counts: [String: Count] = [:]
    for source in sources {
      guard let name = value(source) else { continue }
      counts[name, default: Count(name: name, reals: 0, fakes: 0)].reals += source.label == .real ? 1 : 0
      counts[name]?.fakes += source.label == .fake ? 1 : 0
    }
    return counts.values.sorted { $0.name < $1.name }
  }

  /// The number and the first few of some paths.
  private static func listing(_ paths: [String], _ what: String) -> String {
    guard !paths.isEmpty else { return "none" }
    return "\(paths.count) \(what): \(paths.prefix(3).joined(separator: ", "))\(paths.count > 3 ? ", ..." : "")"
  }
}
