internal import Engine
internal import Foundation
private import Imaging
internal import Records
internal import Reporting
private import Splitting

/// Gathers what a run left into the plain values that the report shows.
final class ReportBuilder {
  private static let pictureSide = 96
  private static let lossExamples = 40
  /// Pairs of each search for what is alike that are shown.
  private static let weakestPairs = 6

  let inputs: TableInputs
  let entries: [SampleEntry]
  let withPictures: Bool
  /// Where files that no stage left may lie: the run's folder, when the report is written again.
  let folder: URL?
  var model: ReportModel
  /// The samples of the map, in its order.
  var mapMembers: [ClusterMember] = []
  private var pictureIndex: [String: Int] = [:]

  init(_ inputs: TableInputs, note: String, withPictures: Bool, folder: URL? = nil) throws {
    self.folder = folder
    self.inputs = inputs
    self.withPictures = withPictures
    entries = try inputs.samples()
    let caveat = note.replacing("{families}", with: "\(Set(entries.map(\.sample.family)).count)")
    model = ReportModel(
      title: inputs.pipeline.name, pipeline: inputs.pipeline.name, caveat: caveat.isEmpty ? nil : caveat,
      generatedBy: "dfprep \(ProductVersion.number)")
  }

  func build() throws -> ReportModel {
    model.numerics = ["numerics profile \(NumericsProfile.standard.name)", "seed \(inputs.pipeline.seed)"]
    try addStages()
    try addSources()
    try addShortcuts()
    try addLikenesses()
    try addLosses()
    try addMadeSamples()
    try addClusters()
    try addFolds()
    try addTraining()
    try addEvaluation()
    try addVersions()
    return model
  }

  // MARK: - The books

  private func addStages() throws {
    model.stages = inputs.history.map { record in
      let counts = record.counts
      return ReportModel.Stage(
        id: record.id, unit: StandardStages.registry[record.name]?.counted ?? "crops", input: counts.input,
        added: counts.made, output: counts.output,
        dropped: counts.dropped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
          .init(reason: $0.key, count: $0.value, fakes: counts.droppedFakes[$0.key] ?? 0)
        },
        failed: Self.counts(counts.failed.merging(counts.quarantined, uniquingKeysWith: +)), seconds: record.seconds)
    }
  }

  private func addSources() throws {
    struct Kind: Hashable { var dataset: String, role: Role, label: Label }
    struct Tally {
      var sources = 0, quarantined = 0, pending = 0
      var failed: [String: Int] = [:]
    }
    var outcomes: [String: SourceOutcome] = [:]
    for outcome in try inputs.outcomes() {
      for source in outcome.sources { outcomes["\(outcome.name)\n\(source.path)"] = source }
    }
    var tallies: [Kind: Tally] = [:]
    var samples: [Kind: Int] = [:]
    for family in inputs.families {
      for source in family.sources {
        var tally = tallies[Kind(dataset: source.dataset, role: source.role, label: source.label)] ?? Tally()
        tally.sources += 1
        let outcome = outcomes["\(family.name)\n\(source.path)"]
        switch outcome?.status {
        case nil: tally.pending += 1
        case .done: break
        case .failed: tally.failed[outcome?.failure?.code ?? "unknown", default: 0] += 1
        case .quarantined: tally.quarantined += 1
        }
        tallies[Kind(dataset: source.dataset, role: source.role, label: source.label)] = tally
      }
    }
    for sample in entries.map(\.sample) {
      samples[Kind(dataset: sample.dataset, role: sample.role, label: sample.label), default: 0] += 1
    }
    model.sources = Set(tallies.keys).union(samples.keys)
      .sorted { ($0.dataset, $0.role.rawValue, $0.label.rawValue) < ($1.dataset, $1.role.rawValue, $1.label.rawValue) }
      .map { kind in
        let tally = tallies[kind] ?? Tally()
        return ReportModel.SourceCount(
          dataset: kind.dataset, role: kind.role, label: kind.label, sources: tally.sources,
          failed: Self.counts(tally.failed), quarantined: tally.quarantined, pending: tally.pending,
          samples: samples[kind] ?? 0)
      }
  }

  private func addLikenesses() throws {
    let byKey = Dictionary(entries.map { ($0.sample.key, $0) }) { first, _ in first }
    for product in inputs.products(.links) {
      guard var likeness = try Likenesses.read(product) else { continue }
      if withPictures {
        for row in try LinkTable(product).weakest(Self.weakestPairs, source: { byKey[$0]?.sample.sourceName }) {
          guard let first = try byKey[row.first].flatMap(picture), let second = try byKey[row.second].flatMap(picture)
          else { continue }
          likeness.weakest.append(.init(first: first, second: second, evidence: row.evidence.words))
        }
      }
      model.likenesses.append(likeness)
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

  private func addMadeSamples() throws {
    let made = entries.filter { $0.sample.isMade && $0.sample.role == .train && !$0.sample.isAugmentedCopy }
    guard withPictures, !made.isEmpty else { return }
    let byKey = Dictionary(entries.map { ($0.sample.key, $0) }, uniquingKeysWith: { first, _ in first })
    for entry in Self.spread(made, 6) {
      let parents = entry.sample.parents.compactMap { byKey[$0] }
      guard let picture = try picture(entry) else { return }
      model.made.append(
        .init(
          operation: entry.sample.method ?? entry.sample.variant, parents: try parents.compactMap(self.picture),
          made: picture))
    }
  }

  private func addVersions() throws {
    var versions: [String: Set<String>] = [:]
    for unit in inputs.description.units {
      let manifest = try FileSystem.readJSON(
        UnitManifest.self, from: URL(filePath: unit.folder).appending(path: "manifest.json"))
      for (name, version) in manifest.versions { versions[name, default: []].insert(version) }
    }
    model.versions = versions.sorted { $0.key < $1.key }
      .map { .init(name: $0.key, value: $0.value.sorted().joined(separator: ", ")) }
    model.options = inputs.pipeline.stages.map {
      .init(name: $0.id == $0.name ? $0.id : "\($0.id) (\($0.name))", value: $0.options.line)
    }
  }

  // MARK: - Pieces

  /// Index of a sample's thumbnail, made when first asked for; `nil` in reports without pictures.
  func picture(_ entry: SampleEntry) throws -> Int? {
    guard withPictures else { return nil }
    if let known = pictureIndex[entry.sample.key] { return known }
    let small = try ModelInput.resized(ImageCodec.decode(entry.image()), side: Self.pictureSide)
    let jpeg = try ImageCodec.encode(small, as: .jpeg(quality: 82, chroma: 420))
    model.pictures.append(.init(key: entry.sample.key, label: entry.sample.label, jpeg: Data(jpeg)))
    pictureIndex[entry.sample.key] = model.pictures.count - 1
    return model.pictures.count - 1
  }

  /// At most `count` elements, evenly over the whole.
  static func spread<Element>(_ elements: [Element], _ count: Int) -> [Element] {
    guard elements.count > count else { return elements }
    return (0..<count).map { elements[$0 * elements.count / count] }
  }

  static func counts(_ counts: [String: Int]) -> [ReportModel.Count] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { .init(name: $0.key, count: $0.value) }
  }
}

extension JSONValue {
  /// On one line, as it would stand in a pipeline; the braces around all of it are left out.
  fileprivate var line: String {
    if case .object(let members) = self {
      return members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.inside)" }.joined(separator: ", ")
    }
    return inside
  }

  private var inside: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): value.isEmpty ? "\"\"" : value
    case .array(let values): "[\(values.map(\.inside).joined(separator: ", "))]"
    case .object: "{\(line)}"
    }
  }
}
