private import Foundation
private import GRDB
private import Records
private import Sharding

/// The SQLite catalog of a run: derived from manifests, rebuilt whenever a run ends, published by rename.
///
/// One process writes it, into a new file; readers keep the old one until the rename. `docs/formats.md` has the schema.
enum Catalog {
  private static let schema = """
    CREATE TABLE source (
      name TEXT PRIMARY KEY, dataset TEXT NOT NULL, path TEXT NOT NULL, family TEXT NOT NULL,
      label TEXT NOT NULL CHECK (label IN ('real', 'fake')), role TEXT NOT NULL, method TEXT, original TEXT,
      identity TEXT, donor TEXT, source_video TEXT, official_split TEXT, sha256 TEXT,
      status TEXT NOT NULL CHECK (status IN ('done', 'failed', 'quarantined', 'pending')),
      code TEXT, message TEXT, samples INTEGER NOT NULL);
    CREATE TABLE source_note (source TEXT NOT NULL REFERENCES source, code TEXT NOT NULL, detail TEXT NOT NULL);
    CREATE TABLE sample (
      key TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES source, family TEXT NOT NULL, label TEXT NOT NULL,
      role TEXT NOT NULL, method TEXT, variant TEXT NOT NULL, pts INTEGER NOT NULL, time_base TEXT NOT NULL,
      track INTEGER NOT NULL, face_pixels REAL NOT NULL, sharpness REAL NOT NULL, score REAL NOT NULL,
      sha256 TEXT NOT NULL, pack TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL);
    CREATE TABLE parent (sample TEXT NOT NULL, parent TEXT NOT NULL);
    CREATE TABLE annotation (sample TEXT NOT NULL, stage TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL);
    CREATE TABLE dropped (stage TEXT NOT NULL, item TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT,
      label TEXT);
    CREATE TABLE stage (
      position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, grain TEXT NOT NULL,
      state TEXT NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL, dropped INTEGER NOT NULL,
      failed INTEGER NOT NULL, seconds REAL NOT NULL, fingerprint TEXT);
    CREATE INDEX sample_source ON sample (source);
    CREATE INDEX annotation_sample ON annotation (sample);
    CREATE INDEX dropped_item ON dropped (item);
    """

  /// Writes the catalog of `record` into the run's folder.
  ///
  /// - Parameter scratch: folder on a disk of this machine, where SQLite works better than on a network's.
  static func rebuild(_ run: RunFolder, record: RunRecord, scratch: String? = nil) throws {
    let inputs = TableInputs(record.inputs)
    let name = ".catalog-\(UUID().uuidString).sqlite"
    let temporary = (scratch.map { URL(filePath: $0) } ?? run.root).appending(path: name)
    try FileSystem.makeFolder(temporary.deletingLastPathComponent())
    defer { try? FileManager.default.removeItem(at: temporary) }  // Renamed away when all went well.
    do {
      let queue = try DatabaseQueue(path: temporary.path(percentEncoded: false))
      defer { try? queue.close() }  // Everything is committed by then.
      try queue.write { database in
        try database.execute(sql: schema)
        try writeSources(database, record: record, outcomes: inputs.outcomes())
        try writeSamples(database, inputs: inputs)
        try writeStages(database, record: record)
      }
    }
    guard scratch != nil else { return try AtomicFile.commit(temporary: temporary, to: run.catalog) }
    try AtomicFile.write(Data(contentsOf: temporary), to: run.catalog)
  }

  private static func writeSources(_ database: Database, record: RunRecord, outcomes: [FamilyOutcome]) throws {
    let byFamily = Dictionary(outcomes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let insert = try database.makeStatement(
      sql: "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    let insertNote = try database.makeStatement(sql: "INSERT INTO source_note VALUES (?, ?, ?)")
    for family in record.families {
      let outcome = byFamily[family.name]
      for source in family.sources {
        let ended = outcome?.sources.first { $0.path == source.path }
        try insert.execute(arguments: [
          source.name, source.dataset, source.path, family.name, source.label.name, source.role.rawValue,
          source.method, source.original, source.identity, source.donor, source.sourceVideo, source.officialSplit,
          ended?.digest?.hex, ended?.status.rawValue ?? "pending", ended?.failure?.code, ended?.failure?.message,
          ended?.samples ?? 0,
        ])
        for note in ended?.notes ?? [] { try insertNote.execute(arguments: [source.name, note.code, note.detail]) }
      }
      for drop in outcome?.drops ?? [] { try insertDrop(database, drop) }
    }
  }

  private static func writeSamples(_ database: Database, inputs: TableInputs) throws {
    let insert = try database.makeStatement(
      sql: "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    let insertParent = try database.makeStatement(sql: "INSERT INTO parent VALUES (?, ?)")
    for entry in try inputs.samples() {
      let sample = entry.sample
      try insert.execute(arguments: [
        sample.key, sample.sourceName, sample.family, sample.label.name, sample.role.rawValue, sample.method,
        sample.variant, sample.pts, "\(sample.timeBase.numerator)/\(sample.timeBase.denominator)", sample.track,
        sample.quality.facePixels, sample.quality.sharpness, sample.face.score, entry.digest.hex, entry.pack,
        entry.offset, entry.length,
      ])
      for parent in sample.parents { try insertParent.execute(arguments: [sample.key, parent]) }
    }
    for drop in try inputs.drops() { try insertDrop(database, drop) }
    let insertAnnotation = try database.makeStatement(sql: "INSERT INTO annotation VALUES (?, ?, ?, ?)")
    for product in inputs.description.products where !product.folder.isEmpty {
      let manifest = try FileSystem.readJSON(ProductManifest.self, from: product.file("manifest.json"))
      for annotation in manifest.outcome.annotations {
        try insertAnnotation.execute(arguments: [annotation.key, manifest.stage, annotation.name, annotation.value])
      }
    }
  }

  private static func writeStages(_ database: Database, record: RunRecord) throws {
    for (position, stage) in record.stages.enumerated() {
      try database.execute(
        sql: "INSERT INTO stage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          position, stage.id, stage.name, stage.grain.rawValue, stage.state.rawValue, stage.counts.input,
          stage.counts.output, stage.counts.dropped.values.reduce(0, +), stage.counts.failed.values.reduce(0, +),
          stage.seconds, stage.fingerprint?.hex,
        ])
    }
  }

  private static func insertDrop(_ database: Database, _ drop: Drop) throws {
    try database.execute(
      sql: "INSERT INTO dropped VALUES (?, ?, ?, ?, ?)",
      arguments: [drop.stage, drop.item, drop.reason, drop.detail, drop.label?.name])
  }
}
