package import Records

/// What a split needs to know of one training sample.
package struct FoldItem: Codable, Hashable, Sendable {
  package var key: String
  /// See ``GroupAssignment``.
  package var group: String
  package var label: Label
  /// `nil` where the sample was not clustered.
  package var cluster: Int?
  /// Name of the manipulation; `nil` for reals and where nobody says.
  package var method: String?
  package var dataset: String
  /// ``Sample/sourceName``.
  package var video: String
  /// Whether dfprep made the sample.
  package var isMade: Bool

  package init(
    key: String, group: String, label: Label, cluster: Int? = nil, method: String? = nil, dataset: String = "",
    video: String = "", isMade: Bool = false
  ) {
    self.key = key
    self.group = group
    self.label = label
    self.cluster = cluster
    self.method = method
    self.dataset = dataset
    self.video = video
    self.isMade = isMade
  }

  package init(_ sample: Sample, group: String, cluster: Int? = nil) {
    self.init(
      key: sample.key, group: group, label: sample.label, cluster: cluster, method: sample.method,
      dataset: sample.dataset, video: sample.sourceName, isMade: sample.isMade)
  }
}

/// Samples that are on the same side in every fold: what one series of shards holds.
package struct FoldCell: Codable, Hashable, Sendable {
  package var name: String
  /// Sorted.
  package var keys: [String]
}

/// What one side of a fold has.
package struct SideCounts: Codable, Hashable, Sendable {
  package var reals = 0
  package var fakes = 0
  /// Groups with at least one real, and with at least one fake, on this side.
  package var realGroups = 0
  package var fakeGroups = 0

  package var samples: Int { reals + fakes }
  /// 0 without samples.
  package var fakeShare: Double { samples == 0 ? 0 : Double(fakes) / Double(samples) }
}

/// What a fold does with a sample.
package enum FoldRole: String, Codable, Hashable, Sendable {
  case training, validation
  case leftOut = "left-out"
}

/// One division into what an expert trains on and what it is validated on.
package struct Fold: Codable, Hashable, Sendable {
  package var index: Int
  /// Clusters that this fold validates on; empty for an official split.
  package var clusters: [Int]
  /// Names of cells, in order.
  package var trainingCells: [String]
  package var validationCells: [String]
  package var training: SideCounts
  package var validation: SideCounts
  /// Samples on neither side.
  package var leftOut: Int

  package func role(ofCell name: String) -> FoldRole {
    trainingCells.contains(name) ? .training : validationCells.contains(name) ? .validation : .leftOut
  }
}

/// The cells that samples are written in, and the folds made of them.
package struct FoldPlan: Codable, Hashable, Sendable {
  /// In order of the names of cells.
  package var cells: [FoldCell]
  package var folds: [Fold]
  /// Groups on both sides of some fold, sorted: always empty but for official splits.
  package var straddlingGroups: [String]
  /// What the plan did that the user should know, such as clusters joined.
  package var notes: [String]

  /// Puts `items` in the cells that `cell` names, with the sides that `role` gives each cell in each fold.
  ///
  /// - Requires: `items` sorted by key.
  init(
    _ items: [FoldItem], cellOf cell: (Int) -> String, folds foldClusters: [[Int]], notes: [String],
    role: (_ fold: Int, _ cell: String) -> FoldRole
  ) {
    let members = Dictionary(grouping: items.indices, by: cell).sorted { $0.key < $1.key }
    cells = members.map { name, indices in FoldCell(name: name, keys: indices.map { items[$0].key }) }
    var straddling = Set<String>()
    var folds: [Fold] = []
    for (index, clusters) in foldClusters.enumerated() {
      var sides: [FoldRole: Side] = [:]
      var cells: [FoldRole: [String]] = [:]
      for (name, indices) in members {
        let role = role(index, name)
        cells[role, default: []].append(name)
        for item in indices { sides[role, default: Side()].add(items[item]) }
      }
      let (training, validation) = (sides[.training] ?? Side(), sides[.validation] ?? Side())
      straddling.formUnion(training.groups.intersection(validation.groups))
      folds.append(
        Fold(
          index: index, clusters: clusters, trainingCells: cells[.training] ?? [],
          validationCells: cells[.validation] ?? [],
          training: training.counts, validation: validation.counts, leftOut: sides[.leftOut]?.counts.samples ?? 0))
    }
    self.folds = folds
    self.notes = notes
    straddlingGroups = straddling.sorted()
  }

  /// All samples in one cell, "00", and no fold: for data that cannot be divided.
  ///
  /// - Throws: for two items of one key.
  package static func undivided(_ items: [FoldItem], note: String) throws(SplittingError) -> FoldPlan {
    let items = items.sorted { $0.key < $1.key }
    try SplittingError.requireDistinct(items.map(\.key))
    return FoldPlan(items, cellOf: { _ in "00" }, folds: [], notes: [note]) { _, _ in .leftOut }
  }

  /// `folds.csv`: columns `sample, group, cluster, cell, fold-0, fold-1 ...`, a record per sample in key order under a
  /// header.
  ///
  /// A fold's column says `training`, `validation` or `left-out`; the cluster of an unclustered sample is empty.
  ///
  /// - Throws: when `items` are not the samples that the plan was made of.
  package func records(_ items: [FoldItem]) throws(SplittingError) -> [[String]] {
    var cellNames: [String: String] = [:]
    for cell in cells { for key in cell.keys { cellNames[key] = cell.name } }
    var roles: [String: [String]] = [:]
    for cell in cells { roles[cell.name] = folds.map { $0.role(ofCell: cell.name).rawValue } }
    guard cellNames.count == items.count else {
      throw SplittingError(
        code: .unknownSample, message: "the plan has \(cellNames.count) samples, the table \(items.count)")
    }
    var records = [["sample", "group", "cluster", "cell"] + folds.map { "fold-\($0.index)" }]
    for item in items.sorted(by: { $0.key < $1.key }) {
      guard let cell = cellNames[item.key] else {
        throw SplittingError(code: .unknownSample, message: "\(item.key) is in no cell of the plan")
      }
      records.append([item.key, item.group, item.cluster.map { "\($0)" } ?? "", cell] + (roles[cell] ?? []))
    }
    return records
  }

  /// Counts of a side while it is filled.
  private struct Side {
    var counts = SideCounts()
    var realGroups = Set<String>()
    var fakeGroups = Set<String>()
    var groups: Set<String> { realGroups.union(fakeGroups) }

    mutating func add(_ item: FoldItem) {
      switch item.label {
      case .real:
        counts.reals += 1
        realGroups.insert(item.group)
      case .fake:
        counts.fakes += 1
        fakeGroups.insert(item.group)
      }
      (counts.realGroups, counts.fakeGroups) = (realGroups.count, fakeGroups.count)
    }
  }
}
