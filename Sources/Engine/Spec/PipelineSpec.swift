package import Records

/// A pipeline as the user wrote it, checked, with every default filled in.
package struct PipelineSpec: Codable, Hashable, Sendable {
  /// One dataset of a pipeline and what it may be used for.
  package struct DatasetEntry: Codable, Hashable, Sendable {
    package var name: String
    package var role: Role
  }

  /// One stage of a pipeline.
  package struct StageEntry: Codable, Hashable, Sendable {
    /// The stage's name unless given; unique in the pipeline.
    package var id: String
    /// The YAML key.
    package var name: String
    /// All options, defaults filled in.
    package var options: JSONValue
  }

  /// What no training sees.
  package struct HoldOut: Codable, Hashable, Sendable {
    /// The datasets' own test splits.
    package var officialTest = false
    /// Domains, as datasets.toml names them, and datasets: all that is in them.
    package var domains: [String] = []
    package var datasets: [String] = []
    /// Fakes of these methods.
    package var methods: [String] = []

    /// What part of the test may be looked at without its labels; `nil` for none.
    package var unlabelled: UnlabelledPart?

    package init() {}

    package var isEmpty: Bool { self == HoldOut() }
  }

  /// A part of what is held out that has the role `unlabelled`, and no group in common with the rest.
  package struct UnlabelledPart: Codable, Hashable, Sendable {
    /// Part of the groups, above 0 and below 1.
    package var share: Double
    /// Of these datasets, and of families with fakes of these methods; without either, of all that is held out.
    package var datasets: [String]
    package var methods: [String]
  }

  package var name: String
  package var seed: UInt64
  package var datasets: [DatasetEntry]
  /// What is carved out as role `test` before anything is fitted.
  package var holdOut: HoldOut
  /// Share of sources, 0 ... 1, that may fail before the run stops.
  package var failedSourcesTolerance: Double
  /// How far the shares of real and of fake frames that end without a face may lie apart, 0 ... 1, before the run stops.
  package var lostFramesGate: Double
  /// Absolute path of the run's folder.
  package var output: String
  package var stages: [StageEntry]
}
