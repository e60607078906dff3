internal import Foundation
internal import Records

/// Where a run on Slurm stands: `plan/slurm/chain.json`, written by whoever holds the run's lease.
struct SlurmChain: Codable {
  enum State: String, Codable {
    /// Jobs are with Slurm; the last of them goes on.
    case submitted
    /// Scripts are written, for somebody to submit them by hand.
    case printed
    case finished
    /// It ended with an error; `message` says which.
    case stopped
  }

  var version = 1
  var state: State
  /// Digest of what was asked for. Jobs that find something else asked for do not go on.
  var request: Digest
  /// The latest submission, from 1.
  var submission: Int
  /// What it is for, and the first submission that was for the same.
  var step: String
  var firstOfStep: Int
  var message: String?
  var status: Int32?

  static func folder(of run: RunFolder) -> URL { run.plan.appending(path: "slurm") }
  private static func file(of run: RunFolder) -> URL { folder(of: run).appending(path: "chain.json") }

  /// The chain of a run, if there ever was one.
  static func read(_ run: RunFolder) throws -> SlurmChain? {
    FileSystem.exists(file(of: run)) ? try FileSystem.readJSON(SlurmChain.self, from: file(of: run)) : nil
  }

  func write(_ run: RunFolder) throws {
    try FileSystem.makeFolder(Self.folder(of: run))
    try FileSystem.writeJSON(self, to: Self.file(of: run))
  }

  /// What is asked for, so far as it can change what a job does.
  static func digest(of request: RunRequest) throws -> Digest {
    var builder = FingerprintBuilder("request")
    builder.add("pipeline", try CanonicalJSON.string(request.pipeline))
    builder.add("until", request.until ?? "")
    builder.add("limit", request.limit.map(String.init) ?? "")
    builder.add("store", request.store.path(percentEncoded: false))
    return builder.finish()
  }
}
