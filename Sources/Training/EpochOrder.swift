private import Records

/// Which pictures an epoch sees, in which batches: a function of labels, strata, balance, quotas, seed and epoch.
package struct EpochOrder: Sendable {
  /// One picture of an epoch.
  package struct Draw: Hashable, Sendable {
    package var index: Int
    /// How often the picture has been drawn before, in this epoch and all before it.
    package var pass: Int
  }

  /// Pictures of an epoch.
  package let count: Int
  private let seed: UInt64
  private let groups: [DrawGroup]
  private let isShuffled: Bool

  /// - Parameters:
  ///   - labels: 0 or 1 of each picture.
  ///   - strata: the dataset of each picture; empty where all are of one.
  ///   - balance: `label` draws reals and fakes equally often, `dataset-x-label` within each class all datasets that
  ///     have it, too. Pictures that are drawn together take turns.
  ///   - quotas: pictures of an epoch that are drawn from a dataset, by its name; of others as many as they have. With
  ///     a balance, shares of each class in that proportion.
  ///   - length: pictures of an epoch, whatever there are; 0 for as many as there are. Not with quotas.
  /// - Throws: `unusable-data` with fewer than two pictures, when a class to be balanced is empty, or a quota is of no
  ///   dataset; `unusable-options` for a quota below 1.
  package init(
    labels: [Int], strata: [String] = [], balance: TrainingOptions.Balance, quotas: [String: Int] = [:],
    length: Int = 0,
    seed: UInt64
  ) throws(TrainingError) {
    guard labels.count >= 2, labels.allSatisfy({ $0 == 0 || $0 == 1 }), [0, labels.count].contains(strata.count) else {
      throw TrainingError(
        .unusableData, "training needs at least 2 pictures, labelled 0 or 1; there are \(labels.count) pictures")
    }
    let datasets = Dictionary(grouping: labels.indices) { strata.isEmpty ? "" : strata[$0] }
    let names = datasets.keys.sorted()
    for (name, quota) in quotas.sorted(by: { $0.key < $1.key }) {
      guard datasets[name] != nil else {
        throw TrainingError(
          .unusableData,
          "there is a quota of '\(name)' and no picture of it; the datasets are \(names.joined(separator: ", "))")
      }
      guard quota >= 1 else {
        throw TrainingError(.unusableOptions, "the quota of '\(name)' is \(quota); take 1 or more")
      }
    }
    self.seed = seed
    isShuffled = true
    guard length == 0 || length >= 2 && quotas.isEmpty else {
      throw TrainingError(
        .unusableOptions, "an epoch of \(length) pictures; take 2 or more, or 0 for as many as there are, and no quotas"
      )
    }
    let count = length > 0 ? length : datasets.reduce(0) { $0 + (quotas[$1.key] ?? $1.value.count) }
    self.count = count

    func cell(_ name: String, weight: Int, _ isWanted: (Int) -> Bool) -> DrawCell? {
      let members = labels.indices.filter(isWanted)
      return members.isEmpty ? nil : DrawCell(name: name, members: members, weight: weight)
    }
    func weight(_ name: String) -> Int { quotas[name] ?? datasets[name]?.count ?? 0 }
    func isOf(_ name: String) -> (Int) -> Bool { { strata.isEmpty || strata[$0] == name } }
    switch balance {
    case .none where quotas.isEmpty:
      groups = [DrawGroup(cells: [DrawCell(name: "all", members: Array(labels.indices), weight: 1)], part: .all(count))]
    case .none:
      groups = names.map { name in
        DrawGroup(
          cells: [cell("dataset \(name)", weight: 1, isOf(name))].compactMap(\.self), part: .all(weight(name)))
      }
    case .label, .datasetTimesLabel:
      let isByDataset = balance == .datasetTimesLabel || !quotas.isEmpty
      groups = [0, 1].map { label in
        let cells =
          isByDataset
          ? names.map { name in
            cell("class \(label) of \(name)", weight: quotas.isEmpty ? 1 : weight(name)) {
              labels[$0] == label && isOf(name)($0)
            }
          } : [cell("class \(label)", weight: 1) { labels[$0] == label }]
        return DrawGroup(cells: cells.compactMap(\.self), part: label == 0 ? .lowerHalf(count) : .upperHalf(count))
      }
    }
    guard groups.allSatisfy({ !$0.cells.isEmpty }) else {
      let fakes = labels.reduce(0, +)
      throw TrainingError(
        .unusableData,
        "balance: \(balance.rawValue) needs both classes; there are \(labels.count - fakes) reals and \(fakes) fakes")
    }
  }

  /// Every picture once an epoch, in their own order: to validate.
  package init(inSequence count: Int) {
    self.count = count
    seed = 0
    isShuffled = false
    groups = [DrawGroup(cells: [DrawCell(name: "all", members: Array(0..<count), weight: 1)], part: .all(count))]
  }

  /// Pictures of one epoch, as many as ``count``.
  package func draws(epoch: Int) -> [Draw] {
    guard isShuffled else { return (0..<count).map { Draw(index: $0, pass: epoch) } }
    var order: [Draw] = []
    order.reserveCapacity(count)
    for group in groups { order += group.draws(epoch: epoch, seed: seed) }
    var random = KeyedRandom(seed: seed, key: "epoch \(epoch)", stage: DrawCell.stage)
    random.shuffle(&order)
    return order
  }

  /// The indices of ``draws(epoch:)``.
  package func indices(epoch: Int) -> [Int] { draws(epoch: epoch).map(\.index) }

  /// One epoch in the fewest batches of at most `batchSize`, whose sizes differ by at most one.
  package func batches(epoch: Int, batchSize: Int) -> [[Draw]] {
    let order = draws(epoch: epoch)
    let batchCount = Self.batchCount(of: count, batchSize: batchSize)
    return (0..<batchCount).map { batch in
      Array(order[count * batch / batchCount..<count * (batch + 1) / batchCount])
    }
  }

  /// Number of batches of an epoch.
  package static func batchCount(of count: Int, batchSize: Int) -> Int { (count + batchSize - 1) / batchSize }
}
