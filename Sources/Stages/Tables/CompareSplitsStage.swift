package import Engine
package import Foundation
private import Records
private import Splitting

/// `compare-splits`: how much less alike training and validation are than they would be by other splits.
package struct CompareSplitsStage: TableStage {
  package struct Options: StageOptions {
    package var features = CompareSplitsStage.statistics
    package var sameFeatures = "refuse"
    package var samples = 2000
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case features, samples
      case sameFeatures = "same-features"
    }

    package static let fields = [
      OptionField(
        "features", .text,
        "What the sides are held against each other by: the id of a stage that puts features, or `statistics`, simple measures of the crops (face size, sharpness, brightness, contrast, blockiness, fine detail)."
      ),
      OptionField(
        "same-features", .choice(["refuse", "allow"]),
        "Whether features that the clusters were made of may be the judge; they would find their own clusters apart."),
      OptionField(
        "samples", .integer(50...1_000_000), "Most samples of each side of a fold that are looked at, by key hash."),
    ]
  }

  package static let name = "compare-splits"
  package static let version = 2
  package static let summary =
    "Tells how unlike validation is to training by the folds made, beside random, group-random and official ones."
  package static let reads: [ProductRequirement] = [.required(.folds), .optional(.features), .optional(.clusters)]
  package static let writes: ProductKind? = .hardness
  package static let publishesTo: String? = "hardness"
  static let statistics = "statistics"
  private let options: Options

  package init(options: Options) { self.options = options }

  package var needs: [ProductRequirement] {
    options.features == Self.statistics ? Self.reads : Self.reads + [.required(.features, of: options.features)]
  }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    guard let product = inputs.product(.folds) else { throw InternalFault("no folds before compare-splits") }
    try refuseSameFeatures(inputs)
    let all = try inputs.samples().map(\.sample).filter { !$0.isAugmentedCopy }
    let places = all.indices.filter { all[$0].role == .train }
    let samples = places.map { all[$0] }
    let plan = try FileSystem.readJSON(FoldPlan.self, from: product.file("folds.json"))
    let groups = try FileSystem.readJSON(SplitFacts.self, from: product.file("groups.json")).groups.groups
    let groupOfSample = samples.map { groups[$0.key] ?? $0.family }
    let features =
      options.features == Self.statistics
      ? FeatureMatrix(statisticsOf: samples) : try inputs.features(from: options.features).selecting(places)
    guard features.rows > 1 else {
      throw ToolError(.failed, "\(features.rows) training samples are there to compare; put more into `datasets`")
    }
    var hardness = SplitHardness(features: options.features)
    let measure = try HardnessMeasure(
      features, groups: groupOfSample, mostSamples: options.samples, seed: context.seed)
    let splits = SplitComparison(samples: samples, groups: groupOfSample, plan: plan, seed: context.seed)
    for (index, split) in splits.all.enumerated() {
      hardness.splits += try measure.rows(split.name, split.folds)
      if !split.note.isEmpty { hardness.notes.append("\(split.name): \(split.note)") }
      context.progress(index + 1, splits.all.count, split.name)
    }
    try FileSystem.writeJSON(hardness, to: output.appending(path: "hardness.json"))
    return TableOutcome(summary: Self.summary(hardness))
  }

  /// - Throws: ``ToolError`` where the clusters were made of the features that are to judge them.
  private func refuseSameFeatures(_ inputs: TableInputs) throws {
    guard options.sameFeatures == "refuse", let clusters = inputs.product(.clusters) else { return }
    let clustered = try FileSystem.readJSON(ClusteredFeatures.self, from: clusters.file("features.json")).stage
    guard clustered == options.features else { return }
    throw ToolError(
      .badConfiguration,
      "the clusters were made of the features of '\(clustered)', which would find them apart whatever they are; compare by "
        + "other `features` (`statistics` needs no stage), or say `same-features: allow`")
  }

  private static func summary(_ hardness: SplitHardness) -> [String] {
    func text(_ value: Double?) -> String { value.map { "\(($0 * 1000).rounded() / 1000)" } ?? "unknown" }
    return hardness.splits.filter { $0.fold == nil }.map { row in
      "\(row.name): sides told apart with AUC \(row.twoSampleAUC.map { text($0) } ?? "unknown, there are too few groups"), Frechet distance \(text(row.frechetDistance)), "
        + "nearest training sample at \(text(row.nearestNeighbourDistance)), by \(hardness.features)"
    } + hardness.notes
  }
}

/// The splits that are held beside one another, all of the same samples.
private struct SplitComparison {
  struct Split {
    var name: String
    var folds: [FoldSides] = []
    /// Why there are no folds.
    var note = ""
  }

  private(set) var all: [Split] = []
  /// Place of each sample, by key.
  private let places: [String: Int]

  /// Folds of the random splits where the pipeline's own has none.
  private static let usualCount = 5

  init(samples: [Sample], groups: [String], plan: FoldPlan, seed: UInt64) {
    places = Dictionary(samples.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    let count = plan.folds.count > 1 ? plan.folds.count : Self.usualCount
    let groupOfKey = Dictionary(zip(samples.map(\.key), groups), uniquingKeysWith: { first, _ in first })
    // Each sample a group of its own: what tears clips and people apart.
    add("random") { () throws(SplittingError) in
      try BalancedFolds.plan(
        samples.map { FoldItem($0, group: $0.key) }, count: count, manner: .random(seed: seed))
    }
    add("group-random") { () throws(SplittingError) in
      try BalancedFolds.plan(
        zip(samples, groups).map { FoldItem($0, group: $1) }, count: count, manner: .random(seed: seed))
    }
    add("official") { () throws(SplittingError) in try OfficialSplit.plan(samples, groups: groupOfKey) }
    add(plan.folds.contains { !$0.clusters.isEmpty } ? "cluster" : "pipeline") { plan }
  }

  private mutating func add(_ name: String, _ make: () throws(SplittingError) -> FoldPlan) {
    var split = Split(name: name)
    do {
      let plan = try make()
      split.folds = plan.folds.map { fold in
        FoldSides(training: members(plan, fold.trainingCells), validation: members(plan, fold.validationCells))
      }
      if split.folds.isEmpty { split.note = plan.notes.first ?? "there are no folds" }
    } catch {
      split.note = error.message
    }
    all.append(split)
  }

  private func members(_ plan: FoldPlan, _ cells: [String]) -> [Int] {
    plan.keys(of: cells).compactMap { places[$0] }.sorted()
  }
}
