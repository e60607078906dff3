package import Records

/// One piece of work for a worker, as it stands in a file of the run's `plan` folder: readable, and all a worker needs.
package struct WorkerTask: Codable, Sendable {
  package enum Work: Codable, Sendable {
    case unit(UnitWork)
    case sampleUnit(SampleUnitWork)
    case table(TableWork)
  }

  package var id: String
  package var seed: UInt64
  package var modelsFolder: String
  package var roots: [String: String]
  package var work: Work
  /// File that the worker appends its events to, a JSON object a line.
  package var events: String
}

/// Families through the fused source stages.
package struct UnitWork: Codable, Sendable {
  package var chain: Digest
  package var stages: [PipelineSpec.StageEntry]
  package var families: [Family]
  package var output: String
}

/// The samples of one unit through a sample stage.
package struct SampleUnitWork: Codable, Sendable {
  package var stage: PipelineSpec.StageEntry
  package var inputs: TableInputs.Description
  package var unit: UnitReference
  package var fingerprint: Digest
  package var output: String
}

/// A table stage, or one part of it.
package struct TableWork: Codable, Sendable {
  package var stage: PipelineSpec.StageEntry
  package var inputs: TableInputs.Description
  package var part: String?
  /// Folders of finished parts, by name.
  package var parts: [String: String]
  package var fingerprint: Digest
  package var output: String
}

/// The families of one unit that a run uses.
package struct UnitReference: Codable, Hashable, Sendable {
  package var folder: String
  package var families: [String]
}
