import Foundation
import Records
import TestSupport

@testable import Engine

/// A folder with a dataset of text files and a store, and the steps of the coordinator without its processes.
struct Workshop {
  static let pipeline = """
    version: 1
    datasets:
      - {name: text}
    stages:
      - lines:
      - cut:
      - lengths:
      - tally:
      - show:
    """

  let root: URL
  var store: URL
  private var data: URL { root.appending(path: "data") }

  /// Runs `body` in a workshop that is removed afterwards.
  static func with(_ body: (Workshop) throws -> Void) throws {
    try TestFiles.withTemporaryDirectory { root in
      try body(Workshop(root: root, store: root.appending(path: "store")))
    }
  }

  /// Writes a file of the dataset.
  func write(_ path: String, _ text: String) throws {
    let url = file(path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func file(_ path: String) -> URL { data.appending(path: path) }

  /// Six families of a real and a fake each, some with lines that are dropped.
  func writeDataset() throws -> [Source] {
    var sources: [Source] = []
    for index in 0..<6 {
      let real = "real\(index).txt"
      try write(real, "a\nline \(index)\n\nfar too long a line\n" + String(repeating: "x", count: index))
      try write("fake\(index).txt", "fake \(index)\n" + String(repeating: "y\n", count: index % 3))
      sources.append(Source(dataset: "text", path: real, label: .real))
      sources.append(Source(dataset: "text", path: "fake\(index).txt", label: .fake, method: "swap", original: real))
    }
    return sources
  }

  func request(_ sources: [Source], pipeline: String = Workshop.pipeline, overrides: [String] = []) throws -> RunRequest
  {
    let spec = try SpecParser.parse(
      pipeline, file: "pipe.yaml", url: root.appending(path: "pipelines/pipe.yaml"), registry: Toys.registry,
      datasetNames: nil, overrides: overrides)
    let roots = Dictionary(uniqueKeysWithValues: spec.datasets.map { ($0.name, data.path(percentEncoded: false)) })
    return RunRequest(
      pipeline: spec, listing: SourceListing(sources: sources, roots: roots, problems: []), registry: Toys.registry,
      store: store, modelsFolder: root.appending(path: "models"), executable: "/nonexistent", jobs: 1)
  }

  func run(_ request: RunRequest) throws -> ToyRun { try ToyRun(request, folder: root) }
}

/// One pass over a pipeline's stages in this process.
final class ToyRun {
  let state: RunState
  private let events: EventLog
  private let folder: URL

  init(_ request: RunRequest, folder: URL) throws {
    state = try RunState(request)
    self.folder = folder
    events = try EventLog(path: folder.appending(path: "events.jsonl").path(percentEncoded: false))
  }

  func plan(retrying: Bool = false) throws -> SourcePlan { try state.sourcePlan(retrying: retrying) }

  func task(_ work: WorkerTask.Work) -> WorkerTask {
    WorkerTask(
      id: "task", seed: state.request.pipeline.seed, modelsFolder: "", roots: state.request.listing.roots, work: work,
      events: "")
  }

  /// Sends families through the source stages as one unit, or as one each.
  func work(_ families: [Family], attempt: Int = 0, checkpointSeconds: Double = 60) throws {
    let work = UnitWork(
      chain: state.chain, stages: state.sourceEntries, families: families,
      folder: state.store.unitsFolder(chain: state.chain).path(percentEncoded: false), attempt: attempt)
    var task = task(.unit(work))
    task.limits.checkpointSeconds = checkpointSeconds
    try UnitWorker(task: task, work: work, registry: state.request.registry, events: events).run()
  }

  /// Names of the units that the store has.
  func unitNames() throws -> [String] {
    var names: [String] = []
    try state.store.eachUnit(chain: state.chain) { folder, _ in names.append(folder.lastPathComponent) }
    return names
  }

  /// Writes down what is known so far, as the run's record.
  func write(to folder: RunFolder, problems: [String] = []) throws -> RunRecord {
    try FileSystem.makeFolder(folder.plan)
    let summary = RunSummary(
      numericsProfile: "none", store: state.store.root.path(percentEncoded: false), modelsFolder: "",
      origin: RunOrigin(), pipeline: state.request.pipeline, epoch: 1, stages: state.history,
      sources: state.sourcesByEnd, samples: state.sampleCount, roles: [], frames: state.frames,
      badSources: state.badSources, problems: problems, versions: [:], isFinished: true)
    return try folder.write(summary, state.description())
  }

  /// Does what is pending of the source grain in so many units, every so-many-th family in one.
  func doSources(units: Int = 1) throws {
    let pending = try plan().pending.map(\.family)
    for unit in 0..<units {
      let families = pending.enumerated().filter { $0.offset % units == unit }.map(\.element)
      if !families.isEmpty { try work(families) }
    }
    state.take(try plan())
    state.recordSources(state: .new)
  }

  /// Does a stage of the sample or table grain, as far as the store has not got it.
  func doStage(_ id: String) throws {
    guard let entry = state.laterEntries.first(where: { $0.id == id }) else { throw ToolError(.usage, "no \(id)") }
    switch state.request.registry[entry.name] {
    case let type as any SampleStage.Type: try doSamples(entry, puts: type.puts)
    case let type as any TableStage.Type: try doTable(entry, type: type)
    default: throw ToolError(.usage, "\(id) is no later stage")
    }
  }

  func tablePlan(_ id: String) throws -> RunState.TablePlan {
    guard let entry = state.laterEntries.first(where: { $0.id == id }),
      let type = state.request.registry[entry.name] as? any TableStage.Type
    else { throw ToolError(.usage, "\(id) is no table stage") }
    return try state.tablePlan(entry, type: type)
  }

  var inputs: TableInputs { TableInputs(state.description()) }

  private func doSamples(_ entry: PipelineSpec.StageEntry, puts: SampleStageOutput) throws {
    let plan = try state.samplePlan(entry)
    for pending in plan.pending {
      let work = SampleUnitWork(
        stage: entry, inputs: state.description(), unit: pending.unit, stageFingerprint: plan.stage,
        given: pending.given, output: pending.folder.path(percentEncoded: false))
      try SampleWorker(task: task(.sampleUnit(work)), work: work, registry: state.request.registry, events: events)
        .run()
    }
    try state.takeSamples(entry, puts: puts, plan: state.samplePlan(entry), state: .new)
  }

  private func doTable(_ entry: PipelineSpec.StageEntry, type: any TableStage.Type) throws {
    var plan = try state.tablePlan(entry, type: type)
    if plan.manifest == nil {
      let work = TableWork(
        stage: entry, inputs: state.description(), part: nil, parts: [:], fingerprint: plan.fingerprint,
        output: plan.folder.path(percentEncoded: false))
      try TableWorker(task: task(.table(work)), work: work, registry: state.request.registry, events: events).run()
      plan = try state.tablePlan(entry, type: type)
    }
    guard let manifest = plan.manifest else { throw ToolError(.failed, "\(entry.id) left no manifest") }
    state.takeTable(entry, type: type, plan: plan, manifest: manifest, state: .new)
  }
}
