private import Records

/// What a division keeps in proportion.
package struct Stratification: Codable, Hashable, Sendable {
  package var byLabel: Bool
  package var byMethod: Bool

  package init(byLabel: Bool = true, byMethod: Bool = true) {
    self.byLabel = byLabel
    self.byMethod = byMethod
  }

  func stratum(of item: FoldItem) -> BalanceProblem.Stratum {
    BalanceProblem.Stratum(label: byLabel ? item.label : nil, method: byMethod ? item.method ?? "" : "")
  }
}

/// Folds of nearly equal parts, each validating on one part: groups whole, in proportion or drawn.
package enum BalancedFolds {
  /// How groups come into parts.
  package enum Manner: Hashable, Sendable {
    /// In proportion, by ``Balance``.
    case stratified(Stratification)
    /// Drawn, by ``BalanceProblem/random(seed:)``.
    case random(seed: UInt64)
  }

  /// - Parameters:
  ///   - items: training samples alone, in any order.
  ///   - count: folds.
  ///   - minimumGroups: groups of each class that each side of each fold must have.
  /// - Throws: `too-few-folds` when a side of a fold lacks a class, and for two items of one key.
  package static func plan(
    _ items: [FoldItem], count: Int, manner: Manner, minimumGroups: Int = 1
  ) throws(SplittingError) -> FoldPlan {
    guard count > 1 else {
      throw SplittingError(code: .badOption, message: "at least 2 folds must be asked for, not \(count)")
    }
    let items = items.sorted { $0.key < $1.key }
    try SplittingError.requireDistinct(items.map(\.key))
    let stratification: Stratification
    switch manner {
    case .stratified(let asked): stratification = asked
    case .random: stratification = Stratification(byLabel: true, byMethod: false)
    }
    let problem = BalanceProblem(
      items, stratification: stratification, shares: [Double](repeating: 1 / Double(count), count: count))
    let parts: [Int]
    switch manner {
    case .stratified: parts = Balance.solve(problem)
    case .random(let seed): parts = problem.random(seed: seed)
    }
    let partOfGroup = Dictionary(zip(problem.groups.map(\.name), parts)) { first, _ in first }
    let names = CellNames.numbers(count)
    let plan = FoldPlan(
      items, cellOf: { names[partOfGroup[items[$0].group] ?? 0] }, folds: names.map { _ in [] },
      notes: [problem.note(of: parts)]
    ) { fold, cell in cell == names[fold] ? .validation : .training }
    try FoldCheck.requireBothClasses(plan, groups: problem.groups.count, minimumGroups: minimumGroups)
    return plan
  }
}

extension BalanceProblem {
  /// The groups of `items`, by name.
  package init(_ items: [FoldItem], stratification: Stratification, shares: [Double]) {
    let strata = Set(items.map(stratification.stratum)).sorted()
    let places = Dictionary(strata.enumerated().map { ($1, $0) }) { first, _ in first }
    var counts: [String: [Int: Int]] = [:]
    for item in items {
      counts[item.group, default: [:]][places[stratification.stratum(of: item)] ?? 0, default: 0] += 1
    }
    self.init(
      groups: counts.sorted { $0.key < $1.key }.map { Group(name: $0.key, counts: $0.value) }, strata: strata,
      shares: shares)
  }

  /// How near the division comes, in words.
  func note(of parts: [Int]) -> String {
    let errors = errors(of: parts)
    let total = groups.reduce(0) { $0 + $1.size }
    func text(_ value: Double) -> String { "\(Int(value.rounded()))" }
    return "of \(total) samples in \(groups.count) groups, beside their shares of labels: \(text(errors.label)), "
      + "of methods: \(text(errors.method)), of sizes: \(text(errors.size))"
  }
}

/// Names of cells.
enum CellNames {
  /// `00`, `01` …, as wide as the last needs and at least two digits.
  static func numbers(_ count: Int) -> [String] {
    let width = max(2, String(max(0, count - 1)).count)
    return (0..<count).map { number in
      let digits = String(number)
      return String(repeating: "0", count: width - digits.count) + digits
    }
  }
}

/// What folds must have to be of use.
enum FoldCheck {
  /// - Throws: `too-few-folds` for the first side of a fold that lacks a class.
  static func requireBothClasses(_ plan: FoldPlan, groups: Int, minimumGroups: Int) throws(SplittingError) {
    for fold in plan.folds {
      for (side, name) in [(fold.validation, "validate"), (fold.training, "train")]
      where min(side.realGroups, side.fakeGroups) < minimumGroups {
        throw SplittingError(
          code: .tooFewFolds,
          message: """
            fold \(fold.index) has \(side.realGroups) groups with reals and \(side.fakeGroups) with fakes to \(name) \
            on, at least \(minimumGroups) of each are needed; there are \(groups) groups for \(plan.folds.count) folds
            """)
      }
    }
  }
}
