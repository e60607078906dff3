internal import Engine
private import Foundation
internal import Records
private import Reporting
private import Splitting

/// Folds, what crosses them, and other ways to divide the same data.
extension ReportBuilder {
  private static let crossingsOfAKind = 4

  func addFolds() throws {
    try addHardness()
    guard let product = inputs.product(.folds) else { return }
    let plan = try FileSystem.readJSON(FoldPlan.self, from: product.file("folds.json"))
    let facts = try FileSystem.readJSON(SplitFacts.self, from: product.file("groups.json"))
    let cellGroups = Dictionary(
      plan.cells.map { cell in (cell.name, cell.keys.compactMap { facts.groups.groups[$0] }) },
      uniquingKeysWith: { $1 })
    model.folds = plan.folds.map { fold in
      func groups(_ cells: [String]) -> Set<String> { Set(cells.flatMap { cellGroups[$0] ?? [] }) }
      func side(_ groups: Set<String>, _ counts: SideCounts) -> ReportModel.SplitSide {
        .init(real: counts.reals, fake: counts.fakes, groups: groups.count)
      }
      let (training, validation) = (groups(fold.trainingCells), groups(fold.validationCells))
      let used = training.union(validation)
      let leftOut = plan.cells.map(\.name).filter { fold.role(ofCell: $0) == .leftOut }.flatMap { cellGroups[$0] ?? [] }
      let torn = leftOut.count { used.contains($0) }
      return ReportModel.Fold(
        name: "fold \(fold.index)", train: side(training, fold.training),
        validation: side(validation, fold.validation),
        leftOut: [
          .init(name: "whose group has samples on a side that they are not of", count: torn),
          .init(name: "of a part that this fold uses for nothing", count: fold.leftOut - torn),
        ].filter { $0.count > 0 })
    }
    if plan.folds.isEmpty { model.warnings += plan.notes }
    if !plan.straddlingGroups.isEmpty {
      model.warnings.append(
        "\(plan.straddlingGroups.count) groups stand on both sides of a fold, the first: \(plan.straddlingGroups[0])")
    }
    addLeaks(plan, facts)
    try addCrossings(product)
    addViews(plan, groups: facts.groups.groups)
  }

  private func addLeaks(_ plan: FoldPlan, _ facts: SplitFacts) {
    let audits =
      facts.audits.enumerated().map { (place: "fold \($0)", audit: $1) }
      + (facts.heldOut.map { [(place: "held-out test", audit: $0)] } ?? [])
    model.leaks = audits.flatMap { place, audit in
      audit.crossings.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, crossing in
        ReportModel.Leak(
          place: place, kind: kind.rawValue, links: crossing.links, samples: crossing.validationSamples,
          isHard: LinkKind.hardByDefault.contains(kind))
      }
    }
    model.warnings += facts.heldOutWarnings
    let ofFolds = Dictionary(grouping: model.leaks.filter { $0.place.hasPrefix("fold") }, by: \.kind)
    let crossed = ofFolds.sorted { $0.key < $1.key }.map { kind, leaks in
      "\(kind) in \(leaks.count) of \(facts.audits.count) folds, up to \(leaks.map(\.samples).max() ?? 0) validation samples"
    }
    if !crossed.isEmpty {
      model.warnings.append(
        "Links cross folds: \(crossed.joined(separator: "; ")). A kind named among the groups of resplit would hold.")
    }
    guard plan.straddlingGroups.isEmpty else { return }
    let crossing = Set(model.leaks.map(\.kind))
    model.hardLinks = facts.groups.linkedFamilies.filter { !crossing.contains($0.key.rawValue) && $0.value > 0 }
      .sorted { $0.key.rawValue < $1.key.rawValue }.map { .init(name: $0.key.rawValue, count: $0.value) }
  }

  /// The worst of what crosses, with pictures.
  private func addCrossings(_ folds: Product) throws {
    guard !model.leaks.isEmpty else { return }
    let table = try RunSplit.table(
      entries.map(\.sample), folds: folds.file("folds.csv"), links: inputs.products(.links)
    ).table
    let byKey = Dictionary(entries.map { ($0.sample.key, $0) }) { first, _ in first }
    let audit = try SplitAudit(table, exampleCount: 3)
    model.crossings = try CrossingLinks(audit.crossings, of: audit, limit: Self.crossingsOfAKind) { example in
      try byKey[example.key].flatMap(picture)
    }.links
  }

  /// The map under three ways to divide the training samples: by draw, as the datasets say, and by this run.
  private func addViews(_ plan: FoldPlan, groups: [String: String]) {
    guard !mapMembers.isEmpty, let fold = plan.folds.first else { return }
    let shown = mapMembers.map { $0.sample.role == .train ? $0.sample : nil }
    let cells = plan.cellOfKey
    let share =
      Double(fold.validation.samples) / Double(max(1, fold.validation.samples + fold.training.samples))
    let seed = inputs.pipeline.seed
    func isDrawn(_ key: String) -> Bool {
      var random = KeyedRandom(seed: seed, key: key, stage: "random split")
      return random.uniform() < share
    }
    var drawn: [String: Bool] = [:]
    func isGroupDrawn(_ sample: Sample) -> Bool {
      let group = groups[sample.key] ?? sample.family
      if let known = drawn[group] { return known }
      let result = isDrawn(group)
      drawn[group] = result
      return result
    }
    model.splits = [
      .init(
        name: "random", detail: "samples drawn, about as many as fold \(fold.index) validates on",
        isValidation: shown.map { $0.map { isDrawn($0.key) } }),
      .init(
        name: "group-random", detail: "whole groups drawn", isValidation: shown.map { $0.map(isGroupDrawn) }),
    ]
    let official = shown.map { $0?.officialSplit.map { $0 != "train" } }
    if official.contains(true), official.contains(false) {
      model.splits.append(
        .init(
          name: "official", detail: "the datasets' own; triangles: their validation and test", isValidation: official))
    }
    let roles = plan.cells.map { fold.role(ofCell: $0.name) }
    let own = shown.map { sample -> Bool? in
      guard let cell = sample.flatMap({ cells[$0.key] }) else { return nil }
      switch roles[cell] {
      case .training: return false
      case .validation: return true
      case .leftOut: return nil
      }
    }
    let clusters = fold.clusters.map(String.init).joined(separator: ", ")
    model.splits.append(
      .init(
        name: fold.clusters.isEmpty ? "this run" : "cluster",
        detail: "fold \(fold.index) of \(plan.folds.count)"
          + (clusters.isEmpty ? "" : ", which validates on cluster \(clusters)"), isValidation: own))
  }

  /// `hardness.json`, of a stage or in the run's folder.
  private func addHardness() throws {
    let name = "hardness.json"
    let places =
      inputs.description.products.reversed().map { $0.file(name) }
      + (folder.map { [$0.appending(path: name), $0.appending(path: "folds/\(name)")] } ?? [])
    guard let file = places.first(where: FileSystem.exists) else { return }
    model.hardness = try FileSystem.readJSON(ReportModel.Hardness.self, from: file)
  }
}
