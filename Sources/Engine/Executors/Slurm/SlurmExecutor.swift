internal import Foundation

/// Hands tasks to Slurm and ends: a job that Slurm starts after them takes in their results and goes on.
///
/// A step of the run takes as many submissions as it needs. In each later process its beginning is told again from the
/// files of the submissions before, so that whoever asked for the tasks comes to know the same as if it had lived on.
final class SlurmExecutor: Executor {
  /// A job starts a process, besides what Slurm does.
  let leastUnitCost = 4 << 20

  /// How often a task is begun whose machine was lost each time; a unit of several families once less, before they are
  /// tried one by one.
  static let attempts = 3

  private let slurm: SlurmRequest
  private let request: RunRequest
  private let run: RunFolder
  private let local: LocalExecutor

  init(_ slurm: SlurmRequest, request: RunRequest, run: RunFolder, local: LocalExecutor) {
    self.slurm = slurm
    self.request = request
    self.run = run
    self.local = local
  }

  /// - Throws: ``Suspension`` once the tasks are with Slurm.
  func run(
    _ tasks: [WorkerTask], label: String, onEvent: (WorkerTask, WorkerEvent) -> Void, onIdle: () throws -> Void,
    onEnd: (WorkerTask, TaskResult) throws -> [WorkerTask]
  ) throws {
    let isWholeNode = !tasks.isEmpty && tasks.allSatisfy(\.isWholeTable)
    if isWholeNode, case .tables = slurm.phase {
      return try local.run(tasks, label: label, onEvent: onEvent, onIdle: onIdle, onEnd: onEnd)
    }
    let step = isWholeNode ? "\(label), the whole table" : label
    let chain = try SlurmChain.read(run)
    var queue = tasks.map { Attempt(task: $0, number: 1) }
    var firstOfStep: Int?
    if let chain, chain.step == step, slurm.phase.submission != nil {
      queue = try remaining(of: chain, tasks: tasks, isWholeNode: isWholeNode, onEvent: onEvent, onEnd: onEnd)
      firstOfStep = chain.firstOfStep
    }
    guard !queue.isEmpty else { return }
    throw try submit(queue, step: step, isWholeNode: isWholeNode, after: chain, firstOfStep: firstOfStep)
  }

  /// A task, and how often it will have been begun.
  private struct Attempt {
    let task: WorkerTask
    let number: Int
  }

  /// Tells what workers of the step told, and how its tasks ended, so far; what is left to be done after the last
  /// submission.
  private func remaining(
    of chain: SlurmChain, tasks: [WorkerTask], isWholeNode: Bool, onEvent: (WorkerTask, WorkerEvent) -> Void,
    onEnd: (WorkerTask, TaskResult) throws -> [WorkerTask]
  ) throws -> [Attempt] {
    var next: [Attempt] = []
    for number in chain.firstOfStep...chain.submission {
      let (submission, folder) = try SlurmSubmission.read(number, step: chain.step, of: run)
      next = []
      if isWholeNode {
        // The job that had the node ended without coming further; the files of today are the ones to look at.
        let reason =
          "the job for table stages ended early \(submission.entries[0].attempt) times: \(folder.file("tables.out").path(percentEncoded: false))"
        for task in tasks { next += try again(task, submission.entries[0].attempt, reason: reason, onEnd: onEnd) }
        continue
      }
      for (index, entry) in submission.entries.enumerated() {
        let task = try folder.task(entry.id)
        for event in folder.events(of: entry.id) { onEvent(task, event) }
        switch folder.end(of: task, index: index) {
        case .result(let result): next += try onEnd(task, result).map { Attempt(task: $0, number: 1) }
        case .notSubmitted: next.append(Attempt(task: task, number: entry.attempt))
        case .lost(let reason): next += try again(task, entry.attempt, reason: reason, onEnd: onEnd)
        }
      }
    }
    return next
  }

  private func again(
    _ task: WorkerTask, _ attempt: Int, reason: String, onEnd: (WorkerTask, TaskResult) throws -> [WorkerTask]
  ) throws -> [Attempt] {
    let families = task.familyNames
    if attempt < (families.count > 1 ? Self.attempts - 1 : Self.attempts) {
      return [Attempt(task: task, number: attempt + 1)]
    }
    return try onEnd(task, .cutShort(left: families, reason: "begun \(attempt) times and never ended: \(reason)")).map {
      Attempt(task: $0, number: 1)
    }
  }

  /// Writes a submission and gives it to Slurm, unless its scripts are all that is wanted.
  private func submit(
    _ queue: [Attempt], step: String, isWholeNode: Bool, after chain: SlurmChain?, firstOfStep: Int?
  ) throws -> Suspension {
    let number = (chain?.submission ?? 0) + 1
    let folder = SlurmSubmissionFolder(url: SlurmSubmission.folder(number, step: step, of: run))
    let submission = SlurmSubmission(
      number: number, step: step, isWholeNode: isWholeNode,
      entries: queue.map { SlurmSubmission.Entry(id: $0.task.id, attempt: $0.number) })
    try FileSystem.makeFolder(folder.url)
    for attempt in queue {
      var task = attempt.task
      task.events = folder.file("\(task.id).events.jsonl").path(percentEncoded: false)
      try task.write(to: folder.file("\(task.id).json"))
    }
    try FileSystem.writeJSON(submission, to: folder.file("submission.json"))
    let commands = SlurmCommands(environment: slurm.environment)
    let isPrinted = slurm.phase == .print
    // Scripts may be printed where there is no Slurm; its own default holds there.
    let allowed = isPrinted ? (try? commands.maxArraySize()) ?? 1001 : try commands.maxArraySize()
    let scripts = SlurmScripts(
      run: request.pipeline.name, submission: submission, folder: folder, executable: request.executable, slurm: slurm,
      scratch: request.scratch)
    try scripts.write(maxArray: min(allowed, slurm.settings.maxArray ?? allowed))
    // Written first: a job may start before this process has gone on.
    try SlurmChain(
      state: isPrinted ? .printed : .submitted, request: SlurmChain.digest(of: request), submission: number, step: step,
      firstOfStep: firstOfStep ?? number
    ).write(run)
    let script = folder.file("submit.sh")
    let path = script.path(percentEncoded: false)
    if isPrinted { return Suspension(description: "\(step): scripts written; to submit them: bash \(path)") }
    try commands.submit(script)
    let jobs = folder.jobs()
    let names = jobs.work.map(\.identifier) + [jobs.collect].compactMap { $0 }
    return Suspension(
      description:
        "\(step): \(queue.count) task\(queue.count == 1 ? "" : "s") with Slurm, jobs \(names.joined(separator: ", "))")
  }
}
