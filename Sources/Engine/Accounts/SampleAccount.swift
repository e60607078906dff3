private import Foundation
private import GRDB
package import Records

/// How one sample came to be what it is: the file, the frame, the face, the stages with their options, what became of it; and
/// what of that is no longer so.
package struct SampleAccount: Codable, Sendable {
  /// The source as the run knew it.
  package struct SourceState: Codable, Sendable {
    package var source: Source
    package var family: String
    package var status: String
    package var sha256: String?
    package var code: String?
    package var message: String?
    package var notes: [String]
    package var samples: Int
  }

  /// A stage that the sample went through.
  package struct StageState: Codable, Sendable {
    package var stage: String
    package var state: StageRecord.State
    package var fingerprint: Digest?
    package var dependencies: Dependencies?
  }

  /// Where the compressed picture stands.
  package struct Place: Codable, Sendable {
    package var pack: String
    package var offset: Int
    package var length: Int
    package var sha256: String
  }

  /// Something that is not as it was.
  package struct Staleness: Codable, Hashable, Sendable {
    /// A stage, or a source.
    package var of: String
    package var change: Dependencies.Change
  }

  package var key: String
  package var source: SourceState
  /// `nil` for a source, and for a sample or frame that was dropped before it was packed.
  package var sample: Sample?
  /// Presentation time of the frame.
  package var seconds: Double?
  package var place: Place?
  package var stages: [StageState]
  /// Versions of the libraries that worked on the source.
  package var versions: [String: String]
  package var annotations: [Annotation]
  /// Where it, or a frame of the source, was left out.
  package var dropped: [Drop]
  /// What it is no longer true of; `nil` where that could not be looked up.
  package var stale: [Staleness]?

  /// - Parameters:
  ///   - key: of a sample, or the name of a source.
  ///   - now: what the run would be asked for now, for what is stale; `nil` where that is not known.
  /// - Throws: ``ToolError`` with status 64 when the run knows nothing of that name.
  package init(of key: String, in folder: RunFolder, now request: RunRequest?) throws {
    let record = try folder.readRecord()
    try Catalog.ensure(folder)
    self.key = key
    let found = try Catalog.open(folder).read { database in try Found(key, database) }
    let families = record.families
    guard let family = families.first(where: { $0.sources.contains { $0.name == found.source } }),
      let source = family.sources.first(where: { $0.name == found.source })
    else { throw ToolError(.failed, "\(found.source) is in the catalog, but not in the run's record; run again") }
    let unit = record.inputs.units.first { $0.families.contains(family.name) }
    let manifest = try unit.map {
      try FileSystem.readJSON(UnitManifest.self, from: URL(filePath: $0.folder).appending(path: "manifest.json"))
    }
    let outcome = manifest?.families.first { $0.name == family.name }
    let ended = outcome?.sources.first { $0.path == source.path }
    self.source = SourceState(
      source: source, family: family.name, status: ended?.status.rawValue ?? "pending", sha256: ended?.digest?.hex,
      code: ended?.failure?.code, message: ended?.failure?.message,
      notes: ended?.notes.map { "\($0.code): \($0.detail)" } ?? [], samples: ended?.samples ?? 0)
    // A dropped sample is hidden from readers of the run, not from this one.
    var inputs = record.inputs
    inputs.dropFolders = []
    inputs.families = [family]
    let reader = try SampleReader(inputs)
    let units =
      [unit].compactMap(\.self) + inputs.addedUnits.values.joined().filter { $0.families.contains(family.name) }
    let entry = try units.lazy.flatMap { try reader.entries(of: $0) }.first { $0.sample.key == key }
    sample = entry?.sample
    seconds = entry.map {
      Double($0.sample.pts) * Double($0.sample.timeBase.numerator) / Double(max(1, $0.sample.timeBase.denominator))
    }
    place = entry.map { Place(pack: $0.pack, offset: $0.offset, length: $0.length, sha256: $0.digest.hex) }
    stages = record.stages.map {
      StageState(stage: $0.id, state: $0.state, fingerprint: $0.fingerprint, dependencies: $0.dependencies?.own)
    }
    versions = manifest?.versions ?? [:]
    annotations = found.annotations
    dropped = found.drops
    if let request {
      stale = try Self.staleness(of: family, outcome: outcome, record: record, now: request)
    }
  }

  /// What the catalog knows of a name.
  private struct Found {
    let source: String
    let annotations: [Annotation]
    let drops: [Drop]

    init(_ key: String, _ database: Database) throws {
      // Those of a source's frames: `A` follows `@`.
      drops = try Row.fetchAll(
        database,
        sql: """
          SELECT stage, item, reason, detail FROM dropped
          WHERE item = ?1 OR item >= ?1 || '@' AND item < ?1 || 'A' ORDER BY item
          """, arguments: [key]
      ).map { Drop(stage: $0[0], item: $0[1], reason: $0[2], detail: $0[3]) }
      annotations = try Row.fetchAll(
        database, sql: "SELECT stage, name, value FROM annotation WHERE sample = ?", arguments: [key]
      ).map { Annotation(key: key, name: "\($0[0] as String).\($0[1] as String)", value: $0[2]) }
      let named = try String.fetchOne(
        database, sql: "SELECT source FROM sample WHERE key = ?1 UNION SELECT name FROM source WHERE name = ?1",
        arguments: [key])
      if let name = try named ?? Self.source(ofDropped: key, database) {
        source = name
        return
      }
      let near = try String.fetchAll(
        database, sql: "SELECT key FROM sample WHERE key >= ?1 ORDER BY key LIMIT 3", arguments: [key])
      throw ToolError(
        .usage,
        "the run knows no sample and no source '\(key)'; keys and names stand in its catalog.sqlite"
          + (near.isEmpty ? "" : ", such as \(near.joined(separator: ", "))"))
    }

    /// The source that a dropped sample's key, or a frame's `source@pts`, is of.
    private static func source(ofDropped key: String, _ database: Database) throws -> String? {
      if let at = key.lastIndex(of: "@"),
        let name = try String.fetchOne(
          database, sql: "SELECT name FROM source WHERE name = ?", arguments: [String(key[..<at])])
      {
        return name
      }
      guard try Int.fetchOne(database, sql: "SELECT count(*) FROM dropped WHERE item = ?", arguments: [key]) ?? 0 > 0
      else { return nil }
      let prefix = key.split(separator: "/").dropLast(3).joined(separator: "/")
      guard let name = SampleKey.unescape(prefix) else { return nil }
      return try String.fetchOne(database, sql: "SELECT name FROM source WHERE name = ?", arguments: [name])
    }
  }

  private static func staleness(
    of family: Family, outcome: FamilyOutcome?, record: RunRecord, now request: RunRequest
  ) throws -> [Staleness] {
    let state = try RunState(request)
    var stale: [Staleness] = []
    for stage in record.stages {
      guard let before = stage.dependencies?.own else { continue }
      guard let after = state.stages[stage.id]?.dependencies else {
        stale.append(
          Staleness(of: stage.id, change: Dependencies.Change(field: "stage", before: stage.name, after: nil)))
        continue
      }
      stale += after.changes(since: before).map { Staleness(of: stage.id, change: $0) }
    }
    let current = state.families.first { $0.name == family.name }
    let names = Set(family.sources.map(\.name)).union(current?.sources.map(\.name) ?? [])
    var identities = KnownIdentities(store: state.store)
    for name in names.sorted() {
      let before = family.sources.first { $0.name == name }
      let after = current?.sources.first { $0.name == name }
      func fields(_ source: Source?) -> Dependencies {
        Dependencies(source.map(Fingerprints.fields) ?? [:])
      }
      stale += fields(after).changes(since: fields(before)).map { Staleness(of: name, change: $0) }
      guard let after, let ended = outcome?.sources.first(where: { $0.path == after.path }), let digest = ended.digest
      else { continue }
      let content = try? identities.content(of: after, roots: request.listing.roots, known: ended)
      if content != digest {
        stale.append(
          Staleness(
            of: name, change: Dependencies.Change(field: "content", before: digest.hex, after: content?.hex)))
      }
    }
    return stale
  }
}
