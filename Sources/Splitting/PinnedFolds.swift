private import Records

/// A split that was made before, read from a table.
package struct PinnedSplit: Hashable, Sendable {
  /// Names of cells, in order.
  package private(set) var cells: [String]
  /// What each fold does with a cell, by cell.
  private(set) var roles: [String: [FoldRole]]
  package private(set) var foldCount: Int
  private var cellOfName: [String: String] = [:]
  package var count: Int { cellOfName.count }

  /// Reads a table with a header: `sample` or a name of videos, then `fold-0`, `fold-1` … and perhaps `cell`, as dfprep
  /// writes it; or `split` (train, validation, test); or `fold`, a number.
  ///
  /// - Throws: `bad-input` for another header, and for a name or a cell with two roles.
  package init(_ records: [[String]], name: String) throws(SplittingError) {
    func refuse(_ what: String) -> SplittingError { SplittingError(code: .badInput, message: "\(name): \(what)") }
    guard let header = records.first?.map({ $0.lowercased() }) else { throw refuse("the table is empty") }
    let nameColumns = ["sample", "path", "video", "source", "file", "filename", "name"]
    guard let nameColumn = nameColumns.compactMap({ header.firstIndex(of: $0) }).first else {
      throw refuse("no column names a sample or video (\(nameColumns.joined(separator: ", ")))")
    }
    let foldColumns = header.indices.filter { header[$0].wholeMatch(of: /fold-\d+/) != nil }
    let cellColumn = header.firstIndex(of: "cell")
    let splitColumn = header.firstIndex(of: "split")
    let foldColumn = header.firstIndex(of: "fold")
    (cells, roles, foldCount) = ([], [:], foldColumns.count)
    for (line, record) in records.enumerated().dropFirst() where record != [""] {
      guard record.count == header.count else { throw refuse("record \(line + 1) has \(record.count) fields") }
      let cell: String
      var rolesOfCell: [FoldRole]?
      if !foldColumns.isEmpty {
        let texts = foldColumns.map { record[$0] }
        var found: [FoldRole] = []
        for text in texts {
          guard let role = FoldRole(rawValue: text) else {
            throw refuse("record \(line + 1): '\(text)' is none of training, validation, left-out")
          }
          found.append(role)
        }
        cell = cellColumn.map { record[$0] } ?? texts.joined(separator: "-")
        rolesOfCell = found
      } else if let splitColumn {
        switch record[splitColumn].lowercased() {
        case "train", "training": cell = "train"
        case "val", "valid", "validation": cell = "validation"
        case "test", "left-out", "": cell = "test"
        default: throw refuse("record \(line + 1): '\(record[splitColumn])' is none of train, validation, test")
        }
      } else if let foldColumn {
        guard let number = Int(record[foldColumn]), number >= 0 else {
          throw refuse("record \(line + 1): fold '\(record[foldColumn])' is no number")
        }
        cell = number < 10 ? "0\(number)" : "\(number)"
      } else {
        throw refuse("no column says who trains on what: `fold-0` …, `split` or `fold`")
      }
      if let rolesOfCell, let before = roles.updateValue(rolesOfCell, forKey: cell), before != rolesOfCell {
        throw refuse("record \(line + 1): cell \(cell) had other roles before")
      }
      let key = VideoName.withForwardSlashes(record[nameColumn])
      if let before = cellOfName.updateValue(cell, forKey: key), before != cell {
        throw refuse("\(key) is in \(before) and in \(cell)")
      }
    }
    cells = Set(cellOfName.values).sorted()
    guard foldColumns.isEmpty else { return }
    if splitColumn != nil {
      foldCount = cells.contains("validation") ? 1 : 0
      roles = ["train": [.training], "validation": [.validation], "test": [.leftOut]]
    } else {
      foldCount = cells.count
      let all = cells
      roles = Dictionary(all.map { cell in (cell, all.map { $0 == cell ? .validation : .training }) }) { first, _ in
        first
      }
    }
  }

  /// The cell of an item: by its key, its video with and without dataset, folders and extension.
  func cell(of item: FoldItem) -> String? {
    if let cell = cellOfName[item.key] { return cell }
    guard !item.video.isEmpty else { return nil }
    let path = item.dataset.isEmpty ? item.video : String(item.video.dropFirst(item.dataset.count + 1))
    for name in [item.video, path, String(path.split(separator: "/").last ?? ""), VideoName.stem(path)] {
      if let cell = cellOfName[name] { return cell }
    }
    return nil
  }

  /// Cells that newcomers may be put in: those that a fold validates on, or where there are none that one trains on.
  var homes: [String] {
    if foldCount <= 1 { return cells.filter { roles[$0]?.first != .leftOut } }
    let validated = cells.filter { roles[$0]?.contains(.validation) ?? false }
    return validated.isEmpty ? cells : validated
  }
}

/// Folds that a table names; what it does not name is added, and nothing that it names is moved.
///
/// A newcomer goes where its group is. A group that is all new goes where ``Balance`` puts it, the parts keeping the
/// shares that they have. Where the table tears a group, that is told, and left.
package enum PinnedFolds {
  /// - Throws: `too-few-folds` when none of the items is in the table, or a side of a fold lacks a class.
  package static func plan(
    _ items: [FoldItem], pins: PinnedSplit, minimumGroups: Int = 1
  ) throws(SplittingError) -> FoldPlan {
    let items = items.sorted { $0.key < $1.key }
    try SplittingError.requireDistinct(items.map(\.key))
    let pinned = items.map { pins.cell(of: $0) }
    let known = pinned.count { $0 != nil }
    guard known > 0 else {
      throw SplittingError(
        code: .tooFewFolds, message: "none of the \(items.count) samples is among the \(pins.count) names of the table")
    }
    let homes = pins.homes
    var cellsOfGroup: [String: [String: Int]] = [:]
    for (item, cell) in zip(items, pinned) {
      if let cell { cellsOfGroup[item.group, default: [:]][cell, default: 0] += 1 }
    }
    var homeOfGroup = cellsOfGroup.compactMapValues { cells in
      cells.max {
        (homes.contains($0.key) ? 1 : 0, $0.value, $1.key) < (homes.contains($1.key) ? 1 : 0, $1.value, $0.key)
      }?
      .key
    }
    let placed = place(items, pinned, homes: homes, known: homeOfGroup)
    homeOfGroup.merge(placed) { first, _ in first }
    let newcomers = items.count - known
    var plan = FoldPlan(
      items, cellOf: { pinned[$0] ?? homeOfGroup[items[$0].group] ?? homes[0] },
      folds: (0..<pins.foldCount).map { _ in [] },
      notes: [
        "\(known) samples stay where the table has them, \(newcomers) newcomers were placed (\(placed.count) new groups)"
      ]
    ) { fold, cell in pins.roles[cell]?[fold] ?? .leftOut }
    if let first = plan.straddlingGroups.first {
      plan.notes.append(
        "the table tears \(plan.straddlingGroups.count) groups between training and validation, the first \(first); nothing was moved"
      )
    }
    if pins.foldCount == 0 { plan.notes.append("no folds: the table has nothing to validate on") }
    try FoldCheck.requireBothClasses(
      plan, groups: Set(items.map(\.group)).count, minimumGroups: minimumGroups)
    return plan
  }

  /// Cells for the groups that the table knows nothing of.
  private static func place(
    _ items: [FoldItem], _ pinned: [String?], homes: [String], known: [String: String]
  ) -> [String: String] {
    let fresh = items.filter { known[$0.group] == nil }
    guard !fresh.isEmpty, !homes.isEmpty else { return [:] }
    // What stands in a home already weighs as one group that cannot move.
    let standing = zip(items, pinned).compactMap { item, cell -> FoldItem? in
      guard let cell, homes.contains(cell) else { return nil }
      var item = item
      item.group = "\u{0}\(cell)"
      return item
    }
    let sizes = Dictionary(grouping: standing, by: \.group).mapValues(\.count)
    let shares = homes.map { Double(max(1, sizes["\u{0}\($0)"] ?? 0)) }
    let total = shares.reduce(0, +)
    var problem = BalanceProblem(
      (standing + fresh).sorted { $0.key < $1.key }, stratification: Stratification(), shares: shares.map { $0 / total }
    )
    for index in problem.groups.indices {
      problem.groups[index].pinned = homes.firstIndex { problem.groups[index].name == "\u{0}\($0)" }
    }
    var result: [String: String] = [:]
    for (group, part) in zip(problem.groups, Balance.solve(problem)) where group.pinned == nil {
      result[group.name] = homes[part]
    }
    return result
  }
}
