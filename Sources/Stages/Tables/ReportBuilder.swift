private import Clustering
internal import Engine
private import Foundation
private import Imaging
internal import Records
internal import Reporting
private import Splitting
private import Training

/// Gathers what a run left into the plain values that the report shows.
final class ReportBuilder {
  private static let montageCount = 16
  private static let mapPictureCount = 120
  private static let pictureSide = 96
  private static let lossExamples = 40

  private let inputs: TableInputs
  private let entries: [SampleEntry]
  private let withPictures: Bool
  private var model: ReportModel
  private var pictureIndex: [String: Int] = [:]

  init(_ inputs: TableInputs, note: String, withPictures: Bool) throws {
    self.inputs = inputs
    self.withPictures = withPictures
    entries = try inputs.samples()
    let caveat = note.replacing("{families}", with: "\(Set(entries.map(\.sample.family)).count)")
    model = ReportModel(
      title: inputs.pipeline.name, pipeline: inputs.pipeline.name, caveat: caveat.isEmpty ? nil : caveat,
      generatedBy: "dfprep")
  }

  func build() throws -> ReportModel {
    model.numerics = ["numerics profile \(NumericsProfile.standard.name)", "seed \(inputs.pipeline.seed)"]
    try addStages()
    try addSources()
    try addShortcuts()
    model.likenesses = try inputs.products(.links).compactMap(Likenesses.read)
    try addLosses()
    try addClusters()
    try addFolds()
    try addTraining()
    try addEvaluation()
    try addMadeSamples()
    model.pipelineYAML = try Self.text(of: inputs.pipeline)
    return model
  }

  // MARK: - The books

  private func addStages() throws {
    model.stages = inputs.history.map { record in
      let counts = record.counts
      let out = counts.output + counts.dropped.values.reduce(0, +) + counts.failed.values.reduce(0, +)
      return ReportModel.Stage(
        id: record.id, unit: StandardStages.registry[record.name]?.counted ?? "crops", input: counts.input,
        added: max(0, out - counts.input), output: counts.output, dropped: Self.counts(counts.droppedByReason),
        failed: Self.counts(counts.failed), seconds: record.seconds)
    }
  }

  private func addSources() throws {
    struct Kind: Hashable { var dataset: String, role: Role, label: Label }
    var sources: [Kind: Int] = [:]
    var samples: [Kind: Int] = [:]
    for source in inputs.families.flatMap(\.sources) {
      sources[Kind(dataset: source.dataset, role: source.role, label: source.label), default: 0] += 1
    }
    for sample in entries.map(\.sample) {
      samples[Kind(dataset: sample.dataset, role: sample.role, label: sample.label), default: 0] += 1
    }
    model.sources = Set(sources.keys).union(samples.keys)
      .sorted { ($0.dataset, $0.role.rawValue, $0.label.rawValue) < ($1.dataset, $1.role.rawValue, $1.label.rawValue) }
      .map {
        ReportModel.SourceCount(
          dataset: $0.dataset, role: $0.role, label: $0.label, sources: sources[$0] ?? 0, samples: samples[$0] ?? 0)
      }
  }

  private func addShortcuts() throws {
    guard let product = inputs.product(.shortcuts) else { return }
    let survey = try FileSystem.readJSON(ShortcutSurvey.self, from: product.file("shortcuts.json"))
    model.shortcuts = survey.reportTables
    model.warnings += survey.warningLines
  }

  private func addLosses() throws {
    var losses: [ReportModel.Loss] = []
    for outcome in try inputs.outcomes() {
      for source in outcome.sources where source.status != .done {
        losses.append(
          .init(
            kind: .failed, stage: inputs.history.first?.id ?? "", path: source.path,
            reason: source.failure?.description ?? source.status.rawValue))
      }
      losses += outcome.drops.map(Self.loss)
    }
    losses += try inputs.drops().map(Self.loss)
    guard !losses.isEmpty else { return }
    // Failures first: they are few and say most.
    let ordered = losses.filter { $0.kind == .failed } + losses.filter { $0.kind == .dropped }
    model.losses = ReportModel.Losses(
      examples: Array(ordered.prefix(Self.lossExamples)), total: losses.count,
      fullList: "catalog.sqlite, tables source and dropped")
  }

  private static func loss(_ drop: Drop) -> ReportModel.Loss {
    .init(
      kind: .dropped, stage: drop.stage, path: drop.item,
      reason: drop.detail.map { "\(drop.reason): \($0)" } ?? drop.reason)
  }

  // MARK: - Clusters and folds

  private func addClusters() throws {
    guard let product = inputs.product(.clusters) else { return }
    let byKey = Dictionary(
      try ClusterTable(product).rows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    // Samples that a later stage added, such as augmented copies, were never clustered.
    let members = entries.compactMap { entry in byKey[entry.sample.key].map { (entry: entry, row: $0) } }
    let train = members.filter { $0.entry.sample.role == .train }
    // Reals that `classes: each` did not cluster are shown with the cluster nearest to them.
    let count = (train.map(\.row.nearest).max() ?? -1) + 1
    model.clusters = try (0..<count).map { cluster in
      let inside = train.filter { $0.row.nearest == cluster }.map(\.entry)
      let methods = Dictionary(grouping: inside) {
        $0.sample.method ?? ($0.sample.label == .real ? "original" : "unnamed")
      }
      return ReportModel.Cluster(
        index: cluster, real: inside.count { $0.sample.label == .real },
        fake: inside.count { $0.sample.label == .fake },
        topMethods: Array(Self.counts(methods.mapValues(\.count)).prefix(4)),
        montage: try Self.spread(inside, Self.montageCount).compactMap(picture))
    }
    let map = try FileSystem.readJSON(ClusterMap.self, from: product.file("map.json"))
    let order = try ClusterTable(product).rows.map(\.key)
    let places = Dictionary(zip(order, order.indices).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
    let shown = Set(Self.spread(train.map(\.entry), Self.mapPictureCount).map(\.sample.key))
    model.clusterMap = ReportModel.ClusterMap(
      method: "principal component",
      points: try train.compactMap { member in
        let sample = member.entry.sample
        guard let place = places[sample.key] else { return nil }
        return ReportModel.MapPoint(
          x: map.x[place], y: map.y[place], cluster: member.row.nearest, label: sample.label, key: sample.key,
          picture: shown.contains(sample.key) ? try picture(member.entry) : nil)
      }, explainedVariance: map.explained)
    let choice = try FileSystem.readJSON(ClusterCountChoice.self, from: product.file("choice.json"))
    model.clusterCounts = ReportModel.ClusterCounts(
      scoreName: "silhouette",
      candidates: choice.trials.map { .init(k: $0.clusters, score: $0.silhouette ?? 0, inertia: $0.inertia) },
      chosen: choice.clusters)
    let assigned = train.map(\.row.nearest)
    func agreement(_ name: String, _ value: (Sample) -> String) throws -> ReportModel.Agreement {
      .init(
        attribute: name,
        value: try ClusterAgreement.normalizedMutualInformation(assigned, train.map { value($0.entry.sample) }))
    }
    model.agreements = try [
      agreement("label") { $0.label.name }, agreement("method") { $0.method ?? "none" },
      agreement("dataset", \.dataset), agreement("family", \.family), agreement("source", \.sourceName),
    ]
  }

  private func addFolds() throws {
    guard let product = inputs.product(.folds) else { return }
    let plan = try FileSystem.readJSON(FoldPlan.self, from: product.file("folds.json"))
    let facts = try FileSystem.readJSON(SplitFacts.self, from: product.file("groups.json"))
    func side(_ cells: [String], _ counts: SideCounts) -> ReportModel.SplitSide {
      let groups = Set(plan.keys(of: cells).compactMap { facts.groups.groups[$0] })
      return .init(real: counts.reals, fake: counts.fakes, groups: groups.count)
    }
    model.folds = plan.folds.map { fold in
      ReportModel.Fold(
        name: "fold \(fold.index)", train: side(fold.trainingCells, fold.training),
        validation: side(fold.validationCells, fold.validation),
        leftOut: fold.leftOut > 0 ? [.init(name: "straddling", count: fold.leftOut)] : [])
    }
    if plan.folds.isEmpty { model.warnings += plan.notes }
    if !plan.straddlingGroups.isEmpty {
      model.warnings.append(
        "\(plan.straddlingGroups.count) groups stand on both sides of a fold, the first: \(plan.straddlingGroups[0])")
    }
    model.warnings += facts.heldOutWarnings
    for (index, audit) in facts.audits.enumerated() {
      for (kind, crossing) in audit.crossings.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        model.warnings.append(
          "fold \(index): \(crossing.links) links of kind \(kind.rawValue) cross it, touching \(crossing.validationSamples) validation samples; `groups` can make them hard"
        )
      }
    }
  }

  // MARK: - Learning

  private func addTraining() throws {
    for product in inputs.products(.models) {
      let text = try String(contentsOf: product.file("metrics.csv"), encoding: .utf8)
      let rows = text.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let byExpert = Dictionary(grouping: rows.filter { $0.count == 6 }) { String($0[0]) }
      for (expert, rows) in byExpert.sorted(by: { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }) {
        let epochs = rows.compactMap { row -> ReportModel.Epoch? in
          guard let epoch = Int(row[1]), let loss = Double(row[3]) else { return nil }
          return .init(
            epoch: epoch + 1, trainLoss: loss, validationLoss: Double(row[4]), validationAUC: Double(row[5]))
        }
        model.training.append(.init(name: "expert \(expert)", epochs: epochs))
      }
    }
  }

  private func addEvaluation() throws {
    guard let product = inputs.product(.predictions) else { return }
    let result = try FileSystem.readJSON(EvaluationResult.self, from: product.file("evaluation.json"))
    model.evaluation = result.rows.map { row in
      ReportModel.EvaluationRow(
        name: row.name, frameAUC: row.frameAUC.map { .init($0) }, videoAUC: row.videoAUC.map { .init($0) },
        frames: row.frames, videos: row.videos)
    }
    model.rocCurves = result.rows.filter { !$0.falsePositiveRate.isEmpty }.map {
      ReportModel.ROCCurve(
        name: $0.name, falsePositiveRate: $0.falsePositiveRate, truePositiveRate: $0.truePositiveRate)
    }
  }

  private func addMadeSamples() throws {
    let byKey = Dictionary(entries.map { ($0.sample.key, $0) }, uniquingKeysWith: { first, _ in first })
    let made = entries.filter { $0.sample.isMade && $0.sample.role == .train && !$0.sample.isAugmentedCopy }
    for entry in Self.spread(made, 6) {
      let parents = entry.sample.parents.compactMap { byKey[$0] }
      guard let picture = try picture(entry) else { return }
      model.made.append(
        .init(
          operation: entry.sample.method ?? entry.sample.variant, parents: try parents.compactMap(self.picture),
          made: picture))
    }
  }

  // MARK: - Pieces

  /// Index of a sample's thumbnail, made when first asked for; `nil` in reports without pictures.
  private func picture(_ entry: SampleEntry) throws -> Int? {
    guard withPictures else { return nil }
    if let known = pictureIndex[entry.sample.key] { return known }
    let small = try ModelInput.resized(ImageCodec.decode(entry.image()), side: Self.pictureSide)
    let jpeg = try ImageCodec.encode(small, as: .jpeg(quality: 82, chroma: 420))
    model.pictures.append(.init(key: entry.sample.key, label: entry.sample.label, jpeg: Data(jpeg)))
    pictureIndex[entry.sample.key] = model.pictures.count - 1
    return model.pictures.count - 1
  }

  /// At most `count` elements, evenly over the whole.
  private static func spread<Element>(_ elements: [Element], _ count: Int) -> [Element] {
    guard elements.count > count else { return elements }
    return (0..<count).map { elements[$0 * elements.count / count] }
  }

  private static func counts(_ counts: [String: Int]) -> [ReportModel.Count] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { .init(name: $0.key, count: $0.value) }
  }

  /// The resolved pipeline: every option, defaults included.
  private static func text(of pipeline: PipelineSpec) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(pipeline), as: UTF8.self)
  }
}
