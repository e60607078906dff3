internal import Foundation
internal import Records

/// What was given to Slurm at one time: a folder `plan/slurm/<number>-<label>` of the run.
///
///     submission.json          this
///     tasks.txt                id of each task, a line each: the order of the array
///     <id>.json                a task
///     <id>.events.jsonl        what its worker tells
///     <id>.log                 what its worker and libraries print
///     <id>.end                 exit status of its worker, once it has ended
///     work.sh | tables.sh      script of the jobs that work
///     collect.sh               script of the job that comes after them
///     submit.sh                submits both
///     jobs.txt                 what Slurm called them: first task, number of tasks, job; `collect` and its job
///     slurm-<job>_<index>.out  what Slurm says about a job
struct SlurmSubmission: Codable {
  /// A task, and how often it was begun with this submission.
  struct Entry: Codable {
    var id: String
    var attempt: Int
  }

  var number: Int
  var step: String
  /// Whether it is one job that has a whole node and does table stages itself.
  var isWholeNode: Bool
  var entries: [Entry]

  static func folder(_ number: Int, step: String, of run: RunFolder) -> URL {
    let label = String(step.lowercased().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
    let digits = String(number)
    return SlurmChain.folder(of: run).appending(
      path: "\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)-\(label)")
  }

  /// The submission with a number.
  static func read(_ number: Int, step: String, of run: RunFolder) throws -> (SlurmSubmission, SlurmSubmissionFolder) {
    let folder = SlurmSubmissionFolder(url: folder(number, step: step, of: run))
    return (try FileSystem.readJSON(SlurmSubmission.self, from: folder.url.appending(path: "submission.json")), folder)
  }
}

/// The files of a submission.
struct SlurmSubmissionFolder {
  let url: URL

  func file(_ name: String) -> URL { url.appending(path: name) }

  /// A task that was submitted.
  func task(_ id: String) throws -> WorkerTask { try FileSystem.readJSON(WorkerTask.self, from: file("\(id).json")) }

  /// What a task's worker has told so far.
  func events(of id: String) -> [WorkerEvent] {
    var reader = EventReader(path: file("\(id).events.jsonl").path(percentEncoded: false))
    return reader.next()
  }

  /// Tasks whose worker has ended.
  func ended() throws -> Int { try FileSystem.names(in: url).count { $0.hasSuffix(".end") } }

  /// A line of `jobs.txt`: which tasks Slurm took, and what it calls the job.
  struct Job {
    var tasks: Range<Int>
    var identifier: String
  }

  /// The arrays that Slurm took, then the job after them; empty before that.
  func jobs() -> (work: [Job], collect: String?) {
    // Not there: nothing was submitted, or somebody took it away; then nothing is known to wait.
    let text = (try? String(contentsOf: file("jobs.txt"), encoding: .utf8)) ?? ""
    var work: [Job] = []
    var collect: String?
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.count == 2, words[0] == "collect" { collect = words[1] }
      if words.count == 3, let first = Int(words[0]), let count = Int(words[1]) {
        work.append(Job(tasks: first..<(first + count), identifier: words[2]))
      }
    }
    return (work, collect)
  }

  /// How a task ended.
  enum End {
    case result(TaskResult)
    /// Slurm took its machine away.
    case lost(reason: String)
    /// Slurm never took it.
    case notSubmitted
  }

  /// - Parameter index: the task's place in the submission.
  func end(of task: WorkerTask, index: Int) -> End {
    // Absent while the worker lives, and for good where its machine was lost.
    let written = try? String(contentsOf: file("\(task.id).end"), encoding: .utf8)
    guard let status = written.flatMap({ Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) else {
      let job = jobs().work.first { $0.tasks.contains(index) }
      guard let job else { return .notSubmitted }
      return .lost(reason: reason(job, index: index, or: "its machine was lost, or it was cancelled"))
    }
    var fatal: (message: String, status: Int32)?
    var family: String?
    var left: [String]?
    for event in events(of: task.id) {
      switch event {
      case .fatal(let message, let status): fatal = (message, status)
      case .familyStarted(let name): family = name
      case .stoppedEarly(let names): left = names
      case .exceeded(let why): fatal = (why, ExitStatus.notFinished.rawValue)
      default: break
      }
    }
    switch status {
    case 0: return .result(left.map { .cutShort(left: $0, reason: "its time ran out") } ?? .done)
    case ExitStatus.notFinished.rawValue where fatal == nil:
      return .lost(reason: "its time ran out; give it more (`time`)")
    case let status where TaskResult.faults.contains(status - 128):
      return .result(.crashed(signal: status - 128, family: family))
    case let status where status > 128:
      let job = jobs().work.first { $0.tasks.contains(index) }
      let signal = "its worker was ended by signal \(status - 128)"
      return .lost(reason: job.map { reason($0, index: index, or: signal) } ?? signal)
    default: return .result(task.failure(exit: status, fatal: fatal, log: file("\(task.id).log")))
    }
  }

  /// What Slurm itself wrote about a job that it ended.
  private func reason(_ job: Job, index: Int, or other: String) -> String {
    let name = "slurm-\(job.identifier)_\(index - job.tasks.lowerBound).out"
    // Where it could not even write that, the other reason stands.
    let text = (try? String(contentsOf: file(name), encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").last { $0.contains("slurmstepd:") || $0.contains("error:") }
    return line.map { String($0.replacing("slurmstepd: ", with: "").replacing("error: ", with: "")) } ?? other
  }
}
