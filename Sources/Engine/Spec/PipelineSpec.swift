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

    package init() {}

    package var isEmpty: Bool { self == HoldOut() }
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
