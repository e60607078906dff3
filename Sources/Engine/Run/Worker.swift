package import Foundation
private import Logging
private import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// The hidden verb `worker`: does tasks of a plan and leaves their results in the store.
///
/// One process, one thread. It ends when its standard input does, so that it never outlives the coordinator; but for one
/// that a scheduler started, which ends when it is told.
package enum Worker {
  /// Tasks after which a worker ends, and another takes its place: what libraries lose of memory is given back then.
  private static let mostTasks = 32

  /// Runs the task in `file`, and those that the coordinator names after it.
  ///
  /// - Parameter isAlone: whether no coordinator waits at the other end of standard input.
  /// - Throws: ``ToolError`` and others; the caller prints them and chooses the exit status.
  package static func run(file: URL, registry: StageRegistry, isAlone: Bool = false) throws {
    let channel = isAlone ? nil : TaskChannel()
    // Standard error is the task's log in the run's `plan` folder.
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
    let resources = WorkerResources()
    var file = file
    for number in 1... {
      let task = try FileSystem.readJSON(WorkerTask.self, from: file)
      if isAlone { ShutdownNotice.listen(keepsParts: !task.familyNames.isEmpty) }
      if number > 1 { try turnOutput(to: task.log) }
      try perform(task, registry: registry, resources: resources)
      guard let channel, task.sharesWorkers, number < mostTasks, !isGrown(task.limits), let next = channel.next()
      else { return }
      file = next
    }
  }

  /// Whether what earlier tasks left in memory could take the next one over its limit.
  private static func isGrown(_ limits: WorkerLimits) -> Bool {
    guard let most = limits.memoryMebibytes else { return false }
    return Watchdog.residentMebibytes().map { $0 > most / 2 } ?? true
  }

  /// What this process and its libraries print goes to another file from now on.
  private static func turnOutput(to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.failure("cannot open", path) }
    defer { close(descriptor) }
    for output in [STDOUT_FILENO, STDERR_FILENO] where dup2(descriptor, output) < 0 {
      throw FileSystem.failure("cannot print to", path)
    }
  }

  private static func perform(_ task: WorkerTask, registry: StageRegistry, resources: WorkerResources) throws {
    let events = try EventLog(path: task.events)
    let logger = Logger(label: "dfprep.worker")
    logger.info("task started", metadata: ["task": "\(task.id)"])
    let log = UncheckedEventLog(log: events)
    let watchdog = Watchdog(task.limits) { why in
      logger.error("task ended", metadata: ["task": "\(task.id)", "reason": "\(why)"])
      log.log.append(.exceeded(message: why))
      _exit(ExitStatus.notFinished.rawValue)
    }
    defer { watchdog.stop() }
    do {
      try NumericsProfile.standard.check()
      switch task.work {
      case .unit(let work):
        try UnitWorker(
          task: task, work: work, registry: registry, events: events, resources: resources, watchdog: watchdog
        ).run()
      case .sampleUnit(let work):
        try SampleWorker(task: task, work: work, registry: registry, events: events, resources: resources).run()
      case .table(let work): try TableWorker(task: task, work: work, registry: registry, events: events).run()
      }
      logger.info("task finished", metadata: ["task": "\(task.id)"])
    } catch {
      logger.error("task failed", metadata: ["task": "\(task.id)", "error": "\(error)"])
      let advice = MachineFault.systemCode(of: error).map(MachineFault.advice) ?? ""
      events.append(.fatal(message: "\(error)\(advice)", status: ToolError.status(of: error).rawValue))
      throw error
    }
  }
}

/// What a worker tells while it works: one JSON object a line, the same for every engine.
package enum WorkerEvent: Codable, Sendable {
  case familyStarted(name: String)
  case familyEnded(name: String, samples: Int, failed: Int, stages: [StageTally]?)
  case progress(done: Int, total: Int, note: String)
  /// The machine is about to be taken away: what is done is kept, these families are left.
  case stoppedEarly(left: [String])
  /// These families' results are in the store.
  case putBy(families: [String])
  /// The worker ended itself because it took more time or memory than it may.
  case exceeded(message: String)
  /// Files that a library wrote to standard error are elsewhere; this is why the task cannot be done.
  case fatal(message: String, status: Int32)
}

/// Appends events to a file; each line in one write.
final class EventLog {
  private let handle: FileHandle

  init(path: String) throws {
    if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(filePath: path)) }
    handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.seekToEnd()
  }

  /// Events are for watching; work goes on when they cannot be written.
  func append(_ event: WorkerEvent) {
    guard let data = try? CanonicalJSON.data(event) else { return }  // Strings and integers always encode.
    try? handle.write(contentsOf: data + [UInt8(ascii: "\n")])
  }
}

extension WorkerTask {
  /// What a stage is told about its surroundings.
  func context(_ id: String, _ stage: any Stage, resources: WorkerResources, events: EventLog) -> StageContext {
    let events = UncheckedEventLog(log: events)
    return StageContext(
      stageID: id, seed: stage.usesSeed ? seed : 0, modelsFolder: URL(filePath: modelsFolder), roots: roots,
      resources: resources,
      progress: { events.log.append(.progress(done: $0, total: $1, note: $2)) })
  }
}

/// Sendable because one write a line is atomic for files opened by one process at their end.
private struct UncheckedEventLog: @unchecked Sendable {
  let log: EventLog
}
