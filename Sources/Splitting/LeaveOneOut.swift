private import Records

/// Folds that each validate on one dataset and train on the others: leave one cluster out, the dataset being the cluster.
///
/// Where groups reach over datasets, or a dataset has one class only, that one's rules hold.
package enum LeaveOneDatasetOut {
  /// - Throws: as ``LeaveOneClusterOut/plan(_:options:)``; also where there is one dataset only.
  package static func plan(_ items: [FoldItem], options: FoldOptions = FoldOptions()) throws(SplittingError) -> FoldPlan
  {
    let datasets = Set(items.map(\.dataset)).sorted()
    guard datasets.count > 1 else {
      throw SplittingError(
        code: .tooFewFolds,
        message: "leaving out a dataset takes two at least; there is \(datasets.first ?? "none")")
    }
    let places = Dictionary(datasets.enumerated().map { ($1, $0) }) { first, _ in first }
    var plan = try LeaveOneClusterOut.plan(
      items.map { item in
        var item = item
        item.cluster = places[item.dataset]
        return item
      }, options: options)
    let names = plan.folds.map { fold in
      "fold \(fold.index) leaves out \(fold.clusters.map { datasets[$0] }.joined(separator: ", "))"
    }
    plan.notes = names + plan.notes.map { "\($0) (datasets by number: \(datasets.joined(separator: ", ")))" }
    return plan
  }
}

/// Folds that each validate on the fakes of one method and on reals, and train on the other methods and other reals.
///
/// Groups are shared out among the methods: a group with fakes of one method goes to it, any other where ``Balance`` puts
/// it, labels and methods in proportion. Fold m validates on the reals and the fakes of method m in the groups of m, and
/// trains on what is of no such method in the other groups; the rest it leaves out. Fakes whose method nobody names
/// might be of any, so no fold has them; samples that dfprep made are trained on alone.
package enum LeaveOneMethodOut {
  private enum Kind: Hashable {
    case real, made, unnamed
    case method(Int)
  }

  /// - Throws: `too-few-folds` for fewer than two methods, and where a side of a fold lacks a class.
  package static func plan(_ items: [FoldItem], minimumGroups: Int = 1) throws(SplittingError) -> FoldPlan {
    let items = items.sorted { $0.key < $1.key }
    try SplittingError.requireDistinct(items.map(\.key))
    let methods = Set(items.filter { $0.label == .fake && !$0.isMade }.compactMap(\.method)).sorted()
    guard methods.count > 1 else {
      throw SplittingError(
        code: .tooFewFolds,
        message: "leaving out a method takes two at least; the datasets name \(methods.first ?? "none")")
    }
    let places = Dictionary(methods.enumerated().map { ($1, $0) }) { first, _ in first }
    let kinds = items.map { item -> Kind in
      if item.isMade { return .made }
      if item.label == .real { return .real }
      return item.method.flatMap { places[$0] }.map { .method($0) } ?? .unnamed
    }
    var problem = BalanceProblem(
      items, stratification: Stratification(),
      shares: methods.map { _ in 1 / Double(methods.count) })
    var methodsOfGroup: [String: Set<Int>] = [:]
    for (item, kind) in zip(items, kinds) {
      if case .method(let method) = kind { methodsOfGroup[item.group, default: []].insert(method) }
    }
    for index in problem.groups.indices {
      let own = methodsOfGroup[problem.groups[index].name] ?? []
      if own.count == 1 { problem.groups[index].pinned = own.first }
    }
    let parts = Balance.solve(problem)
    let partOfGroup = Dictionary(zip(problem.groups.map(\.name), parts)) { first, _ in first }

    struct Position: Hashable { var kind: Kind, part: Int }
    let positions = zip(items, kinds).map { Position(kind: $1, part: partOfGroup[$0.group] ?? 0) }
    func rank(_ position: Position) -> (Int, Int, Int) {
      switch position.kind {
      case .method(let method): (method == position.part ? 0 : 2, position.part, method)
      case .real: (1, position.part, 0)
      case .made: (3, position.part, 0)
      case .unnamed: (4, position.part, 0)
      }
    }
    let order = Set(positions + methods.indices.map { Position(kind: .method($0), part: $0) })
      .sorted { rank($0) < rank($1) }
    let names = Dictionary(zip(order, CellNames.numbers(order.count))) { first, _ in first }
    let placeOfName = Dictionary(names.map { ($1, $0) }) { first, _ in first }
    let unnamed = kinds.count { $0 == .unnamed }
    let notes =
      methods.enumerated().map { "fold \($0) leaves out \($1)" }
      + (unnamed > 0 ? ["\(unnamed) fakes are of no named method, and in no fold"] : [])
    let plan = FoldPlan(
      items, cellOf: { names[positions[$0]] ?? "" }, folds: methods.map { _ in [] }, notes: notes
    ) { fold, cell in
      guard let place = placeOfName[cell] else { return .leftOut }
      return switch place.kind {
      case .unnamed: .leftOut
      case .made: place.part == fold ? .leftOut : .training
      case .real: place.part == fold ? .validation : .training
      case .method(let method):
        method == fold ? (place.part == fold ? .validation : .leftOut) : place.part == fold ? .leftOut : .training
      }
    }
    try FoldCheck.requireBothClasses(plan, groups: problem.groups.count, minimumGroups: minimumGroups)
    return plan
  }
}
