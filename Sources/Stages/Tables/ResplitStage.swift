package import Engine
private import Evaluation
package import Foundation
internal import Records
internal import Splitting

/// `resplit`: folds that validate on a cluster they never trained on, and never tear a group apart.
package struct ResplitStage: TableStage {
  package struct Options: StageOptions {
    package var folds = "leave-one-cluster-out"
    package var groups = ["original", "source-video", "identity"]
    package var conflict = "purge"
    package var minimumGroups = 1
    package var impossible = "stop"
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case folds, groups, conflict, impossible
      case minimumGroups = "min-groups"
    }

    package static let fields = [
      OptionField("folds", .choice(["leave-one-cluster-out"]), "Fold i validates on cluster i."),
      OptionField(
        "groups",
        .list(of: .choice(["original", "source-video", "identity", "donor", "near-duplicate", "face", "scene"])),
        "Links that no fold may cross. `original` (families, and made samples with their parents) holds always; the others that are not named are counted and shown."
      ),
      OptionField(
        "conflict", .choice(["purge", "move"]),
        "A group in several clusters: `purge` leaves what straddles out of that fold, `move` puts the whole group where most of it is."
      ),
      OptionField(
        "min-groups", .integer(1...1_000_000),
        "Least groups of each class on each side of a fold; clusters are joined below it."),
      OptionField(
        "impossible", .choice(["stop", "no-folds"]),
        "Where the data allow fewer than two folds, as a copy without reals does: `stop`, or go on with one cell and no folds, saying so."
      ),
    ]
  }

  package static let name = "resplit"
  package static let version = 1
  package static let summary =
    "Leave-one-cluster-out folds under hard groups, with every sample's cell and role written down."
  package static let reads: [ProductRequirement] = [.required(.clusters), .optional(.links)]
  package static let writes: ProductKind? = .folds
  package static let publishesTo: String? = "folds"
  let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    // Perturbed copies go wherever the crop goes that they were made of.
    let all = try inputs.samples().map(\.sample).filter { !$0.isAugmentedCopy }
    let samples = all.filter { $0.role == .train }
    let keys = Set(samples.map(\.key))
    let found = try LinkTable(inputs)
    let links = found.extraLinks(among: keys)
    let hard = Set(options.groups.compactMap { LinkKind(rawValue: $0) })
    let groups = try GroupLinks.groups(of: samples, hard: hard, extraLinks: links)
    guard let product = inputs.product(.clusters) else { throw InternalFault("no clusters before resplit") }
    let clusters = Dictionary(
      try ClusterTable(product).rows.filter(\.isClustered).map { ($0.key, $0.nearest) },
      uniquingKeysWith: { first, _ in first })
    let items = samples.map {
      FoldItem(key: $0.key, group: groups.groups[$0.key] ?? $0.family, label: $0.label, cluster: clusters[$0.key])
    }
    let plan: FoldPlan
    do {
      plan = try LeaveOneClusterOut.plan(
        items,
        options: FoldOptions(
          conflict: options.conflict == "move" ? .move : .purge, minimumGroups: options.minimumGroups))
    } catch {
      guard options.impossible == "no-folds", error.code == .tooFewFolds else { throw ToolError(.failed, "\(error)") }
      plan = try FoldPlan.undivided(items, note: "no folds: \(error.message)")
    }
    let audits = try plan.folds.map { fold in
      try LinkAudit.crossings(
        of: samples, training: plan.keys(of: fold.trainingCells), validation: plan.keys(of: fold.validationCells),
        kinds: Set(LinkKind.allCases).subtracting(hard).subtracting(LinkKind.alwaysHard), extraLinks: links)
    }
    // What is made of a held-out crop is in no test; all else that ties the test to the training is told, not moved.
    let tested = Set(all.filter { $0.role == .test && !$0.isMade }.map(\.key))
    let heldOut = try LinkAudit.crossings(
      of: all, training: keys, validation: tested, extraLinks: found.extraLinks(among: keys.union(tested)))
    let facts = SplitFacts(groups: groups, audits: audits, heldOut: heldOut)
    try FileSystem.writeJSON(plan, to: output.appending(path: "folds.json"))
    try FileSystem.writeJSON(facts, to: output.appending(path: "groups.json"))
    try Data(CommaSeparatedValues.text(plan.records(items)).utf8).write(to: output.appending(path: "folds.csv"))
    return TableOutcome(
      annotations: items.map { Annotation(key: $0.key, name: "group", value: $0.group) },
      summary: summary(plan, groups) + facts.heldOutWarnings)
  }

  private func summary(_ plan: FoldPlan, _ groups: GroupAssignment) -> [String] {
    let share = String(format: "%.0f %%", groups.largestShare * 100)
    return ["\(plan.folds.count) folds over \(groups.groupCount) groups, the largest \(share) of the samples"]
      + plan.folds.map { fold in
        "fold \(fold.index): train \(fold.training.reals) real \(fold.training.fakes) fake, validate "
          + "\(fold.validation.reals) real \(fold.validation.fakes) fake, left out \(fold.leftOut)"
      } + plan.notes
  }
}

/// `groups.json`: what ties the samples together, and which links the folds cross.
struct SplitFacts: Codable {
  var groups: GroupAssignment
  /// Per fold, links of kinds that were not made hard.
  var audits: [LinkAudit]
  /// Links of every kind between the training samples and the held-out test.
  var heldOut: LinkAudit?

  /// In words: what the datasets' own test shares with the training.
  var heldOutWarnings: [String] {
    (heldOut?.crossings ?? [:]).sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, crossing in
      "the held-out test is not apart: \(crossing.links) links of kind \(kind.rawValue) tie "
        + "\(crossing.validationSamples) of its samples to training ones"
    }
  }
}

extension FoldPlan {
  /// The samples of some cells.
  func keys(of names: [String]) -> Set<String> {
    Set(cells.filter { names.contains($0.name) }.flatMap(\.keys))
  }
}

/// A split as the stages after it use it: folds, and the cell of every training sample.
struct FoldTable {
  let plan: FoldPlan
  /// Whether the cells came from clusters; else they are named by the official split.
  let isClustered: Bool
  private let cells: [String: String]
  private let groups: [String: String]

  private init(_ plan: FoldPlan, groups: [String: String], isClustered: Bool) {
    self.plan = plan
    self.groups = groups
    self.isClustered = isClustered
    cells = Dictionary(
      plan.cells.flatMap { cell in cell.keys.map { ($0, cell.name) } }, uniquingKeysWith: { first, _ in first })
  }

  /// What `resplit` wrote.
  init(_ product: Product) throws {
    self.init(
      try FileSystem.readJSON(FoldPlan.self, from: product.file("folds.json")),
      groups: try FileSystem.readJSON(SplitFacts.self, from: product.file("groups.json")).groups.groups,
      isClustered: true)
  }

  /// The datasets' own split, for pipelines without `resplit`.
  static func official(_ samples: [Sample]) throws -> FoldTable {
    let train = samples.filter { $0.role == .train }
    let groups = try GroupLinks.groups(of: train).groups
    do {
      return FoldTable(try OfficialSplit.plan(train, groups: groups), groups: groups, isClustered: false)
    } catch {
      throw ToolError(
        .failed, "the datasets' own split cannot be used (\(error)); put `cluster` and `resplit` before `shard`")
    }
  }

  func cell(of key: String) -> String? { cells[key] }

  /// What no split may tear apart: the group of a training sample, the family of a held-out one.
  func group(of sample: Sample) -> String {
    groups[sample.key] ?? sample.parents.lazy.compactMap { groups[$0] }.first ?? sample.family
  }
}
