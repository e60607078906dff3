private import Foundation
private import GRDB

/// The state of a run, read from its record and its catalog.
package struct RunStatus: Codable, Sendable {
  /// A source that did not end well.
  package struct BadSource: Codable, Sendable {
    package var name: String
    package var status: String
    package var code: String
    package var message: String
  }

  package var name: String
  package var isFinished: Bool
  package var stages: [StageRecord]
  /// Sources by how they ended: `done`, `failed`, `quarantined`, `pending`; the sum is ``sourceCount``.
  package var sources: [String: Int]
  package var sourceCount: Int
  package var samples: Int
  /// What is trained on and what is held out, by dataset.
  package var roles: [RoleCount]
  /// What became of the frames asked for, by class.
  package var frames: FrameTallies
  /// Things left out, by stage and reason.
  package var dropped: [String: [String: Int]]
  package var badSources: [BadSource]
  package var problems: [String]
  /// Where its jobs are, if it was ever on Slurm.
  package var slurm: SlurmStatus?

  /// - Throws: ``ToolError`` when `folder` is no run's folder.
  package init(of folder: RunFolder) throws {
    let record = try folder.readRecord()
    name = record.pipeline.name
    isFinished = record.isFinished
    stages = record.stages
    frames = record.frames
    roles = record.roles
    problems = record.problems
    slurm = try SlurmStatus(of: folder)
    if !FileSystem.exists(folder.catalog) { try Catalog.rebuild(folder, record: record) }
    var configuration = Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: folder.catalog.path(percentEncoded: false), configuration: configuration)
    (sources, sourceCount, samples, dropped, badSources) = try queue.read { database in
      var sources: [String: Int] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT status, count(*) FROM source GROUP BY status") {
        sources[row[0]] = row[1]
      }
      var dropped: [String: [String: Int]] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT stage, reason, count(*) FROM dropped GROUP BY stage, reason") {
        dropped[row[0], default: [:]][row[1]] = row[2]
      }
      let bad = try Row.fetchAll(
        database,
        sql:
          "SELECT name, status, coalesce(code, ''), coalesce(message, '') FROM source WHERE status IN ('failed', 'quarantined') ORDER BY name"
      ).map { BadSource(name: $0[0], status: $0[1], code: $0[2], message: $0[3]) }
      let samples = try Int.fetchOne(database, sql: "SELECT count(*) FROM sample") ?? 0
      return (sources, sources.values.reduce(0, +), samples, dropped, bad)
    }
  }
}
