private import Records

/// What to do with a sample whose cluster is not its group's.
package enum ConflictRule: String, Codable, Hashable, Sendable, CaseIterable {
  /// Left out of the folds that it would tear its group between.
  case purge
  /// Goes with its group, as if it were of the group's cluster.
  case move
}

/// How folds are made from clusters.
package struct FoldOptions: Codable, Hashable, Sendable {
  package var conflict: ConflictRule
  /// Groups with reals, and groups with fakes, that each side of each fold must have.
  package var minimumGroups: Int

  package init(conflict: ConflictRule = .purge, minimumGroups: Int = 1) {
    self.conflict = conflict
    self.minimumGroups = minimumGroups
  }
}

/// Folds that each validate on one cluster and train on the others, no group on both sides of any.
///
/// Every group belongs to one fold j: the cluster that most of its clustered samples are in (the lowest of equals).
/// Groups without clustered samples are dealt, largest first, each to the fold with the fewest groups of its kind (with
/// or without reals), then the fewest samples, then the lowest number. A sample of cluster i in a group of fold j is in
/// cell (i, j); an unclustered one, and under ``ConflictRule/move`` every one, in (j, j). Fold c validates on (c, c)
/// and trains on the cells with neither i nor j equal to c; the rest it leaves out.
///
/// Where a side of a fold lacks a class, the failing fold that validates on the fewest samples is joined with the other
/// fold that validates on the fewest, and all groups are placed anew, until every fold has what it needs.
///
/// Source: the leave-one-cluster-out idea is JTGroup's of the 2024 Multimedia Deepfake Detection challenge; cells,
/// groups and joining are dfprep's own.
package struct LeaveOneClusterOut {
  private let items: [FoldItem]
  private let options: FoldOptions
  /// Sorted by name.
  private let groups: [GroupContent]

  private struct GroupContent {
    var name: String
    var samples = 0
    var hasReals = false
    var clusters: [Int: Int] = [:]
  }

  /// The plan for `items`, whatever their order.
  ///
  /// - Parameter items: training samples only, held-out ones have no part in a fold.
  /// - Throws: when fewer than two folds have both classes on both sides, or two items have one key.
  package static func plan(_ items: [FoldItem], options: FoldOptions = FoldOptions()) throws(SplittingError) -> FoldPlan
  {
    try LeaveOneClusterOut(items, options).plan()
  }

  private init(_ unsorted: [FoldItem], _ options: FoldOptions) throws(SplittingError) {
    guard options.minimumGroups > 0 else {
      throw SplittingError(
        code: .badOption, message: "at least 1 group of each class must be asked for, not \(options.minimumGroups)")
    }
    items = unsorted.sorted { $0.key < $1.key }
    try SplittingError.requireDistinct(items.map(\.key))
    self.options = options
    var contents: [String: GroupContent] = [:]
    for item in items {
      var content = contents[item.group] ?? GroupContent(name: item.group)
      content.samples += 1
      content.hasReals = content.hasReals || item.label == .real
      if let cluster = item.cluster { content.clusters[cluster, default: 0] += 1 }
      contents[item.group] = content
    }
    groups = contents.values.sorted { $0.name < $1.name }
  }

  private func plan() throws(SplittingError) -> FoldPlan {
    var folds = Set(items.compactMap(\.cluster)).sorted().map { [$0] }
    var notes: [String] = []
    var shortage = "there are no clusters to leave out"
    while folds.count > 1 {
      let plan = plan(folds, notes: notes)
      let bySize = plan.folds.sorted { ($0.validation.samples, $0.index) < ($1.validation.samples, $1.index) }
      guard let failing = bySize.first(where: { self.shortage(of: $0) != nil }),
        let other = bySize.first(where: { $0.index != failing.index })
      else {
        try check(plan)
        return plan
      }
      shortage = self.shortage(of: failing) ?? shortage
      notes.append("clusters \(list(failing.clusters)) joined with \(list(other.clusters)): \(shortage)")
      folds[failing.index] = (folds[failing.index] + folds[other.index]).sorted()
      folds.remove(at: other.index)
      folds.sort { $0[0] < $1[0] }
    }
    let realGroups = groups.count { $0.hasReals }
    let clusterCount = Set(items.compactMap(\.cluster)).count
    throw SplittingError(
      code: .tooFewFolds,
      message: """
        fewer than 2 folds have both classes on both sides: \(shortage). There are \(items.count) samples in \
        \(groups.count) groups (\(realGroups) with reals) and \(clusterCount) clusters. Ask for fewer clusters\
        \(options.minimumGroups > 1 ? " or a smaller `min-groups`" : ""), let fewer kinds of link be hard, or add data
        """)
  }

  private func plan(_ folds: [[Int]], notes: [String]) -> FoldPlan {
    var foldOfCluster: [Int: Int] = [:]
    for (fold, clusters) in folds.enumerated() { for cluster in clusters { foldOfCluster[cluster] = fold } }
    let foldOfGroup = foldOfGroup(foldOfCluster, folds: folds.count)

    let positions = items.map { item in
      let own = foldOfGroup[item.group] ?? 0
      let cluster = options.conflict == .move ? own : item.cluster.flatMap { foldOfCluster[$0] } ?? own
      return Position(cluster: cluster, group: own)
    }
    // The cells that are validated on come first, so that cell 3 is what fold 3 validates on.
    let order = Set(positions).union(folds.indices.map { Position(cluster: $0, group: $0) }).sorted()
    let width = max(2, String(order.count - 1).count)
    var names: [Position: String] = [:]
    var places: [String: Position] = [:]
    for (number, position) in order.enumerated() {
      let digits = String(number)
      let name = String(repeating: "0", count: width - digits.count) + digits
      names[position] = name
      places[name] = position
    }
    return FoldPlan(items, cellOf: { names[positions[$0]] ?? "" }, folds: folds, notes: notes) { fold, cell in
      guard let place = places[cell] else { return .leftOut }
      return switch (place.cluster == fold, place.group == fold) {
      case (true, true): .validation
      case (false, false): .training
      default: .leftOut
      }
    }
  }

  private func foldOfGroup(_ foldOfCluster: [Int: Int], folds: Int) -> [String: Int] {
    var result: [String: Int] = [:]
    var loads = [Load](repeating: Load(), count: folds)
    func place(_ group: GroupContent, _ fold: Int) {
      result[group.name] = fold
      loads[fold].add(group)
    }
    for group in groups where !group.clusters.isEmpty {
      var counts = [Int](repeating: 0, count: folds)
      for (cluster, count) in group.clusters { if let fold = foldOfCluster[cluster] { counts[fold] += count } }
      place(group, counts.indices.max { (counts[$0], -$0) < (counts[$1], -$1) } ?? 0)
    }
    let dealt = groups.filter(\.clusters.isEmpty).sorted { (-$0.samples, $0.name) < (-$1.samples, $1.name) }
    for group in dealt {
      func weight(_ fold: Int) -> (Int, Int, Int) {
        (group.hasReals ? loads[fold].groupsWithReals : loads[fold].groupsWithout, loads[fold].samples, fold)
      }
      place(group, loads.indices.min { weight($0) < weight($1) } ?? 0)
    }
    return result
  }

  /// What groups a fold has been given.
  private struct Load {
    var groupsWithReals = 0
    var groupsWithout = 0
    var samples = 0

    mutating func add(_ group: GroupContent) {
      groupsWithReals += group.hasReals ? 1 : 0
      groupsWithout += group.hasReals ? 0 : 1
      samples += group.samples
    }
  }

  /// A sample's place: the fold of its cluster, and of its group.
  ///
  /// Those where both are one come first.
  private struct Position: Hashable, Comparable {
    var cluster: Int
    var group: Int

    static func < (left: Position, right: Position) -> Bool {
      func order(_ position: Position) -> (Int, Int, Int) {
        (position.cluster == position.group ? 0 : 1, position.cluster, position.group)
      }
      return order(left) < order(right)
    }
  }

  /// What a fold lacks, or `nil`.
  private func shortage(of fold: Fold) -> String? {
    for (side, name) in [(fold.validation, "validate"), (fold.training, "train")]
    where min(side.realGroups, side.fakeGroups) < options.minimumGroups {
      return """
        leaving out \(list(fold.clusters)) gives \(side.realGroups) groups with reals and \(side.fakeGroups) with \
        fakes to \(name) on, at least \(options.minimumGroups) of each are needed
        """
    }
    return nil
  }

  /// What must hold by construction; a plan that breaks it is never given out.
  private func check(_ plan: FoldPlan) throws(SplittingError) {
    let keys = plan.cells.flatMap(\.keys).sorted()
    let counted = plan.folds.allSatisfy { $0.training.samples + $0.validation.samples + $0.leftOut == items.count }
    guard plan.straddlingGroups.isEmpty, counted, keys == items.map(\.key) else {
      throw SplittingError(
        code: .brokenInvariant,
        message:
          "the plan tears groups \(plan.straddlingGroups.prefix(3)) or loses samples: a defect of dfprep, report it"
      )
    }
  }

  private func list(_ clusters: [Int]) -> String { clusters.map { "\($0)" }.joined(separator: ", ") }
}
