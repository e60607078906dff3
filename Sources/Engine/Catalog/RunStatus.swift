private import Foundation

/// The state of a run, as its record tells it; who works on it now.
package struct RunStatus: Codable, Sendable {
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
  package var badSources: [RunSummary.BadSource]
  package var problems: [String]
  /// The process that works on the run now, and what it is at.
  package var holder: LeaseRecord?
  package var progress: ProgressRecord?
  /// Where its jobs are, if it was ever on Slurm.
  package var slurm: SlurmStatus?

  /// Makes the catalog again where it is gone or older than the run.
  ///
  /// - Throws: ``ToolError`` when `folder` is no run's folder.
  package init(of folder: RunFolder) throws {
    let summary = try folder.readSummary()
    name = summary.pipeline.name
    isFinished = summary.isFinished
    stages = summary.stages
    frames = summary.frames
    roles = summary.roles
    problems = summary.problems
    slurm = try SlurmStatus(of: folder)
    sources = summary.sources
    sourceCount = sources.values.reduce(0, +)
    samples = summary.samples
    dropped = Dictionary(
      uniqueKeysWithValues: stages.filter { !$0.counts.dropped.isEmpty }.map { ($0.id, $0.counts.dropped) })
    badSources = summary.badSources
    holder = Lease.holder(of: folder)
    if holder != nil {
      // None before the first is written.
      progress = try? FileSystem.readJSON(ProgressRecord.self, from: folder.progress)
    } else {
      try Catalog.ensure(folder)
    }
  }
}
