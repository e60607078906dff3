package import Foundation
package import Records

/// One step of a pipeline. Its grain is told by which of the three refined protocols it conforms to.
package protocol Stage: Sendable {
  associatedtype Options: StageOptions
  /// The YAML key.
  static var name: String { get }
  /// Raised when the meaning of the output changes; part of every fingerprint.
  static var version: Int { get }
  /// One sentence for `docs/stages.md`.
  static var summary: String { get }
  /// What is counted in and out: `crops`, or `videos to frames`.
  static var counted: String { get }
  /// Called when a pipeline is checked as well as when it runs: cheap, and throws only for options that no run could use.
  init(options: Options) throws
  /// Files below the models folder that the output depends on; their digests are part of the fingerprint.
  var modelFiles: [String] { get }
  /// What a user does who lacks one of ``modelFiles``, looked for at `path`.
  func remedy(forModelFile file: String, path: String) -> String
  /// Whether it draws random numbers: only then is it given the pipeline's seed, and is the seed part of its fingerprint.
  var usesSeed: Bool { get }
  /// Versions of the libraries that do the work: recorded with every unit, not part of the fingerprint.
  func libraryVersions() throws -> [String: String]
}

extension Stage {
  package static var counted: String { "crops" }
  package var modelFiles: [String] { [] }
  package var usesSeed: Bool { true }
  package func remedy(forModelFile file: String, path: String) -> String {
    "`make deps` fetches it, or set DFPREP_MODELS to the folder that holds it"
  }
  package func libraryVersions() throws -> [String: String] { [:] }
}

/// What every stage may know about the machine and the run it works in.
package struct StageContext: Sendable {
  package let stageID: String
  /// The pipeline's; 0 for a stage that uses none.
  package let seed: UInt64
  package let modelsFolder: URL
  /// Root folder of each dataset, by name.
  package let roots: [String: String]
  /// Things loaded once per worker process.
  package let resources: WorkerResources
  /// Reports progress: units of work done, of how many, and a short note.
  package let progress: @Sendable (_ done: Int, _ total: Int, _ note: String) -> Void
  /// What table stages before left, for sample stages that ask for it with ``SampleStage/needs``.
  package internal(set) var products: [Product] = []
  /// Where a table stage, or a part of one, may put by how far it has come: the same folder for whoever does the same work
  /// after this worker, gone when the work is done. It need not exist yet.
  package var scratch: URL?

  package init(
    stageID: String, seed: UInt64, modelsFolder: URL, roots: [String: String], resources: WorkerResources,
    progress: @escaping @Sendable (_ done: Int, _ total: Int, _ note: String) -> Void
  ) {
    self.stageID = stageID
    self.seed = seed
    self.modelsFolder = modelsFolder
    self.roots = roots
    self.resources = resources
    self.progress = progress
  }
}

/// Things that a worker loads once and uses for every family: networks, weights.
///
/// Sendable although unguarded: a worker process runs its stages on one thread, one after the other.
package final class WorkerResources: @unchecked Sendable {
  private var values: [String: Any] = [:]
  package init() {}

  /// The value made for `name` before, or by `make` now.
  package func value<Value>(_ name: String, make: () throws -> Value) rethrows -> Value {
    if let known = values[name] as? Value { return known }
    let made = try make()
    values[name] = made
    return made
  }
}

// MARK: - Source grain

/// A stage that sees one family at a time, in one streaming pass over its sources.
///
/// Neighbouring source stages are fused: what one emits is the next one's input before its `process` returns, so the call
/// stack is the back-pressure and memory is a few frames.
package protocol SourceStage: Stage {
  associatedtype Input: Sendable
  associatedtype Output: Sendable
  associatedtype Pass: SourcePass<Input, Output>
  func makePass(_ context: StageContext, ledger: FamilyLedger) throws -> Pass
}

/// A source stage's work on one family.
package protocol SourcePass<Input, Output>: AnyObject {
  associatedtype Input: Sendable
  associatedtype Output: Sendable
  func process(_ input: Input, emit: (Output) throws -> Void) throws
  /// Called after the last item of each source.
  func endSource(emit: (Output) throws -> Void) throws
  /// Called after the last source of the family.
  func endFamily(emit: (Output) throws -> Void) throws
}

extension SourcePass {
  package func endSource(emit: (Output) throws -> Void) throws {}
  package func endFamily(emit: (Output) throws -> Void) throws {}
}

/// What the last source stage emits: a sample whose pixels are still uncompressed.
package protocol PackableSample: Sendable {
  var sample: Sample { get }
  /// Compresses the pixels. Called exactly once for every sample that survives the source grain.
  func encoded() throws -> [UInt8]
  /// Files that go with the picture wherever it goes, by extension (`mask.png`).
  func companions() throws -> [String: [UInt8]]
}

extension PackableSample {
  package func companions() throws -> [String: [UInt8]] { [:] }
}

/// A source that cannot be used further.
package struct SourceFailure: Error, Codable, Hashable, Sendable, CustomStringConvertible {
  /// Stable, kebab-case.
  package var code: String
  package var message: String
  /// True for faults of the machine (file missing, disk, memory): the family is unfinished, not bad, and is done again by the next run.
  package var isTransient: Bool

  package init(code: String, message: String, isTransient: Bool = false) {
    self.code = code
    self.message = message
    self.isTransient = isTransient
  }

  package var description: String { "\(code): \(message)" }
}

// MARK: - Sample grain

/// A stage that sees batches of samples; the batches are an accident of planning and must not show in what it puts out.
package protocol SampleStage: Stage {
  /// What ``process(_:context:sink:)`` puts into its sink.
  static var puts: SampleStageOutput { get }
  /// Products of earlier table stages that it uses; the context has them.
  var needs: [ProductRequirement] { get }
  func process(_ samples: [SampleEntry], context: StageContext, sink: any SampleSink) throws
}

extension SampleStage {
  package var needs: [ProductRequirement] { [] }
}

/// What a sample stage adds.
package enum SampleStageOutput: String, Codable, Sendable {
  /// One row of features per sample.
  case features
  /// Further samples, with pixels.
  case samples
}

/// Where a sample stage puts its results.
package protocol SampleSink: AnyObject {
  /// Adds one row; every row of a stage has the same width.
  func put(features: [Float], key: String) throws
  /// Adds a sample and its compressed pixels.
  func put(_ sample: Sample, image: [UInt8]) throws
}

// MARK: - Table grain

/// A stage that sees all records at once.
package protocol TableStage: Stage {
  /// Products of earlier stages that it uses; absent required ones are a mistake in the pipeline.
  static var reads: [ProductRequirement] { get }
  /// The same with the options given: what is optional among ``reads`` may be required by one of them.
  var needs: [ProductRequirement] { get }
  /// The kind of product it leaves, if any.
  static var writes: ProductKind? { get }
  /// The same with the options given, which may make it a product of another kind.
  var leaves: ProductKind? { get }
  /// Folder of the run in which its files are published, if any.
  static var publishesTo: String? { get }
  /// Where the stage is no item of `stages:` but a gate: it then runs in every pipeline, as soon as samples exist.
  static var gate: StageGate? { get }
  /// Names of independent parts, each run like a unit; empty for a stage that runs alone.
  func parts(_ inputs: TableInputs) throws -> [String]
  /// Does one part, writing files into `output`.
  func runPart(_ part: String, inputs: TableInputs, output: URL, context: StageContext) throws
  /// Does the work that no part does, writing files into `output`; `parts` are the folders of the finished parts.
  func run(_ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext) throws -> TableOutcome
}

extension TableStage {
  package static var publishesTo: String? { nil }
  package static var gate: StageGate? { nil }
  package var needs: [ProductRequirement] { Self.reads }
  package var leaves: ProductKind? { Self.writes }
  package func parts(_ inputs: TableInputs) throws -> [String] { [] }
  package func runPart(_ part: String, inputs: TableInputs, output: URL, context: StageContext) throws {}
}

/// How `gates:` of a pipeline speaks of a stage: `gates: {<the stage's name>: <value of the option>}`.
package struct StageGate: Sendable {
  /// The option that the gate's value is given to.
  package let option: String
  package init(option: String) { self.option = option }
}

/// The kind of thing a table stage leaves for later ones; an open set.
package struct ProductKind: RawRepresentable, Codable, Hashable, Sendable {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package init(_ rawValue: String) { self.rawValue = rawValue }
  /// What a sample stage that puts features leaves.
  package static let features = ProductKind("features")
}

/// One product that a table stage uses.
package struct ProductRequirement: Hashable, Sendable {
  package let kind: ProductKind
  package let isRequired: Bool
  /// Id of the stage whose product is meant; `nil` for any.
  package var stageID: String?
  package static func required(_ kind: ProductKind) -> ProductRequirement { .init(kind: kind, isRequired: true) }
  package static func optional(_ kind: ProductKind) -> ProductRequirement { .init(kind: kind, isRequired: false) }
  package static func required(_ kind: ProductKind, of stageID: String) -> ProductRequirement {
    .init(kind: kind, isRequired: true, stageID: stageID)
  }

  /// Whether a stage's product is what is meant.
  func isMet(by kind: ProductKind, of stageID: String) -> Bool {
    kind == self.kind && (self.stageID ?? stageID) == stageID
  }
}

/// What a table stage did to the records.
package struct TableOutcome: Codable, Sendable {
  /// Samples that later stages do not see.
  package var drops: [Drop]
  /// Facts about samples for the catalog: column by key.
  package var annotations: [Annotation]
  /// Lines for people: what came out.
  package var summary: [String]
  /// A failed gate: the run stops with exit code 4 after this stage.
  package var failedGate: String?

  package init(
    drops: [Drop] = [], annotations: [Annotation] = [], summary: [String] = [], failedGate: String? = nil
  ) {
    self.drops = drops
    self.annotations = annotations
    self.summary = summary
    self.failedGate = failedGate
  }
}

/// One fact about a sample, found by a table stage.
package struct Annotation: Codable, Hashable, Sendable {
  package var key: String
  package var name: String
  package var value: String
  package init(key: String, name: String, value: String) {
    self.key = key
    self.name = name
    self.value = value
  }
}

/// Something that a stage left out, and why.
package struct Drop: Codable, Hashable, Sendable {
  package var stage: String
  /// A sample's key, or `source@pts` for a frame.
  package var item: String
  /// Stable, kebab-case.
  package var reason: String
  package var detail: String?
  /// Of the source, where the drop is of the source grain.
  package var label: Label?

  package init(stage: String, item: String, reason: String, detail: String? = nil, label: Label? = nil) {
    self.stage = stage
    self.item = item
    self.reason = reason
    self.detail = detail
    self.label = label
  }
}
