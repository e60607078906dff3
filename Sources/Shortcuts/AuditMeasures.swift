private import Evaluation
private import Foundation
internal import Records

/// Turns one variable into counts, and counts into a finding.
struct AuditMeasures {
  /// One variable, ready to be counted.
  struct Column {
    var variable: ShortcutVariable?
    var name: String
    var kind: ShortcutFinding.Kind
    var levelled: LevelledVariable
    /// Area of the values as they are, of all items once.
    var area: Double?
  }

  let table: ShortcutTable
  /// `nil` where there are too few groups for any.
  let folds: GroupFolds?

  private var labels: [Label] { table.items.map(\.label) }

  /// A variable in each way that it may be read: a number as a score, and by its bins, for leaks that have no direction
  /// (942 pixels here, 944 there, among other widths).
  func readings(_ variable: ShortcutVariable, _ binning: Binning) throws(ShortcutsError) -> [Column] {
    guard case .numbers(let numbers) = variable.values else { return [category(variable, binning, kind: .category)] }
    let scores = numbers.map { value in value.flatMap { $0.isFinite ? $0 : nil } }
    let known = scores.indices.filter { scores[$0] != nil }
    let area: Double?
    do {
      area = try RankMetrics.areaUnderCurve(
        scores: known.compactMap { scores[$0] }, labels: known.map { table.items[$0].label })
    } catch { throw ShortcutsError(code: .countMismatch, message: "variable '\(variable.name)': \(error)") }
    let number = Column(
      variable: variable, name: variable.name, kind: .number,
      levelled: LevelledVariable(scores: scores, strata: nil, binning: binning, labels: labels), area: area)
    return area == nil || folds == nil ? [number] : [number, category(variable, binning, kind: .bins)]
  }

  /// A variable by its bins: as the probability of "fake" that the other folds teach for each.
  func category(_ variable: ShortcutVariable, _ binning: Binning, kind: ShortcutFinding.Kind) -> Column {
    let scores: [Double?] = folds.map { OutOfFold.targetEncoded(binning, table, $0) } ?? table.items.map { _ in nil }
    let levelled = LevelledVariable(scores: scores, strata: folds?.foldOfItem, binning: binning, labels: labels)
    return Column(
      variable: variable, name: variable.name, kind: kind, levelled: levelled,
      area: levelled.areaUnderCurve(levelled.counts))
  }

  func together(_ binnings: [Binning], _ folds: GroupFolds, name: String) -> Column {
    let scores: [Double?] = OutOfFold.additive(binnings, table, folds)
    let levelled = LevelledVariable(
      scores: scores, strata: folds.foldOfItem, binning: .one(table.items.count), labels: labels)
    return Column(
      name: name, kind: .together, levelled: levelled, area: levelled.areaUnderCurve(levelled.counts))
  }

  /// For variables that only some items have: whether there is a value. Variables that the same items have share one.
  static func presenceVariables(_ variables: [ShortcutVariable]) -> [ShortcutVariable] {
    var names: [[Bool]: [String]] = [:]
    for variable in variables {
      // Of a category, "none" is one more category.
      guard case .numbers = variable.values else { continue }
      let presence = variable.presence
      if presence.contains(true), presence.contains(false) { names[presence, default: []].append(variable.name) }
    }
    return names.map { presence, names in
      ShortcutVariable(
        "has \(names.sorted().joined(separator: ", "))", .categories(presence.map { $0 ? "yes" : "no" }))
    }.sorted { $0.name < $1.name }
  }

  func finding(_ column: Column, draws: GroupBootstrap.Draws?) -> ShortcutFinding {
    let isLower = column.kind == .number && (column.area ?? 0.5) < 0.5
    let fewest = min(table.groupCount(of: .real), table.groupCount(of: .fake))
    let isNumber = column.kind == .number || column.kind == .bins
    var interval = draws.flatMap { ShortcutInterval($0.areas, groups: fewest, readings: isNumber ? 2 : 1) }
    if column.kind == .number {
      if isLower { interval = interval?.mirrored }
    } else if let area = column.area, let folds {
      interval = interval?.widened(around: area, folds: folds.count)
    }
    let counts = column.levelled.counts
    let presence = column.variable?.presence ?? table.items.map { _ in true }
    let realGroups = groupCount(of: .real, presence)
    let fakeGroups = groupCount(of: .fake, presence)
    let bias = column.levelled.bias(counts, observations: table.observations)
    let information = column.levelled.information(counts) - bias
    // A draw has the bias of the sample it is drawn from, and its own.
    let bitsInterval = draws.flatMap {
      ShortcutInterval($0.information.map { min(1, max(0, $0 - 2 * bias)) }, groups: fewest)
    }
    let isTogether = column.kind == .together
    let share = Double(labels.count { $0 == .fake }) / Double(max(1, labels.count))
    // No variable tells more of the label than there is to tell.
    let labelBits = -[share, 1 - share].reduce(0) { $0 + ($1 > 0 ? $1 * log2($1) : 0) }
    return ShortcutFinding(
      name: column.name, kind: column.kind, areaUnderCurve: column.area.map { isLower ? 1 - $0 : $0 },
      direction: column.kind == .number && column.area != nil ? (isLower ? .higherInReals : .higherInFakes) : nil,
      interval: column.area == nil ? nil : interval, bits: isTogether ? 0 : min(labelBits, max(0, information)),
      bitsInterval: isTogether ? nil : bitsInterval, realGroups: realGroups, fakeGroups: fakeGroups,
      reals: values(of: .real, column.variable), fakes: values(of: .fake, column.variable))
  }

  private func groupCount(of label: Label, _ presence: [Bool]) -> Int {
    table.groups.count { $0.contains { presence[$0] && table.items[$0].label == label } }
  }

  private func values(of label: Label, _ variable: ShortcutVariable?) -> ShortcutFinding.ClassValues {
    let members = table.items.indices.filter { table.items[$0].label == label }
    switch variable?.values {
    case .numbers(let values):
      return ShortcutFinding.ClassValues(numbers: members.compactMap { values[$0] }.filter(\.isFinite))
    case .categories(let values):
      return ShortcutFinding.ClassValues(categories: members.map { values[$0] ?? Binning.absent })
    case nil: return ShortcutFinding.ClassValues(count: members.count)
    }
  }
}
