private import Records

/// Pictures that are drawn together, in turns.
struct DrawCell {
  static let stage = "train-order"

  let name: String
  /// Indices of the pictures; never empty.
  let members: [Int]
  /// Of a group's draws the cell gets this part of the sum of all its cells' weights.
  let weight: Int

  /// Draws `range` of an endless row of shuffled passes through the cell.
  func draws(_ range: Range<Int>, seed: UInt64) -> [EpochOrder.Draw] {
    var result: [EpochOrder.Draw] = []
    var pass = -1
    var order: [Int] = []
    for draw in range {
      if draw / members.count != pass {
        pass = draw / members.count
        order = members
        var random = KeyedRandom(seed: seed, key: "\(name) pass \(pass)", stage: Self.stage)
        random.shuffle(&order)
      }
      result.append(EpochOrder.Draw(index: order[draw % members.count], pass: pass))
    }
    return result
  }
}

/// Cells that share a fixed number of an epoch's draws.
struct DrawGroup {
  /// Of the draws of all epochs.
  enum Part {
    /// So many an epoch.
    case all(Int)
    /// Half of so many an epoch: what one epoch of an odd length rounds off, the next makes up for.
    case lowerHalf(Int)
    case upperHalf(Int)
  }

  let cells: [DrawCell]
  let part: Part

  /// Draws of the first `epochs` epochs.
  private func drawn(_ epochs: Int) -> Int {
    switch part {
    case .all(let count): epochs * count
    case .lowerHalf(let count): epochs * count / 2
    case .upperHalf(let count): epochs * count - epochs * count / 2
    }
  }

  /// The group's draws of one epoch, cell after cell.
  func draws(epoch: Int, seed: UInt64) -> [EpochOrder.Draw] {
    if cells.count == 1 { return cells[0].draws(drawn(epoch)..<drawn(epoch + 1), seed: seed) }
    var starts = [Int](repeating: 0, count: cells.count)
    for earlier in 0..<epoch {
      for (cell, size) in sizes(epoch: earlier, seed: seed).enumerated() { starts[cell] += size }
    }
    return zip(cells, zip(starts, sizes(epoch: epoch, seed: seed))).flatMap { cell, part in
      cell.draws(part.0..<part.0 + part.1, seed: seed)
    }
  }

  /// Draws of each cell in one epoch: its share, rounded up or down by chance, so that all together are exact.
  private func sizes(epoch: Int, seed: UInt64) -> [Int] {
    let names = cells.map(\.name).joined(separator: "\n")
    var random = KeyedRandom(seed: seed, key: "epoch \(epoch) of\n\(names)", stage: DrawCell.stage)
    let count = Double(drawn(epoch + 1) - drawn(epoch))
    let offset = random.uniform()
    let sum = Double(cells.reduce(0) { $0 + $1.weight })
    var before = 0
    return cells.map { cell in
      func rounded(_ weight: Int) -> Int { Int((count * (Double(weight) / sum) + offset).rounded(.down)) }
      defer { before += cell.weight }
      return rounded(before + cell.weight) - rounded(before)
    }
  }
}
