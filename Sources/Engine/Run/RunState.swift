internal import Foundation
internal import Records

/// What is known so far in one pass over a pipeline's stages: the part that `run` and `plan` share.
///
/// Works out fingerprints and looks them up in the store; changes nothing.
final class RunState {
  let request: RunRequest
  let store: Store
  let models: ModelDigests
  let families: [Family]
  /// Entries of the source grain, and those after them.
  let sourceEntries: [PipelineSpec.StageEntry]
  let laterEntries: [PipelineSpec.StageEntry]
  let chain: Digest

  var units: [UnitReference] = []
  var outcomes: [FamilyOutcome] = []
  var featureUnits: [String: [String]] = [:]
  var addedUnits: [String: [String]] = [:]
  /// Digest of what each sample stage added, in pipeline order.
  private var addedContents: [Digest] = []
  var dropFolders: [String] = []
  var products: [Product] = []
  var history: [StageRecord] = []

  init(_ request: RunRequest) throws {
    self.request = request
    store = Store(root: request.store)
    models = ModelDigests(folder: request.modelsFolder)
    try HeldOut(request.pipeline).check(request.listing.sources)
    families = request.families
    let entries = request.pipeline.stages
    sourceEntries = Array(entries.prefix { request.registry[$0.name] is any SourceStage.Type })
    laterEntries = Array(entries.dropFirst(sourceEntries.count))
    // All fingerprints are worked out once before any work, so that a missing model is told at once.
    for entry in entries {
      _ = try Fingerprints.stage(entry, registry: request.registry, seed: request.pipeline.seed, models: models)
    }
    chain = try Fingerprints.chain(
      sourceEntries, registry: request.registry, seed: request.pipeline.seed, models: models)
  }

  /// The stages to do: all, or those up to `--until`.
  ///
  /// - Throws: ``ToolError`` when there is no such stage.
  func laterEntriesWanted() throws -> [PipelineSpec.StageEntry] {
    guard let until = request.until else { return laterEntries }
    if let index = laterEntries.firstIndex(where: { $0.id == until }) { return Array(laterEntries[...index]) }
    if sourceEntries.last?.id == until { return [] }
    let ids = request.pipeline.stages.map(\.id)
    if sourceEntries.contains(where: { $0.id == until }) {
      throw ToolError(
        .usage,
        "--until \(until): the stages on videos run as one pass; stop at '\(sourceEntries.last?.id ?? "")' or later")
    }
    let near = nearestName(to: until, among: ids).map { "; did you mean '\($0)'?" } ?? ""
    throw ToolError(.usage, "--until \(until): the pipeline has no such stage\(near)")
  }

  // MARK: - Source grain

  func take(_ plan: SourcePlan) {
    units = plan.references
    outcomes = plan.outcomes
  }

  func recordSources(state: StageRecord.State) {
    for entry in sourceEntries {
      let counts = outcomes.reduce(StageCounts()) { $0 + ($1.counts[entry.id] ?? StageCounts()) }
      history.append(
        StageRecord(
          id: entry.id, name: entry.name, grain: .source, fingerprint: chain, state: state, counts: counts,
          seconds: outcomes.reduce(0) { $0 + ($1.stageSeconds[entry.id] ?? 0) }, summary: []))
    }
  }

  /// What became of the frames asked for, by class.
  var frames: FrameTallies { outcomes.reduce(FrameTallies()) { $0 + $1.frames } }

  /// What came of each finished family, by name.
  private var contentByFamily: [String: Digest] {
    Dictionary(outcomes.map { ($0.name, $0.content) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: - Sample grain

  struct SampleUnit {
    let reference: UnitReference
    let fingerprint: Digest
    let folder: URL
    let isDone: Bool
  }

  func sampleUnits(_ entry: PipelineSpec.StageEntry) throws -> [SampleUnit] {
    let stage = try Fingerprints.stage(
      entry, registry: request.registry, seed: request.pipeline.seed, models: models)
    let reader = try SampleReader(description())
    let content = contentByFamily
    let used = try self.products(neededBy: entry)
    return try units.map { reference in
      var builder = FingerprintBuilder("sample-unit")
      builder.add("stage", stage)
      for product in used { builder.add(product.kind.rawValue, product.content) }
      // Records and pixels of the samples; then which of them are left, and what their datasets say of them today.
      for family in reference.families { builder.add("content", content[family]?.hex ?? "") }
      for sample in try reader.entries(of: reference) {
        builder.add("key", sample.sample.key)
        builder.add("role", sample.sample.role.rawValue)
        builder.add("method", sample.sample.method ?? "")
      }
      let fingerprint = builder.finish()
      let folder = store.sampleFolder(stage, unit: fingerprint)
      let manifest = folder.appending(path: "manifest.json")
      let isDone =
        try FileSystem.exists(manifest)
        && FileSystem.readJSON(SampleUnitManifest.self, from: manifest).fingerprint == fingerprint
      return SampleUnit(reference: reference, fingerprint: fingerprint, folder: folder, isDone: isDone)
    }
  }

  /// What a sample stage uses of what table stages left.
  private func products(neededBy entry: PipelineSpec.StageEntry) throws -> [Product] {
    guard let stage = try request.registry.make(entry) as? any SampleStage else { return [] }
    return products.filter { product in
      stage.needs.contains { $0.isMet(by: product.kind, of: product.stageID) }
    }
  }

  /// Takes in the finished units of a sample stage.
  func takeSamples(
    _ entry: PipelineSpec.StageEntry, puts: SampleStageOutput, units: [SampleUnit], state: StageRecord.State
  ) throws {
    let folders = units.map { $0.folder.path(percentEncoded: false) }
    var counts = StageCounts()
    var seconds = 0.0
    var contents: [String: Digest] = [:]
    for unit in units {
      let manifest = try FileSystem.readJSON(
        SampleUnitManifest.self, from: unit.folder.appending(path: "manifest.json"))
      counts = counts + manifest.counts
      seconds += manifest.seconds
      contents.merge(manifest.contents) { $1 }  // A family is in one unit alone.
    }
    var content = FingerprintBuilder("sample-stage")
    for (family, digest) in contents.sorted(by: { $0.key < $1.key }) { content.add(family, digest) }
    let digest = content.finish()
    switch puts {
    case .features:
      featureUnits[entry.id] = folders
      products.append(
        Product(kind: .features, stageID: entry.id, stageName: entry.name, folder: "", content: digest))
    case .samples:
      addedUnits[entry.id] = folders
      addedContents.append(digest)
    }
    history.append(
      StageRecord(
        id: entry.id, name: entry.name, grain: .sample, fingerprint: digest, state: state, counts: counts,
        seconds: seconds, summary: []))
  }

  // MARK: - Table grain

  struct TablePlan {
    let fingerprint: Digest
    let folder: URL
    let manifest: ProductManifest?
  }

  /// Everything before this stage that it may look at, as one digest, and where its result belongs.
  func tablePlan(_ entry: PipelineSpec.StageEntry, type: any TableStage.Type) throws -> TablePlan {
    var builder = FingerprintBuilder("table")
    builder.add(
      "stage",
      try Fingerprints.stage(entry, registry: request.registry, seed: request.pipeline.seed, models: models))
    let content = contentByFamily
    for family in families {
      builder.add("family", family.name)
      builder.add("content", content[family.name]?.hex ?? "unfinished")
      for source in family.sources { builder.add("source", try CanonicalJSON.string(source)) }
    }
    for content in addedContents { builder.add("added", content) }
    for drop in try SampleReader.drops(description()) { builder.add("drop", drop.item) }
    for requirement in type.reads {
      for product in products where product.kind == requirement.kind {
        builder.add(requirement.kind.rawValue, product.stageID)
        builder.add("content", product.content)
      }
      if requirement.kind == .outcomes {
        for outcome in outcomes { builder.add("outcome", outcome.fingerprint) }
      }
      if requirement.kind == .pipeline {
        builder.add("pipeline", request.pipeline.name)
        for dataset in request.pipeline.datasets {
          builder.add("dataset", dataset.name)
          builder.add("licence", request.listing.licences[dataset.name] ?? "")
        }
        builder.add("chain", chain)
      }
      if requirement.kind == .history {
        for outcome in outcomes { builder.add("outcome", outcome.fingerprint) }
        for record in history {
          builder.add("history", record.id)
          builder.add("counts", try CanonicalJSON.string(record.counts))
          builder.add("summary", record.summary)
        }
        builder.add("pipeline", try CanonicalJSON.string(request.pipeline))
      }
    }
    let fingerprint = builder.finish()
    let folder = store.tableFolder(entry.id, fingerprint)
    return TablePlan(
      fingerprint: fingerprint, folder: folder, manifest: try store.manifest(in: folder, fingerprint: fingerprint))
  }

  private func kind(leftBy entry: PipelineSpec.StageEntry, _ type: any TableStage.Type) -> ProductKind? {
    // A stage with a result was made once, and can be made again.
    ((try? request.registry.make(entry)) as? any TableStage).map(\.leaves) ?? type.writes
  }

  /// Takes in the finished result of a table stage.
  func takeTable(
    _ entry: PipelineSpec.StageEntry, type: any TableStage.Type, plan: TablePlan, manifest: ProductManifest,
    seconds: Double, state: StageRecord.State
  ) {
    let folder = plan.folder.path(percentEncoded: false)
    if let kind = kind(leftBy: entry, type) {
      products.append(
        Product(
          kind: kind, stageID: entry.id, stageName: entry.name, folder: folder, content: manifest.content))
    }
    if !manifest.outcome.drops.isEmpty { dropFolders.append(folder) }
    history.append(
      StageRecord(
        id: entry.id, name: entry.name, grain: .table, fingerprint: plan.fingerprint, state: state,
        counts: manifest.counts, seconds: seconds, summary: manifest.outcome.summary))
  }

  func description() -> TableInputs.Description {
    TableInputs.Description(
      pipeline: request.pipeline, families: families, licences: request.listing.licences, units: units,
      featureUnits: featureUnits,
      addedUnits: addedUnits, dropFolders: dropFolders, products: products, history: history)
  }
}

extension ProductKind {
  /// Not a file: the outcomes of sources, the counts and summaries of the stages before, for stages that show them.
  package static let history = ProductKind("history")
  /// Not a file: the outcomes of sources with the facts of their files, for stages that look at those.
  package static let outcomes = ProductKind("outcomes")
  /// Not a file: the pipeline's name, datasets and video stages, for stages that write them down.
  package static let pipeline = ProductKind("pipeline")
}
