private import Engine
private import Evaluation
private import Foundation
private import Records
internal import Splitting

/// Divides a table of anybody's samples: the verb `split`.
package struct TableSplit: Encodable {
  /// One part, as it came out.
  package struct Part: Encodable {
    package var name: String
    package var samples: Int
    package var groups: Int
    package var reals: Int
    package var fakes: Int
    /// Share of all samples, and the one asked for.
    package var share: Double
    package var askedShare: Double
  }

  package private(set) var parts: [Part] = []
  package private(set) var rows: Int
  package private(set) var groups: Int
  package private(set) var largestShare: Double
  /// Samples beside their shares, by what was to be kept in proportion.
  private var errors: BalanceErrors
  /// What came out otherwise than it was asked for, in words.
  package private(set) var notes: [String]
  private let output: String

  /// How the table is divided.
  package struct Options {
    package var folds: Int?
    /// `train`, `validation` and `test`, or as many as there are.
    package var shares: [Double]?
    package var stratify: [String]
    /// Kinds of link that tie rows together; `nil` for the usual ones.
    package var hard: [String]?
    /// Draws instead of balancing.
    package var seed: UInt64?

    package init(folds: Int?, shares: [Double]?, stratify: [String], hard: [String]?, seed: UInt64?) {
      (self.folds, self.shares, self.stratify, self.hard, self.seed) = (folds, shares, stratify, hard, seed)
    }
  }

  /// Reads `input`, divides it, and writes it to `output` with the columns `group`, and `fold` or `split`.
  ///
  /// - Throws: ``ToolError`` with status 64 for a table that cannot be read or options that contradict each other.
  package init(input: String, output: String, options: Options) throws {
    let records: [[String]]
    let table: [SplitRow]
    do {
      records = try CommaSeparatedValues.records(String(contentsOf: URL(filePath: input), encoding: .utf8))
        .filter { $0 != [""] }
      table = try SplitTable.undivided(records, name: URL(filePath: input).lastPathComponent)
    } catch { throw ToolError(.usage, "\((error as? SplittingError)?.message ?? "\(input): \(error)")") }
    guard !table.isEmpty else { throw ToolError(.usage, "\(input) has a header and no rows") }
    let (names, shares) = try Self.parts(options)
    let assignment = try GroupLinks.groups(of: table.map(\.item), hard: try Self.kinds(options.hard))
    let stratification = Stratification(
      byLabel: options.stratify.contains("label"), byMethod: options.stratify.contains("method"))
    let problem = BalanceProblem(
      table.map { row in
        FoldItem(
          key: row.item.key, group: assignment.groups[row.item.key] ?? row.item.family, label: row.label ?? .real,
          method: row.method)
      }, stratification: stratification, shares: shares)
    let largestPart = shares.max() ?? 1
    let isTight = problem.groups.count < names.count || assignment.largestShare > largestPart
    let advice = isTight ? try Self.advice(table, options, parts: names.count, largestPart: largestPart) : ""
    guard problem.groups.count >= names.count else {
      throw ToolError(
        .failed,
        "\(assignment.groupCount) groups cannot be \(names.count) parts. With fewer kinds of link in --groups:\(advice)"
      )
    }
    let places = options.seed.map { problem.random(seed: $0) } ?? Balance.solve(problem)
    let partOfGroup = Dictionary(zip(problem.groups.map(\.name), places)) { first, _ in first }
    self.output = output
    rows = table.count
    groups = assignment.groupCount
    largestShare = assignment.largestShare
    errors = problem.errors(of: places)
    notes = []
    let partOfRow = table.map { partOfGroup[assignment.groups[$0.item.key] ?? ""] ?? 0 }
    parts = names.indices.map { part in
      let members = table.indices.filter { partOfRow[$0] == part }
      return Part(
        name: names[part], samples: members.count, groups: places.count { $0 == part },
        reals: members.count { table[$0].label == .real }, fakes: members.count { table[$0].label == .fake },
        share: Double(members.count) / Double(table.count), askedShare: shares[part])
    }
    if largestShare > largestPart {
      notes.append(
        "the largest group is \(Percent.text(largestShare)) of the rows, more than a part should be. "
          + "With fewer kinds of link in --groups:\(advice)")
    }
    let isLabelled = table.contains { $0.label != nil }
    notes += parts.filter { isLabelled && min($0.reals, $0.fakes) == 0 }.map {
      "part \($0.name) has only \($0.reals == 0 ? "fakes" : "reals")"
    }
    let column = options.folds == nil ? "split" : "fold"
    try Self.write(
      records, groups: table.map { assignment.groups[$0.item.key] ?? "" }, parts: partOfRow.map { names[$0] },
      column: column, to: output)
  }

  package var lines: [String] {
    [
      "\(output): \(rows) rows in \(groups) groups, the largest \(Percent.text(largestShare)); no group is in two parts",
      "rows beside their shares: of labels \(Int(errors.label.rounded())), of methods \(Int(errors.method.rounded())), of sizes \(Int(errors.size.rounded()))",
    ]
  }

  // MARK: - Pieces

  private static func parts(_ options: Options) throws -> (names: [String], shares: [Double]) {
    switch (options.folds, options.shares) {
    case (let folds?, nil):
      guard folds > 1 else { throw ToolError(.usage, "--folds is at least 2") }
      return ((0..<folds).map(String.init), [Double](repeating: 1 / Double(folds), count: folds))
    case (nil, let shares?):
      let total = shares.reduce(0, +)
      guard shares.count > 1, shares.allSatisfy({ $0 > 0 }) else {
        throw ToolError(.usage, "--shares is two numbers or more, all above 0, such as 0.8,0.1,0.1")
      }
      let names = ["train", "validation", "test"]
      return (
        shares.indices.map { $0 < names.count ? names[$0] : "part-\($0)" }, shares.map { $0 / total }
      )
    default: throw ToolError(.usage, "say either --folds or --shares")
    }
  }

  private static func kinds(_ names: [String]?) throws -> Set<LinkKind> {
    guard let names else { return LinkKind.hardByDefault }
    return try Set(
      names.map { name in
        guard let kind = LinkKind(rawValue: name) else {
          throw ToolError(
            .usage,
            "unknown kind of link '\(name)'; there are: \(LinkKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return kind
      })
  }

  /// A line for each kind of link that could be softened.
  private static func advice(
    _ table: [SplitRow], _ options: Options, parts: Int, largestPart: Double
  ) throws -> String {
    try Softening.all(of: table.map(\.item), hard: kinds(options.hard), extraLinks: []) {
      $0.groupCount >= parts && $0.largestShare <= largestPart
    }.map { "\n  without \($0.description)" }.joined()
  }

  private static func write(
    _ records: [[String]], groups: [String], parts: [String], column: String, to output: String
  ) throws {
    let header = records[0]
    // Columns of the same name are replaced.
    let kept = header.indices.filter { !["group", "fold", "split"].contains(header[$0].lowercased()) }
    var result = [kept.map { header[$0] } + ["group", column]]
    result.reserveCapacity(records.count)
    for (index, record) in records.dropFirst().enumerated() {
      result.append(kept.map { record[$0] } + [groups[index], parts[index]])
    }
    try FileSystem.write(Data(CommaSeparatedValues.text(result).utf8), to: URL(filePath: output))
  }
}
