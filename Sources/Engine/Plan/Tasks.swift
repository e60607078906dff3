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
  package var limits = WorkerLimits()
}

/// What a worker may take of this machine; never part of a fingerprint.
package struct WorkerLimits: Codable, Hashable, Sendable {
  /// Longest time for one family, seconds; none where `nil`.
  package var familySeconds: Double?
  /// Most memory of one worker, MiB; as much as there is where `nil`.
  package var memoryMebibytes: Int?
  /// Seconds of work after which a worker puts by what it has finished of its unit.
  package var checkpointSeconds = 60.0

  package init() {}
}

/// Families through the fused source stages.
package struct UnitWork: Codable, Sendable {
  package var chain: Digest
  package var stages: [PipelineSpec.StageEntry]
  package var families: [Family]
  /// Folder of the chain's units. A worker puts by what it has finished every now and then, so that of one task several
  /// units may come, each named by ``unitName(of:roots:attempt:)``.
  package var folder: String
  /// Results of the same records and files that the store has already.
  package var attempt: Int

  /// Name of a unit: from its families and the present state of their files, so that work on changed files has a place of
  /// its own, and the same work done twice has one.
  package static func unitName(of families: [Family], roots: [String: String], attempt: Int) -> String {
    var builder = FingerprintBuilder("unit")
    for family in families {
      builder.add("facts", Fingerprints.facts(of: family))
      for source in family.sources {
        // A file that is gone has no identity; the worker reports it.
        builder.add("file", (try? SourceFile(source, roots: roots).identity()).map { "\($0)" } ?? "absent")
        if let mask = SourceFile.mask(of: source, roots: roots) {
          builder.add("mask", (try? FileSystem.identity(of: mask)).map { "\($0)" } ?? "absent")
        }
      }
    }
    if attempt > 0 { builder.add("attempt", "\(attempt)") }
    return builder.finish().short
  }
}

/// The samples of one unit through a sample stage.
package struct SampleUnitWork: Codable, Sendable {
  package var stage: PipelineSpec.StageEntry
  package var inputs: TableInputs.Description
  package var unit: UnitReference
  package var stageFingerprint: Digest
  /// Digest of what is given of each family, by family.
  package var given: [String: Digest]
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
