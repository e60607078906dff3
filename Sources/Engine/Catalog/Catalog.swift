internal import Foundation
internal import GRDB
internal import Records
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
      state TEXT NOT NULL, input INTEGER NOT NULL, made INTEGER NOT NULL, output INTEGER NOT NULL,
      dropped INTEGER NOT NULL, failed INTEGER NOT NULL, quarantined INTEGER NOT NULL, seconds REAL NOT NULL, fingerprint TEXT);
    CREATE TABLE about (inputs TEXT NOT NULL);
    """
  private static let indexes = """
    CREATE INDEX sample_source ON sample (source);
    CREATE INDEX annotation_sample ON annotation (sample);
    CREATE INDEX dropped_item ON dropped (item);
    """

  /// Writes the catalog of `record` into the run's folder, unit by unit.
  ///
  /// - Parameters:
  ///   - scratch: folder on a disk of this machine, where SQLite works better than on a network's.
  ///   - check: called often; what it throws ends the work, and the old catalog stays.
  static func rebuild(
    _ run: RunFolder, record: RunRecord, scratch: String? = nil, check: () throws -> Void = {}
  ) throws {
    if isCurrent(run, inputs: record.summary.inputsDigest) { return }
    let name = ".catalog-\(UUID().uuidString).sqlite"
    let temporary = (scratch.map { URL(filePath: $0) } ?? run.root).appending(path: name)
    try FileSystem.makeFolder(temporary.deletingLastPathComponent())
    defer { try? FileManager.default.removeItem(at: temporary) }  // Renamed away when all went well.
    do {
      var configuration = Configuration()
      // Nobody reads the file before it is whole, and one that is not is thrown away.
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
      }
      let queue = try DatabaseQueue(path: temporary.path(percentEncoded: false), configuration: configuration)
      defer { try? queue.close() }  // Everything is committed by then.
      try queue.write { database in
        try database.execute(sql: schema)
        try database.execute(sql: "INSERT INTO about VALUES (?)", arguments: [record.summary.inputsDigest.hex])
        try writeUnits(database, record: record, check: check)
        try writeTables(database, inputs: record.inputs, check: check)
        try writeStages(database, record: record)
        try database.execute(sql: indexes)
      }
    }
    guard scratch == nil else { return try AtomicFile.write(Data(contentsOf: temporary), to: run.catalog) }
    try FileSystem.synchronise(temporary.path(percentEncoded: false))
    try AtomicFile.commit(temporary: temporary, to: run.catalog)
  }

  /// Makes the catalog of a run again where it is gone or older than the run.
  static func ensure(_ run: RunFolder) throws {
    if try !isCurrent(run, inputs: run.readSummary().inputsDigest) { try rebuild(run, record: run.readRecord()) }
  }

  /// Whether the catalog is there and of these inputs.
  static func isCurrent(_ run: RunFolder, inputs: Digest) -> Bool {
    guard FileSystem.exists(run.catalog) else { return false }
    // One that cannot be read is made again.
    let known = try? open(run).read { try String.fetchOne($0, sql: "SELECT inputs FROM about") }
    return known == inputs.hex
  }

  /// The catalog of a run, for reading.
  static func open(_ run: RunFolder) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    return try DatabaseQueue(path: run.catalog.path(percentEncoded: false), configuration: configuration)
  }

  private static func writeUnits(_ database: Database, record: RunRecord, check: () throws -> Void) throws {
    let dropped = Set(try SampleReader.drops(record.inputs).map(\.item))
    var left = [Bool](repeating: true, count: record.families.count)
    // Families are sorted by name.
    func place(_ name: String) -> Int? { SourcePlan.place(of: name, in: record.families) }
    func write(_ unit: UnitReference) throws {
      try writeSamples(
        database, of: unit, families: unit.families.compactMap { place($0).map { record.families[$0] } },
        dropped: dropped)
    }
    try UnitManifest.eachOutcomes(of: record.inputs.units) { unit, outcomes in
      try check()
      for outcome in outcomes {
        guard let place = place(outcome.name), left[place] else { continue }
        left[place] = false
        try writeSources(database, family: record.families[place], outcome: outcome)
      }
      try write(unit)
    }
    for (family, isLeft) in zip(record.families, left) where isLeft {
      try writeSources(database, family: family, outcome: nil)
    }
    for unit in record.inputs.addedUnits.values.joined() {
      try check()
      try write(unit)
    }
  }

  private static func writeSources(_ database: Database, family: Family, outcome: FamilyOutcome?) throws {
    let insert = try database.cachedStatement(
      sql: "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    let insertNote = try database.cachedStatement(sql: "INSERT INTO source_note VALUES (?, ?, ?)")
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

  /// Writes the samples of a unit that are of `families` and were not dropped, each with what its dataset says of the source.
  private static func writeSamples(
    _ database: Database, of unit: UnitReference, families: [Family], dropped: Set<String>
  ) throws {
    let insert = try database.cachedStatement(
      sql: "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    let insertParent = try database.cachedStatement(sql: "INSERT INTO parent VALUES (?, ?)")
    let names = Set(unit.families)
    let sources = Dictionary(
      families.lazy.flatMap(\.sources).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let files = UnitFiles(of: unit)
    try CatalogLine.forEach(in: URL(filePath: unit.folder)) { line in
      let name = line.sourceName
      guard names.contains(line.family), !dropped.contains(line.key), let source = sources[name] else { return }
      // As ``SampleReader`` joins them: a made sample keeps the label and method it was made with.
      let isMade = !line.parents.isEmpty
      let label = isMade ? Label(rawValue: line.label)?.name : source.label.name
      try insert.execute(arguments: [
        line.key, name, line.family, label, source.role.rawValue, isMade ? line.method : source.method, line.variant,
        line.pts, "\(line.timeBase.numerator)/\(line.timeBase.denominator)", line.track, line.facePixels,
        line.sharpness, line.score, line.digest, files.pack(line.archive), line.offset, line.length,
      ])
      for parent in line.parents { try insertParent.execute(arguments: [line.key, parent]) }
    }
  }

  private static func writeTables(
    _ database: Database, inputs: TableInputs.Description, check: () throws -> Void
  ) throws {
    for drop in try SampleReader.drops(inputs) { try insertDrop(database, drop) }
    let insert = try database.cachedStatement(sql: "INSERT INTO annotation VALUES (?, ?, ?, ?)")
    for product in inputs.products where !product.folder.isEmpty {
      try check()
      try AnnotationFile.read(in: URL(filePath: product.folder)) { annotation in
        try insert.execute(arguments: [annotation.key, product.stageID, annotation.name, annotation.value])
      }
    }
  }

  private static func writeStages(_ database: Database, record: RunRecord) throws {
    for (position, stage) in record.stages.enumerated() {
      try database.execute(
        sql: "INSERT INTO stage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          position, stage.id, stage.name, stage.grain.rawValue, stage.state.rawValue, stage.counts.input,
          stage.counts.made, stage.counts.output, stage.counts.dropped.values.reduce(0, +),
          stage.counts.failed.values.reduce(0, +),
          stage.counts.quarantined.values.reduce(0, +), stage.seconds, stage.fingerprint?.hex,
        ])
    }
  }

  private static func insertDrop(_ database: Database, _ drop: Drop) throws {
    try database.cachedStatement(sql: "INSERT INTO dropped VALUES (?, ?, ?, ?, ?)").execute(
      arguments: [drop.stage, drop.item, drop.reason, drop.detail, drop.label?.name])
  }
}
