private import Records

/// How well each variable of a table, and all of them together, predict the label.
///
/// A pure function of the table and the seed: neither order of items nor the number of threads has a part in it.
package struct ShortcutAudit: Codable, Hashable, Sendable {
  /// Fewest groups of either class that an interval means something for.
  package static let fewestGroups = 6
  /// The lower end of an interval above which a variable is warned of, unless another limit is given.
  package static let warningLimit = 0.7

  package var items: Int
  package var realGroups: Int
  package var fakeGroups: Int
  /// Strongest first; of equal areas in the order of the table.
  package var variables: [ShortcutFinding] = []
  /// All variables at once; `nil` where a class has fewer than two groups, or no variable varies.
  package var together: ShortcutFinding?
  /// The same with labels shuffled among groups: what a table that tells nothing looks like.
  package var control: ShortcutFinding?
  /// Variables that have one value, or none, everywhere.
  package var constant: [String] = []
  /// What could not be told, and why.
  package var remarks: [String] = []

  /// - Parameters:
  ///   - replicates: bootstrap draws of each interval.
  package init(_ table: ShortcutTable, seed: UInt64 = 0, replicates: Int = 400) throws(ShortcutsError) {
    items = table.items.count
    realGroups = table.groupCount(of: .real)
    fakeGroups = table.groupCount(of: .fake)
    guard realGroups > 0, fakeGroups > 0 else {
      let missing = items == 0 ? "nothing was found" : realGroups == 0 ? "all are fake" : "all are real"
      remarks.append("no area under the curve: \(missing), and one class has nothing to be told from")
      return
    }
    let binnings = table.variables.map { Binning($0, observations: table.observations) }
    let varying = table.variables.indices.filter { binnings[$0].count > 1 }
    constant = table.variables.indices.filter { binnings[$0].count < 2 }.map { table.variables[$0].name }.sorted()
    let folds = GroupFolds(table, seed: seed)
    if folds == nil {
      remarks.append("categories and all variables together are not judged: that takes two groups of each class")
    }
    let measures = AuditMeasures(table: table, folds: folds)
    var columns: [AuditMeasures.Column] = []
    for index in varying { columns += try measures.readings(table.variables[index], binnings[index]) }
    for variable in AuditMeasures.presenceVariables(table.variables) {
      columns.append(
        measures.category(
          variable, Binning(variable, observations: table.observations), kind: .presence))
    }
    if let folds, !varying.isEmpty {
      let chosen = varying.map { binnings[$0] }
      columns.append(measures.together(chosen, folds, name: "all together"))
    }
    var draws: [GroupBootstrap.Draws] = []
    if min(realGroups, fakeGroups) >= Self.fewestGroups {
      draws = GroupBootstrap(table: table, replicates: replicates, seed: seed).draws(columns.map(\.levelled))
    } else {
      remarks.append(
        "no intervals: they take \(Self.fewestGroups) groups of each class, and there are \(realGroups) of reals and "
          + "\(fakeGroups) of fakes; values alone prove nothing")
    }
    var findings = columns.enumerated().map { index, column in
      measures.finding(column, draws: draws.isEmpty ? nil : draws[index])
    }
    if findings.last?.kind == .together { together = findings.popLast() }
    // Of a number that can be read in two ways, the one that tells more is told.
    let strongest = Dictionary(findings.map { ($0.name, $0) }) { Self.isStronger($1, $0) ? $1 : $0 }
    let places = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    variables = strongest.values.sorted { left, right in
      Self.isStronger(left, right)
        || (!Self.isStronger(right, left) && (places[left.name] ?? 0) < (places[right.name] ?? 0))
    }
    if together != nil {
      control = Self.control(table, varying.map { binnings[$0] }, seed: seed, replicates: replicates)
    }
  }

  /// The variables that are warned of, and all together where no single one is.
  package func warnings(above limit: Double = warningLimit) -> [ShortcutFinding] {
    let single = variables.filter { $0.exceeds(limit) }
    return single.isEmpty ? [together].compactMap(\.self).filter { $0.exceeds(limit) } : single
  }

  /// The variables whose area is above `limit`, by chance or not: their groups are too few to tell.
  package func doubts(above limit: Double = warningLimit) -> [ShortcutFinding] {
    variables.filter { !$0.exceeds(limit) && ($0.areaUnderCurve ?? 0) > limit }
  }

  private static func isStronger(_ left: ShortcutFinding, _ right: ShortcutFinding) -> Bool {
    (left.areaUnderCurve ?? -1) > (right.areaUnderCurve ?? -1)
  }

  private static func control(
    _ table: ShortcutTable, _ binnings: [Binning], seed: UInt64, replicates: Int
  ) -> ShortcutFinding? {
    let shuffled = table.shuffled(seed: seed)
    guard let folds = GroupFolds(shuffled, seed: seed) else { return nil }
    let measures = AuditMeasures(table: shuffled, folds: folds)
    let column = measures.together(binnings, folds, name: "labels shuffled")
    let isEnough =
      min(shuffled.groupCount(of: .real), shuffled.groupCount(of: .fake)) >= fewestGroups
    let draws =
      isEnough
      ? GroupBootstrap(table: shuffled, replicates: replicates, seed: seed).draws([column.levelled]).first : nil
    return measures.finding(column, draws: draws)
  }
}
