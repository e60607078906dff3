private import Foundation
private import GRDB
private import Records

/// What differs between two runs: the stages and their options, the sources, the samples, the versions.
package struct RunDifference: Codable, Sendable {
  /// A stage that is not the same in both.
  package struct Stage: Codable, Hashable, Sendable {
    package var stage: String
    /// `both`, or the only run that has it: `first`, `second`.
    package var runs: String
    package var changes: [Dependencies.Change]
  }

  /// A source or a sample that is not the same in both.
  package struct Item: Codable, Hashable, Sendable {
    package var name: String
    package var runs: String
    /// Empty where only one run has it.
    package var changes: [Dependencies.Change]
  }

  /// Items that are not the same; `examples` are the first of them by name.
  package struct Items: Codable, Hashable, Sendable {
    package var first = 0
    package var second = 0
    package var onlyFirst = 0
    package var onlySecond = 0
    package var changed = 0
    package var examples: [Item] = []

    package var isSame: Bool { onlyFirst + onlySecond + changed == 0 }
  }

  package var stages: [Stage]
  /// Seed, numerics, libraries.
  package var versions: [Dependencies.Change]
  package var sources: Items
  package var samples: Items

  private static let exampleCount = 20

  /// - Throws: ``ToolError`` when one of them is no run's folder.
  package init(_ first: RunFolder, _ second: RunFolder) throws {
    let runs = try [first, second].map { try $0.readSummary() }
    stages = Self.stages(runs[0], runs[1])
    versions = Dependencies(Self.versions(runs[1])).changes(since: Dependencies(Self.versions(runs[0])))
    for run in [first, second] { try Catalog.ensure(run) }
    (sources, samples) = try Catalog.open(first).writeWithoutTransaction { database in
      try database.execute(
        sql: "ATTACH DATABASE ? AS other", arguments: [second.catalog.path(percentEncoded: false)])
      return (
        try Self.items(
          database, table: "source", key: "name",
          columns: [
            "label", "role", "method", "original", "identity", "donor", "source_video", "official_split", "sha256",
            "status", "code", "samples",
          ]),
        try Self.items(
          database, table: "sample", key: "key", columns: ["label", "role", "method", "sha256", "face_pixels", "score"])
      )
    }
  }

  private static func stages(_ first: RunSummary, _ second: RunSummary) -> [Stage] {
    let ids = first.stages.map(\.id) + second.stages.map(\.id).filter { id in !first.stages.contains { $0.id == id } }
    return ids.compactMap { id in
      let entries = [first, second].map { run in run.pipeline.stages.first { $0.id == id } }
      let records = [first, second].map { run in run.stages.first { $0.id == id } }
      switch (entries[0], entries[1]) {
      case (let before?, let after?):
        let old = own(before, records[0])
        let changes = own(after, records[1]).changes(since: old)
        return changes.isEmpty ? nil : Stage(stage: id, runs: "both", changes: changes)
      case (nil, _): return Stage(stage: id, runs: "second", changes: [])
      case (_, nil): return Stage(stage: id, runs: "first", changes: [])
      }
    }
  }

  /// What a stage depends on itself: its options as the pipeline has them, and what was written down when it worked.
  private static func own(_ entry: PipelineSpec.StageEntry, _ record: StageRecord?) -> Dependencies {
    var own = record?.dependencies?.own ?? Dependencies()
    try? own.add(options: entry.options)  // Options always encode.
    return own
  }

  private static func versions(_ run: RunSummary) -> [String: String] {
    var versions = run.versions
    versions["seed"] = "\(run.pipeline.seed)"
    versions["numerics"] = run.numericsProfile
    return versions
  }

  private static func items(_ database: Database, table: String, key: String, columns: [String]) throws -> Items {
    func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: "SELECT count(*) FROM \(sql)") ?? 0 }
    let differs = columns.map { "a.\($0) IS NOT b.\($0)" }.joined(separator: " OR ")
    let both = "main.\(table) a JOIN other.\(table) b ON a.\(key) = b.\(key) WHERE \(differs)"
    func lonely(_ one: String, _ other: String) -> String {
      "\(one).\(table) a WHERE NOT EXISTS (SELECT 1 FROM \(other).\(table) b WHERE a.\(key) = b.\(key))"
    }
    var items = Items(
      first: try count("main.\(table)"), second: try count("other.\(table)"),
      onlyFirst: try count(lonely("main", "other")),
      onlySecond: try count(lonely("other", "main")), changed: try count(both))
    for (runs, sql) in [("first", lonely("main", "other")), ("second", lonely("other", "main"))] {
      let names = try String.fetchAll(
        database, sql: "SELECT a.\(key) FROM \(sql) ORDER BY a.\(key) LIMIT \(exampleCount)")
      items.examples += names.map { Item(name: $0, runs: runs, changes: []) }
    }
    let selected = columns.flatMap { ["a.\($0)", "b.\($0)"] }.joined(separator: ", ")
    for row in try Row.fetchAll(
      database, sql: "SELECT a.\(key), \(selected) FROM \(both) ORDER BY a.\(key) LIMIT \(exampleCount)")
    {
      let changes = columns.enumerated().compactMap { index, column -> Dependencies.Change? in
        let (before, after) = (text(row[1 + 2 * index]), text(row[2 + 2 * index]))
        return before == after ? nil : Dependencies.Change(field: column, before: before, after: after)
      }
      items.examples.append(Item(name: row[0], runs: "both", changes: changes))
    }
    return items
  }

  private static func text(_ value: DatabaseValue) -> String? {
    value.isNull ? nil : String.fromDatabaseValue(value) ?? "\(value)"
  }

  /// For people.
  package var lines: [String] {
    var lines: [String] = []
    for change in versions { lines.append("version  \(change)") }
    for stage in stages {
      if stage.runs != "both" { lines.append("stage  \(stage.stage): only in the \(stage.runs)") }
      for change in stage.changes { lines.append("stage  \(stage.stage): \(change)") }
    }
    for (what, items) in [("sources", sources), ("samples", samples)] {
      lines.append(
        "\(what)  \(items.first) and \(items.second): \(items.onlyFirst) only in the first, \(items.onlySecond) only in the second, \(items.changed) not the same"
      )
      for item in items.examples {
        let what =
          item.runs == "both" ? item.changes.map(\.description).joined(separator: ", ") : "only in the \(item.runs)"
        lines.append("  \(item.name): \(what)")
      }
    }
    return lines
  }
}
