internal import Foundation
internal import Records

/// What is known so far in one pass over a pipeline's stages: the part that `run` and `plan` share.
///
/// Works out fingerprints and looks them up in the store; changes nothing.
final class RunState {
  let request: RunRequest
  let store: Store
  let families: [Family]
  /// Entries of the source grain, and those after them.
  let sourceEntries: [PipelineSpec.StageEntry]
  let laterEntries: [PipelineSpec.StageEntry]
  let chain: Digest
  /// Fingerprint of every stage by itself, and what it depends on, by stage id.
  let stages: [String: (digest: Digest, dependencies: Dependencies)]

  var units: [UnitReference] = []
  var outcomes: [FamilyOutcome] = []
  var featureUnits: [String: [UnitReference]] = [:]
  var addedUnits: [String: [UnitReference]] = [:]
  /// Digest of what each sample stage added, by stage id, in pipeline order.
  private var added: [(id: String, content: Digest)] = []
  var dropFolders: [String] = []
  private var tableFolders: [String] = []
  /// What table stages dropped so far.
  var drops: [Drop] = []
  var products: [Product] = []
  var history: [StageRecord] = []
  /// Versions of the libraries that did the source grain's work.
  var versions: [String: String] = [:]
  private var packBytes = 0
  private var sourceCounts: [String: StageCounts] = [:]
  private var sourceSeconds: [String: Double] = [:]

  init(_ request: RunRequest) throws {
    store = Store(root: request.store)
    try HeldOut(request.pipeline).check(request.listing.sources)
    families = request.families
    let entries = request.pipeline.stages
    sourceEntries = Array(entries.prefix { request.registry[$0.name] is any SourceStage.Type })
    laterEntries = Array(entries.dropFirst(sourceEntries.count))
    // All fingerprints are worked out once before any work, so that a missing model is told at once.
    (stages, chain) = try Self.fingerprints(request)
    // From here on the families have them, and a large run has no memory to hold them twice.
    var request = request
    request.listing.sources = []
    self.request = request
  }

  /// Fingerprints of all stages by themselves, and of the fused source stages.
  static func fingerprints(
    _ request: RunRequest
  ) throws -> (stages: [String: (digest: Digest, dependencies: Dependencies)], chain: Digest) {
    let models = ModelDigests(
      folder: request.modelsFolder, identities: KnownIdentities(store: Store(root: request.store)))
    var stages: [String: (digest: Digest, dependencies: Dependencies)] = [:]
    for entry in request.pipeline.stages {
      stages[entry.id] = try Fingerprints.stage(
        entry, registry: request.registry, seed: request.pipeline.seed, models: models)
    }
    let chain = try Fingerprints.chain(
      request.pipeline.stages.prefix { request.registry[$0.name] is any SourceStage.Type }, registry: request.registry,
      seed: request.pipeline.seed, models: models)
    return (stages, chain)
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

  private func stage(_ entry: PipelineSpec.StageEntry) throws -> (digest: Digest, dependencies: Dependencies) {
    guard let stage = stages[entry.id] else { throw InternalFault("stage '\(entry.id)' is not of this pipeline") }
    return stage
  }

  // MARK: - Source grain

  /// Compares the store with the families of this run.
  func sourcePlan(retrying: Bool = false, check: () throws -> Void = {}) throws -> SourcePlan {
    try SourcePlan(
      families, chain: chain, stages: sourceEntries.map(\.id), store: store, roots: request.listing.roots,
      retrying: retrying, check: check)
  }

  func take(_ plan: SourcePlan) {
    units = plan.references
    outcomes = plan.outcomes
    versions = plan.versions
    (packBytes, sourceCounts, sourceSeconds) = (plan.bytes, plan.counts, plan.seconds)
    // Worked out once: nothing of it changes while later stages run.
    contents = Dictionary(outcomes.map { ($0.name, $0.content) }, uniquingKeysWith: { first, _ in first })
    sourcesDigest = Fingerprints.sources(families.lazy.flatMap(\.sources))
    var builder = FingerprintBuilder("records")
    for family in families {
      builder.add("family", family.name)
      builder.add("content", contents[family.name]?.hex ?? "unfinished")
    }
    recordsDigest = builder.finish()
    var outcomesBuilder = FingerprintBuilder("outcomes")
    for outcome in outcomes { outcomesBuilder.add("outcome", outcome.fingerprint) }
    outcomesDigest = outcomesBuilder.finish()
  }

  func recordSources(state: StageRecord.State) {
    for entry in sourceEntries {
      history.append(
        StageRecord(
          id: entry.id, name: entry.name, grain: .source, fingerprint: chain, state: state,
          counts: sourceCounts[entry.id] ?? StageCounts(), seconds: sourceSeconds[entry.id] ?? 0, summary: [],
          bytes: entry.id == sourceEntries.last?.id ? packBytes : 0, dependencies: stages[entry.id]?.dependencies))
    }
  }

  /// Sources by how they ended, those of unfinished families as `pending`.
  var sourcesByEnd: [String: Int] {
    var counts: [String: Int] = [:]
    for outcome in outcomes { for source in outcome.sources { counts[source.status.rawValue, default: 0] += 1 } }
    let pending = families.reduce(0) { $0 + $1.sources.count } - counts.values.reduce(0, +)
    if pending > 0 { counts["pending"] = pending }
    return counts
  }

  /// Sources that did not end well, by name.
  var badSources: [RunSummary.BadSource] {
    let finished = Dictionary(
      outcomes.lazy.filter { !$0.badSources.isEmpty }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return families.lazy.filter { finished[$0.name] != nil }.flatMap { family in
      zip(family.sources, finished[family.name]?.sources ?? []).filter { $1.status != .done }.map { source, outcome in
        RunSummary.BadSource(
          name: source.name, status: outcome.status.rawValue, code: outcome.failure?.code ?? "",
          message: outcome.failure?.message ?? "")
      }
    }.sorted { $0.name < $1.name }
  }

  /// Samples that no stage so far dropped, made ones among them.
  var sampleCount: Int {
    let made = history.filter { addedUnits[$0.id] != nil }.reduce(0) { $0 + $1.counts.output - $1.counts.input }
    return outcomes.reduce(0) { $0 + $1.samples } + made - drops.count
  }

  /// What became of the frames asked for, by class.
  var frames: FrameTallies { outcomes.reduce(FrameTallies()) { $0 + $1.frames } }

  /// What came of each finished family, by name.
  private var contents: [String: Digest] = [:]
  /// All that the datasets say of the sources; what came of each family; and how each ended.
  private var sourcesDigest = Digest.unknown
  private var recordsDigest = Digest.unknown
  private var outcomesDigest = Digest.unknown

  // MARK: - Sample grain

  func samplePlan(_ entry: PipelineSpec.StageEntry) throws -> SamplePlan {
    let own = try stage(entry).digest
    let used = try products(neededBy: entry)
    var builder = FingerprintBuilder("sample-stage-with-products")
    builder.add("stage", own)
    for product in used { builder.add(product.kind.rawValue, product.content) }
    return try SamplePlan(
      stage: used.isEmpty ? own : builder.finish(), units: units,
      given: SamplePlan.given(families, contents: contents, drops: drops), store: store)
  }

  /// What a sample stage uses of what table stages left.
  private func products(neededBy entry: PipelineSpec.StageEntry) throws -> [Product] {
    guard let stage = try request.registry.make(entry) as? any SampleStage else { return [] }
    return products.filter { product in
      stage.needs.contains { $0.isMet(by: product.kind, of: product.stageID) }
    }
  }

  /// What of a finished sample stage was written down when it depended on something else.
  func dependencies(samples entry: PipelineSpec.StageEntry) throws -> Dependencies {
    var dependencies = try stage(entry).dependencies
    addRecords(to: &dependencies)
    for product in try products(neededBy: entry) {
      dependencies.add("result of \(product.stageID)", product.content)
    }
    return dependencies
  }

  private func addRecords(to dependencies: inout Dependencies) {
    dependencies.add("sources", sourcesDigest)
    dependencies.add("samples", recordsDigest)
    if !drops.isEmpty {
      var builder = FingerprintBuilder("drops")
      for drop in drops { builder.add("drop", drop.item) }
      dependencies.add("drops", builder.finish())
    }
  }

  /// Takes in the finished families of a sample stage.
  func takeSamples(
    _ entry: PipelineSpec.StageEntry, puts: SampleStageOutput, plan: SamplePlan, state: StageRecord.State
  ) throws {
    var content = FingerprintBuilder("sample-stage")
    for (family, digest) in plan.contents.sorted(by: { $0.key < $1.key }) { content.add(family, digest) }
    let digest = content.finish()
    let dependencies = try dependencies(samples: entry)
    switch puts {
    case .features:
      featureUnits[entry.id] = plan.references
      products.append(
        Product(kind: .features, stageID: entry.id, stageName: entry.name, folder: "", content: digest))
    case .samples:
      addedUnits[entry.id] = plan.references
      added.append((entry.id, digest))
    }
    history.append(
      StageRecord(
        id: entry.id, name: entry.name, grain: .sample, fingerprint: digest, state: state, counts: plan.counts,
        seconds: plan.seconds, summary: [], bytes: plan.bytes, dependencies: dependencies))
  }

  // MARK: - Table grain

  struct TablePlan {
    let fingerprint: Digest
    let folder: URL
    let manifest: ProductManifest?
    let dependencies: Dependencies
  }

  /// Everything before this stage that it may look at, as one digest, and where its result belongs.
  func tablePlan(_ entry: PipelineSpec.StageEntry, type: any TableStage.Type) throws -> TablePlan {
    var (own, dependencies) = try stage(entry)
    addRecords(to: &dependencies)
    var builder = FingerprintBuilder("table")
    builder.add("stage", own)
    builder.add("sources", sourcesDigest)
    builder.add("records", recordsDigest)
    for (id, content) in added {
      builder.add("added", content)
      dependencies.add("samples added by \(id)", content)
    }
    for drop in drops { builder.add("drop", drop.item) }
    for requirement in type.reads {
      for product in products where product.kind == requirement.kind {
        builder.add(requirement.kind.rawValue, product.stageID)
        builder.add("content", product.content)
        dependencies.add("result of \(product.stageID)", product.content)
      }
      switch requirement.kind {
      case .outcomes: builder.add("outcomes", outcomesDigest)
      case .pipeline:
        builder.add("pipeline", request.pipeline.name)
        for dataset in request.pipeline.datasets {
          builder.add("dataset", dataset.name)
          builder.add("licence", request.listing.licences[dataset.name] ?? "")
        }
        builder.add("chain", chain)
        dependencies.add("pipeline", request.pipeline.name)
        dependencies.add("video stages", chain)
      case .history:
        builder.add("outcomes", outcomesDigest)
        for record in history {
          builder.add("history", record.id)
          builder.add("counts", try CanonicalJSON.string(record.counts))
          builder.add("summary", record.summary)
        }
        // Where the run's folder is does not matter.
        var pipeline = request.pipeline
        pipeline.output = ""
        let text = try CanonicalJSON.string(pipeline)
        builder.add("pipeline", text)
        dependencies.add("pipeline", Digest(of: text))
      default: break
      }
    }
    let fingerprint = builder.finish()
    let folder = store.tableFolder(entry.id, fingerprint)
    return TablePlan(
      fingerprint: fingerprint, folder: folder, manifest: try store.manifest(in: folder, fingerprint: fingerprint),
      dependencies: dependencies)
  }

  private func kind(leftBy entry: PipelineSpec.StageEntry, _ type: any TableStage.Type) -> ProductKind? {
    // A stage with a result was made once, and can be made again.
    ((try? request.registry.make(entry)) as? any TableStage).map(\.leaves) ?? type.writes
  }

  /// Takes in the finished result of a table stage.
  func takeTable(
    _ entry: PipelineSpec.StageEntry, type: any TableStage.Type, plan: TablePlan, manifest: ProductManifest,
    state: StageRecord.State
  ) {
    let folder = plan.folder.path(percentEncoded: false)
    tableFolders +=
      [folder]
      + (manifest.partFolders ?? []).map {
        store.root.appending(path: "tables/\($0)").path(percentEncoded: false)
      }
    if let kind = kind(leftBy: entry, type) {
      products.append(
        Product(
          kind: kind, stageID: entry.id, stageName: entry.name, folder: folder, content: manifest.content))
    }
    if !manifest.outcome.drops.isEmpty {
      dropFolders.append(folder)
      drops += manifest.outcome.drops
    }
    history.append(
      StageRecord(
        id: entry.id, name: entry.name, grain: .table, fingerprint: plan.fingerprint, state: state,
        counts: manifest.counts, seconds: manifest.seconds, summary: manifest.outcome.summary,
        bytes: manifest.files.reduce(0) { $0 + $1.bytes }, dependencies: plan.dependencies))
  }

  func description() -> TableInputs.Description {
    TableInputs.Description(
      pipeline: request.pipeline, families: families, licences: request.listing.licences, units: units,
      featureUnits: featureUnits,
      addedUnits: addedUnits, dropFolders: dropFolders, tableFolders: tableFolders, products: products, history: history
    )
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
