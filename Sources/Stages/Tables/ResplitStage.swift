package import Engine
private import Evaluation
package import Foundation
internal import Records
internal import Splitting

/// `resplit`: folds by the strategy asked for, that never tear a group apart.
package struct ResplitStage: TableStage {
  package struct Options: StageOptions {
    package var folds = "leave-one-cluster-out"
    package var count = 5
    package var stratify = ["label", "method"]
    package var from = ""
    package var groups = ["original", "source-video", "identity"]
    package var conflict = "purge"
    package var minimumGroups = 1
    package var impossible = "stop"
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case folds, count, stratify, from, groups, conflict, impossible
      case minimumGroups = "min-groups"
    }

    package static let fields = [
      OptionField(
        "folds", .choice(FoldStrategy.allCases.map(\.rawValue)),
        "How folds are made; see docs/splits.md. `leave-one-cluster-out` needs clusters."),
      OptionField("count", .integer(2...1000), "Folds of `random` and `stratified`."),
      OptionField(
        "stratify", .list(of: .choice(["label", "method"])), "What `stratified` keeps in proportion, beside sizes."),
      OptionField(
        "from", .file,
        "The table that `pinned` takes its folds from: a `folds.csv` of dfprep, or one with a column `split` or `fold`."
      ),
      OptionField(
        "groups",
        .list(of: .choice(["original", "source-video", "identity", "donor", "near-duplicate", "face", "scene"])),
        "Links that no fold may cross. `original` (families, and made samples with their parents) holds always; the others that are not named are counted and shown."
      ),
      OptionField(
        "conflict", .choice(["purge", "move"]),
        "A group in several clusters or datasets: `purge` leaves what straddles out of that fold, `move` puts the whole group where most of it is."
      ),
      OptionField(
        "min-groups", .integer(1...1_000_000),
        "Least groups of each class on each side of a fold; clusters are joined below it."),
      OptionField(
        "impossible", .choice(["stop", "no-folds"]),
        "Where the data allow no such folds, as a copy without reals does: `stop`, or go on with one cell and no folds, saying so."
      ),
    ]
  }

  package static let name = "resplit"
  package static let version = 2
  package static let summary =
    "Folds under hard groups by one of seven strategies, with every sample's cell and role written down."
  package static let reads: [ProductRequirement] = [.optional(.clusters), .optional(.links)]
  package static let writes: ProductKind? = .folds
  package static let publishesTo: String? = "folds"
  let options: Options
  private let strategy: FoldStrategy

  /// - Throws: ``ToolError`` for `pinned` without a table, and for a table without `pinned`.
  package init(options: Options) throws {
    self.options = options
    strategy = FoldStrategy(rawValue: options.folds) ?? .leaveOneClusterOut
    guard (strategy == .pinned) == !options.from.isEmpty else {
      throw ToolError(
        .badConfiguration,
        strategy == .pinned
          ? "`folds: pinned` takes its folds from a table; name it with `from`"
          : "`from` is for `folds: pinned`: write both, or neither")
    }
  }

  package var needs: [ProductRequirement] {
    strategy == .leaveOneClusterOut ? [.required(.clusters), .optional(.links)] : Self.reads
  }

  package var modelFiles: [String] { options.from.isEmpty ? [] : [options.from] }

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
    let maker = FoldMaker(
      strategy: strategy, options: options, samples: samples, clusters: try clusters(inputs), seed: context.seed,
      pins: try FoldMaker.pins(options))
    let groups = try GroupLinks.groups(of: samples, hard: hard, extraLinks: links)
    let plan = try plan(maker, groups, hard: hard, links: links)
    let items = maker.items(groups)
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
      summary: summary(plan, groups) + facts.softLinks(hard: hard) + facts.heldOutWarnings)
  }

  /// The cluster of every training sample that has one.
  private func clusters(_ inputs: TableInputs) throws -> [String: Int] {
    guard strategy == .leaveOneClusterOut else { return [:] }
    guard let product = inputs.product(.clusters) else { throw InternalFault("no clusters before resplit") }
    return Dictionary(
      try ClusterTable(product).rows.filter(\.isClustered).map { ($0.key, $0.nearest) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The folds; where the data allow none, what to soften, or one cell and no folds.
  private func plan(
    _ maker: FoldMaker, _ groups: GroupAssignment, hard: Set<LinkKind>, links: [ExtraLink]
  ) throws -> FoldPlan {
    do { return try maker.plan(groups) } catch {
      guard error.code == .tooFewFolds else { throw ToolError(.failed, "\(error)") }
      let softenings = try Softening.all(of: maker.samples, hard: hard, extraLinks: links) { softer in
        (try? maker.plan(softer)) != nil  // That it fails is the answer.
      }
      let advice = softenings.map { "\n  without \($0.description)" }.joined()
      let now = "\(groups.groupCount) groups, the largest \(Percent.text(groups.largestShare)) of the samples"
      let message =
        "\(error)\nGroups as they are: \(now). With fewer kinds of link in `groups`:"
        + (advice.isEmpty ? " nothing is left to soften; add data." : advice)
      guard options.impossible == "no-folds" else { throw ToolError(.failed, message) }
      return try FoldPlan.undivided(maker.items(groups), note: "no folds: \(message)")
    }
  }

  private func summary(_ plan: FoldPlan, _ groups: GroupAssignment) -> [String] {
    [
      "\(plan.folds.count) folds over \(groups.groupCount) groups, the largest \(Percent.text(groups.largestShare)) of the samples"
    ]
      + plan.folds.map { fold in
        func side(_ counts: SideCounts) -> String {
          "\(counts.reals) real \(counts.fakes) fake (\(Percent.text(counts.fakeShare)) fake)"
        }
        return
          "fold \(fold.index): train \(side(fold.training)), validate \(side(fold.validation)), left out \(fold.leftOut)"
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

  /// In words: the kinds of link that tie families together and were not obeyed.
  func softLinks(hard: Set<LinkKind>) -> [String] {
    groups.linkedFamilies.filter { !hard.union(LinkKind.alwaysHard).contains($0.key) }
      .sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.key.rawValue) ties \($0.value) families, and is not in `groups`: counted, not obeyed" }
  }

  /// In words: what the datasets' own test shares with the training.
  var heldOutWarnings: [String] {
    let parts = (heldOut?.crossings ?? [:]).sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, crossing in
      "\(crossing.links) of kind \(kind.rawValue) (\(crossing.validationSamples) of its samples)"
    }
    return parts.isEmpty
      ? [] : ["The held-out test is not apart; links tie it to training samples: \(parts.joined(separator: ", "))"]
  }
}

extension FoldPlan {
  /// The samples of some cells.
  func keys(of names: [String]) -> Set<String> {
    Set(cells.filter { names.contains($0.name) }.flatMap(\.keys))
  }
}
