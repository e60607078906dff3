private import Records

/// Which pictures an epoch sees, in which batches: a function of the labels, the seed and the epoch.
package struct EpochOrder: Sendable {
  private let balance: TrainingOptions.Balance
  private let seed: UInt64
  private let count: Int
  /// Indices of each class; used when classes are balanced.
  private let classes: [[Int]]

  /// - Throws: `unusable-data` with fewer than two pictures, or when a class to be balanced is empty.
  package init(labels: [Int], balance: TrainingOptions.Balance, seed: UInt64) throws(TrainingError) {
    classes = [0, 1].map { label in labels.indices.filter { labels[$0] == label } }
    guard labels.count >= 2, classes[0].count + classes[1].count == labels.count else {
      throw TrainingError(
        .unusableData, "training needs at least 2 pictures, labelled 0 or 1; there are \(labels.count) pictures")
    }
    guard balance == .none || classes.allSatisfy({ !$0.isEmpty }) else {
      throw TrainingError(
        .unusableData,
        "balance: label needs both classes; there are \(classes[0].count) reals and \(classes[1].count) fakes")
    }
    self.balance = balance
    self.seed = seed
    count = labels.count
  }

  /// Indices of the pictures of one epoch, as many as there are pictures.
  package func indices(epoch: Int) -> [Int] {
    var order: [Int]
    switch balance {
    case .none: order = Array(0..<count)
    case .label:
      // Half of all draws so far, rounded down, are reals; so an epoch of odd length is made up for by the next.
      let (before, after) = (epoch * count / 2, (epoch + 1) * count / 2)
      order = draws(of: 0, from: before, count: after - before)
      order += draws(of: 1, from: epoch * count - before, count: count - (after - before))
    }
    shuffle(&order, "epoch \(epoch)")
    return order
  }

  /// The indices of one epoch in the fewest batches of at most `batchSize`, whose sizes differ by at most one.
  package func batches(epoch: Int, batchSize: Int) -> [[Int]] {
    let order = indices(epoch: epoch)
    let batchCount = Self.batchCount(of: count, batchSize: batchSize)
    return (0..<batchCount).map { batch in
      Array(order[count * batch / batchCount..<count * (batch + 1) / batchCount])
    }
  }

  /// Number of batches of an epoch.
  package static func batchCount(of count: Int, batchSize: Int) -> Int { (count + batchSize - 1) / batchSize }

  /// Draws `start ..< start + count` of an endless row of shuffled passes through one class.
  private func draws(of label: Int, from start: Int, count: Int) -> [Int] {
    let members = classes[label]
    var result: [Int] = []
    var pass = -1
    var order: [Int] = []
    for draw in start..<start + count {
      if draw / members.count != pass {
        pass = draw / members.count
        order = members
        shuffle(&order, "class \(label) pass \(pass)")
      }
      result.append(order[draw % members.count])
    }
    return result
  }

  private func shuffle(_ elements: inout [Int], _ key: String) {
    var random = KeyedRandom(seed: seed, key: key, stage: "train-order")
    random.shuffle(&elements)
  }
}
