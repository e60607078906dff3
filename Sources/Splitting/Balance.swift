package import Records

/// What a balanced division is made of: groups that stay whole, and what each part should get of them.
package struct BalanceProblem: Sendable {
  /// A group, its samples counted by class and method.
  package struct Group: Hashable, Sendable {
    package var name: String
    /// Samples by stratum; a stratum is an index into ``BalanceProblem/strata``.
    package var counts: [Int: Int]
    /// The part that it must be in, whatever the balance.
    package var pinned: Int?

    package init(name: String, counts: [Int: Int], pinned: Int? = nil) {
      self.name = name
      self.counts = counts
      self.pinned = pinned
    }

    var size: Int { counts.values.reduce(0, +) }
  }

  /// Samples that count as alike.
  package struct Stratum: Hashable, Sendable, Comparable {
    package var label: Label?
    package var method: String

    package init(label: Label?, method: String = "") {
      self.label = label
      self.method = method
    }

    package static func < (left: Stratum, right: Stratum) -> Bool {
      (left.label?.rawValue ?? -1, left.method) < (right.label?.rawValue ?? -1, right.method)
    }
  }

  package var groups: [Group]
  package var strata: [Stratum]
  /// Share of everything that each part should get; sums to 1.
  package var shares: [Double]

  package init(groups: [Group], strata: [Stratum], shares: [Double]) {
    self.groups = groups
    self.strata = strata
    self.shares = shares
  }
}

/// How near a division comes to what was asked for, in samples.
package struct BalanceErrors: Codable, Hashable, Sendable {
  /// Half the sum of the distances of counts from their targets: samples that stand in the wrong part.
  package var label: Double
  package var method: Double
  package var size: Double
}

/// Puts whole groups into parts so that no group is torn and classes, methods and sizes come near their shares.
///
/// With `n(p, v)` the samples of value v in part p and `t(p, v)` the share of p times all samples of v, it makes
///
///     4 sum (n - t)^2 over labels + 2 sum (n - t)^2 over methods of a label + sum (n - t)^2 over sizes
///
/// small. First every group, largest first, goes where that sum grows least; then groups move, and change places with
/// groups of nearly their size, for as long as the sum shrinks. Groups are taken by size and name, and of equal parts the
/// first is taken, so the result depends on nothing else.
///
/// No group is ever divided: that is not part of the sum but of the moves.
package struct Balance {
  private static let (labelWeight, methodWeight, sizeWeight) = (4.0, 2.0, 1.0)
  /// Rounds over all groups, and neighbours in size that a group may change places with.
  private static let (rounds, neighbours) = (40, 12)

  private let problem: BalanceProblem
  /// Groups by size, the largest first, then by name.
  private let order: [Int]
  /// The values that a group's samples count for, with their weights, by place in ``order``.
  private let contents: [[(value: Int, count: Double)]]
  private let weights: [Double]
  /// Count less target, by part and value.
  private var excess: [[Double]]
  /// By place in ``order``.
  private var parts: [Int]

  /// The part of each group of `problem`, in the order of its groups.
  ///
  /// - Requires: a share at least, and names that differ.
  package static func solve(_ problem: BalanceProblem) -> [Int] {
    guard problem.shares.count > 1 else { return problem.groups.map { $0.pinned ?? 0 } }
    var balance = Balance(problem)
    balance.deal()
    balance.improve()
    var result = [Int](repeating: 0, count: problem.groups.count)
    for (place, group) in balance.order.enumerated() { result[group] = balance.parts[place] }
    return result
  }

  private init(_ problem: BalanceProblem) {
    self.problem = problem
    let sizes = problem.groups.map(\.size)
    order = problem.groups.indices.sorted {
      (-sizes[$0], problem.groups[$0].name) < (-sizes[$1], problem.groups[$1].name)
    }
    // Values: strata, then labels, then size. A stratum that is all of its label adds nothing to it.
    let labels = Set(problem.strata.map(\.label)).sorted { ($0?.rawValue ?? -1) < ($1?.rawValue ?? -1) }
    let labelOf = problem.strata.map { stratum in labels.firstIndex(of: stratum.label) ?? 0 }
    let strataCount = problem.strata.count
    let hasMethods = labelOf.map { label in labelOf.count { $0 == label } > 1 }
    weights =
      hasMethods.map { $0 ? Self.methodWeight : 0 } + labels.map { _ in Self.labelWeight } + [Self.sizeWeight]
    contents = order.map { index in
      var counts: [Int: Int] = [:]
      for (stratum, count) in problem.groups[index].counts {
        if hasMethods[stratum] { counts[stratum, default: 0] += count }
        counts[strataCount + labelOf[stratum], default: 0] += count
        counts[strataCount + labels.count, default: 0] += count
      }
      return counts.sorted { $0.key < $1.key }.map { (value: $0.key, count: Double($0.value)) }
    }
    var totals = [Double](repeating: 0, count: weights.count)
    for content in contents { for (value, count) in content { totals[value] += count } }
    excess = problem.shares.map { share in totals.map { -share * $0 } }
    parts = [Int](repeating: -1, count: order.count)
  }

  // MARK: - Steps

  private mutating func deal() {
    for place in order.indices {
      if let pinned = problem.groups[order[place]].pinned { put(place, into: pinned) }
    }
    for place in order.indices where parts[place] < 0 {
      put(place, into: problem.shares.indices.min { cost(of: place, in: $0) < cost(of: place, in: $1) } ?? 0)
    }
  }

  private mutating func improve() {
    let movable = order.indices.filter { problem.groups[order[$0]].pinned == nil }
    for _ in 0..<Self.rounds {
      var hasChanged = false
      for (position, place) in movable.enumerated() {
        if move(place) { hasChanged = true }
        if swap(place, among: movable, from: position) { hasChanged = true }
      }
      if !hasChanged { return }
    }
  }

  /// Moves a group to the part where the sum is least.
  private mutating func move(_ place: Int) -> Bool {
    let from = parts[place]
    take(place)
    let best = problem.shares.indices.min { cost(of: place, in: $0) < cost(of: place, in: $1) } ?? from
    let isBetter = cost(of: place, in: best) < cost(of: place, in: from) - 1e-6
    put(place, into: isBetter ? best : from)
    return isBetter
  }

  /// Changes a group's place with the one of its neighbours in size that makes the sum least.
  private mutating func swap(_ place: Int, among movable: [Int], from position: Int) -> Bool {
    var best: (place: Int, change: Double)?
    for other in movable[(position + 1)...].prefix(Self.neighbours) where parts[other] != parts[place] {
      let change = changeBySwapping(place, other)
      if change < (best?.change ?? -1e-6) { best = (other, change) }
    }
    guard let best else { return false }
    let (mine, theirs) = (parts[place], parts[best.place])
    take(place)
    take(best.place)
    put(place, into: theirs)
    put(best.place, into: mine)
    return true
  }

  /// What the sum changes by when two groups of different parts change places.
  private func changeBySwapping(_ first: Int, _ second: Int) -> Double {
    let (one, other) = (parts[first], parts[second])
    let (left, right) = (contents[first], contents[second])
    var (i, j) = (0, 0)
    var change = 0.0
    // Both are sorted by value: what part `one` gains of each is what `other` loses.
    while i < left.count || j < right.count {
      let value = min(i < left.count ? left[i].value : Int.max, j < right.count ? right[j].value : Int.max)
      var gain = 0.0
      if i < left.count, left[i].value == value {
        gain -= left[i].count
        i += 1
      }
      if j < right.count, right[j].value == value {
        gain += right[j].count
        j += 1
      }
      change += weights[value] * (2 * gain * (excess[one][value] - excess[other][value]) + 2 * gain * gain)
    }
    return change
  }

  /// What the sum grows by when a group that is nowhere goes into a part.
  private func cost(of place: Int, in part: Int) -> Double {
    var cost = 0.0
    for (value, count) in contents[place] { cost += weights[value] * (2 * count * excess[part][value] + count * count) }
    return cost
  }

  private mutating func put(_ place: Int, into part: Int) {
    parts[place] = part
    for (value, count) in contents[place] { excess[part][value] += count }
  }

  private mutating func take(_ place: Int) {
    let part = parts[place]
    for (value, count) in contents[place] { excess[part][value] -= count }
  }
}

extension BalanceProblem {
  /// How far a division is from the shares.
  package func errors(of parts: [Int]) -> BalanceErrors {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: strata.count), count: shares.count)
    for (group, part) in zip(groups, parts) { for (stratum, count) in group.counts { counts[part][stratum] += count } }
    func distance(_ strataSets: [[Int]]) -> Double {
      var sum = 0.0
      for members in strataSets {
        let inPart = counts.map { count in members.reduce(0) { $0 + count[$1] } }
        let total = Double(inPart.reduce(0, +))
        for (count, share) in zip(inPart, shares) { sum += abs(Double(count) - share * total) }
      }
      return sum / 2
    }
    let labels = Dictionary(grouping: strata.indices) { strata[$0].label }.values.sorted { $0[0] < $1[0] }
    return BalanceErrors(
      label: distance(labels), method: distance(strata.indices.map { [$0] }), size: distance([Array(strata.indices)]))
  }

  /// Random division, by nothing but sizes: groups in an order drawn from `seed` go where most is wanting.
  package func random(seed: UInt64) -> [Int] {
    var places = groups.indices.sorted { groups[$0].name < groups[$1].name }
    var random = KeyedRandom(seed: seed, key: "", stage: "random-split")
    random.shuffle(&places)
    let total = Double(groups.reduce(0) { $0 + $1.size })
    var wanting = shares.map { $0 * total }
    var parts = [Int](repeating: 0, count: groups.count)
    for place in places {
      let part = groups[place].pinned ?? wanting.indices.max { (wanting[$0], -$0) < (wanting[$1], -$1) } ?? 0
      parts[place] = part
      wanting[part] -= Double(groups[place].size)
    }
    return parts
  }
}
