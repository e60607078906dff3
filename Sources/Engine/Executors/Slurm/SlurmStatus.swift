internal import Foundation

/// Where a run on Slurm stands, as far as its own files tell: no scheduler is asked, no accounting needed.
package struct SlurmStatus: Codable, Sendable {
  /// `submitted`, `printed`, `finished` or `stopped`.
  package var state: String
  /// What the latest submission is for.
  package var step: String
  package var tasks: Int
  /// Tasks whose worker has ended, well or not.
  package var ended: Int
  /// Jobs of the latest submission, the one that collects last.
  package var jobs: [String]
  /// Scripts, logs and events of the latest submission.
  package var folder: String
  /// With what the run stopped.
  package var message: String?

  /// - Returns: `nil` for a run that was never on Slurm, or whose scripts somebody took away.
  init?(of run: RunFolder) throws {
    guard let chain = try SlurmChain.read(run),
      FileSystem.exists(SlurmSubmission.folder(chain.submission, step: chain.step, of: run))
    else { return nil }
    let (submission, files) = try SlurmSubmission.read(chain.submission, step: chain.step, of: run)
    state = chain.state.rawValue
    step = chain.step
    tasks = submission.entries.count
    ended = try files.ended()
    let jobs = files.jobs()
    self.jobs = jobs.work.map(\.identifier) + [jobs.collect].compactMap { $0 }
    folder = files.url.path(percentEncoded: false)
    message = chain.message
  }
}
