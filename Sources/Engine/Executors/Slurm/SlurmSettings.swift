/// What a site's Slurm is asked for. Never part of a fingerprint, never able to change a result.
package struct SlurmSettings: Sendable {
  package var partition: String?
  package var account: String?
  /// Longest time of a worker's job, as `sbatch --time` reads it; the partition's own where absent.
  package var time: String?
  /// Memory of a worker, as `sbatch --mem` reads it.
  package var memory: String?
  /// Tasks of an array that may run at a time.
  package var throttle: Int?
  /// Tasks of an array at most, where the site allows fewer than its MaxArraySize says.
  package var maxArray: Int?
  /// The same for table stages, which have a whole node unless their cores are given.
  package var tableCores: Int?
  package var tableMemory: String?
  package var tableTime: String?
  /// Further options of every job: `--qos=long`.
  package var options: [String]
  /// Lines of every script before its work: `module load ffmpeg`.
  package var setup: [String]

  package init(
    partition: String? = nil, account: String? = nil, time: String? = nil, memory: String? = nil, throttle: Int? = nil,
    maxArray: Int? = nil, tableCores: Int? = nil, tableMemory: String? = nil, tableTime: String? = nil,
    options: [String] = [], setup: [String] = []
  ) {
    self.partition = partition
    self.account = account
    self.time = time
    self.memory = memory
    self.throttle = throttle
    self.maxArray = maxArray
    self.tableCores = tableCores
    self.tableMemory = tableMemory
    self.tableTime = tableTime
    self.options = options
    self.setup = setup
  }

  /// Seconds before the time limit at which a worker is told: two minutes, less of a short limit.
  var noticeSeconds: Int { min(120, (time.flatMap(Self.seconds) ?? 3600) / 4) }

  /// Seconds of a time limit: `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours[:minutes[:seconds]]`.
  ///
  /// - Returns: `nil` for anything else. Source: sbatch(1), `--time`.
  package static func seconds(_ time: String) -> Int? {
    let halves = time.split(separator: "-", omittingEmptySubsequences: false)
    guard halves.count <= 2, let clock = halves.last else { return nil }
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard (1...3).contains(parts.count), parts.allSatisfy({ $0 >= 0 }) else { return nil }
    if halves.count == 2 {
      guard let days = Int(halves[0]), days >= 0 else { return nil }
      return zip(parts, [3600, 60, 1]).reduce(days * 86400) { $0 + $1.0 * $1.1 }
    }
    let units = [[60], [60, 1], [3600, 60, 1]][parts.count - 1]
    return zip(parts, units).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// What a command has to do with a run on Slurm.
package struct SlurmRequest: Sendable {
  package enum Phase: Hashable, Sendable {
    /// Submits what is to be done first.
    case submit
    /// Writes the scripts for that, and submits nothing.
    case print
    /// Takes in the results of a submission and submits what is next: what a collect job does.
    case collect(submission: Int)
    /// The same, but table stages are done at once: what a job that has a whole node does.
    case tables(submission: Int)

    /// The submission that this process belongs to.
    var submission: Int? {
      switch self {
      case .submit, .print: nil
      case .collect(let submission), .tables(let submission): submission
      }
    }
  }

  package var settings: SlurmSettings
  package var phase: Phase
  /// Arguments of dfprep with which a job goes on.
  package var command: [String]
  /// Where the user called it: what relative paths of the command are relative to.
  package var directory: String
  /// Where Slurm's commands are looked for, and what jobs inherit.
  package var environment: [String: String]

  package init(
    settings: SlurmSettings, phase: Phase, command: [String], directory: String, environment: [String: String]
  ) {
    self.settings = settings
    self.phase = phase
    self.command = command
    self.directory = directory
    // What Slurm told this job is about this job.
    self.environment = environment.filter { !$0.key.hasPrefix("SLURM_") || $0.key == "SLURM_CONF" }
  }
}
