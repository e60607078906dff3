internal import Foundation
package import Records
package import Sharding

/// A file that a manifest vouches for.
package struct FileRecord: Codable, Hashable, Sendable {
  /// Relative to the manifest's folder.
  package var name: String
  package var bytes: Int
  package var digest: Digest
}

/// By what a file is recognised without reading it.
package struct FileIdentity: Codable, Hashable, Sendable {
  package var bytes: Int
  package var modifiedNanoseconds: Int64
  package var inode: UInt64
}

/// By what the mask video of a source is recognised.
package struct MaskStamp: Codable, Hashable, Sendable {
  package var identity: FileIdentity
  package var digest: Digest
}

/// How one source ended.
package struct SourceOutcome: Codable, Hashable, Sendable {
  package enum Status: String, Codable, Sendable {
    case done, failed, quarantined
  }

  package var path: String
  package var status: Status
  package var failure: SourceFailure?
  package var identity: FileIdentity?
  /// SHA-256 of the file.
  package var digest: Digest?
  /// The mask video beside it, where the dataset names one that is there.
  package var mask: MaskStamp?
  package var notes: [SourceNote]
  /// What the file says of itself: codec, size, quality; see docs/shortcuts.md.
  package var facts: [String: JSONValue]
  package var samples: Int
}

/// How one family ended: the unit of done-ness.
package struct FamilyOutcome: Codable, Sendable {
  package var name: String
  /// See ``Fingerprints/family(chain:facts:contents:)``.
  package var fingerprint: Digest
  /// Digest of what the source pass depends on of the family's records.
  package var facts: Digest
  package var sources: [SourceOutcome]
  /// Digest of the sample lines and pixels, whatever unit they are in.
  package var content: Digest
  package var samples: Int
  @SparseCounts package var counts: [String: StageCounts]
  package var frames: FrameTallies
  package var drops: [Drop]
  package var seconds: Double
  /// CPU seconds of each source stage without those after it, by stage id.
  package var stageSeconds: [String: Double]
}

extension FamilyOutcome {
  /// Its sources that did not end well.
  package var badSources: [SourceOutcome] { sources.filter { $0.status != .done } }

  /// The outcome without what only books and reports need, its names those of `family`: what a coordinator can hold a hundred
  /// thousand of.
  func withoutDetails(sharing family: Family) -> FamilyOutcome {
    var outcome = self
    (outcome.drops, outcome.counts, outcome.stageSeconds) = ([], [:], [:])
    outcome.name = family.name
    for index in outcome.sources.indices {
      (outcome.sources[index].notes, outcome.sources[index].facts) = ([], [:])
      if index < family.sources.count, family.sources[index].path == outcome.sources[index].path {
        outcome.sources[index].path = family.sources[index].path
      }
    }
    return outcome
  }
}

/// What a unit of the source grain left: a pack of compressed crops, a line per sample, and this.
package struct UnitManifest: Codable, Sendable {
  package var version = 1
  /// Fingerprint of the fused stages.
  package var chain: Digest
  package var families: [FamilyOutcome]
  /// `pack.tar`, `samples.jsonl`.
  package var files: [FileRecord]
  /// Versions of the libraries that worked.
  package var versions: [String: String]
}

extension UnitManifest {
  /// Calls `body` with every unit and the outcomes of those of its families that a run uses.
  static func eachOutcomes(
    of units: [UnitReference], _ body: (UnitReference, [FamilyOutcome]) throws -> Void
  ) throws {
    try ParallelBlocks.forEach(units) { unit in
      let wanted = Set(unit.families)
      let manifest = try FileSystem.readJSON(
        UnitManifest.self, from: URL(filePath: unit.folder).appending(path: "manifest.json"))
      return (unit, manifest.families.filter { wanted.contains($0.name) })
    } body: {
      try body($0, $1)
    }
  }
}

/// What a unit of the sample grain left: features and their keys, or a pack and its lines.
package struct SampleUnitManifest: Codable, Sendable {
  package var version = 2
  /// Fingerprint of the stage.
  package var stage: Digest
  package var fingerprint: Digest
  package var rows: Int
  package var columns: Int
  /// Digest of what was put for each family's samples, by family: what later fingerprints contain.
  package var contents: [String: Digest]
  /// Digest of what was given for each family, by family: by what its result is found again.
  package var given: [String: Digest]
  package var files: [FileRecord]
  /// By family.
  package var counts: [String: StageCounts]
  package var seconds: Double
}

/// What a table stage, or one part of it, left.
package struct ProductManifest: Codable, Sendable {
  package var version = 1
  package var stage: String
  package var part: String?
  package var fingerprint: Digest
  package var files: [FileRecord]
  package var outcome: TableOutcome
  package var counts: StageCounts
  package var seconds: Double
  /// Digest of the files' names and digests: what later fingerprints contain.
  package var content: Digest
  /// Names of the folders of the parts that it was made of.
  package var partFolders: [String]?
}

/// One line of `samples.jsonl`: a sample and where its bytes stand in the pack beside it, or elsewhere.
package struct SampleLine: Codable, Sendable {
  package var sample: Sample
  package var offset: Int
  package var length: Int
  package var digest: Digest
  /// Path below the store of the tar that ``offset`` and those of ``companions`` are of; absent where that is the pack.
  package var archive: String?
  /// Files that go with the picture, by extension; absent where there are none.
  package var companions: [String: MemberReference]?

  /// Canonical JSON of the line.
  ///
  /// - Parameter sample: canonical JSON of the sample, whose encoding is most of the work.
  func data(sample: Data) throws -> Data {
    // Of all members the sample's name sorts last.
    try CanonicalJSON.data(Place(line: self)).dropLast() + Data(#","sample":"#.utf8) + sample + Data("}".utf8)
  }

  /// All of a line but its sample.
  private struct Place: Encodable {
    let line: SampleLine

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(line.offset, forKey: .offset)
      try values.encode(line.length, forKey: .length)
      try values.encode(line.digest, forKey: .digest)
      try values.encodeIfPresent(line.archive, forKey: .archive)
      try values.encodeIfPresent(line.companions, forKey: .companions)
    }
  }
}
