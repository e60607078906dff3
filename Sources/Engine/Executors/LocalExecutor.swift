internal import Foundation
internal import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// Runs tasks by worker processes of this machine, at most `jobs` at a time.
///
/// A worker that has done a unit is given the next: its start, most of it the loading of libraries, takes as long as some
/// units do. It dies with the one in hand alone.
final class LocalExecutor: Executor {
  let leastUnitCost = 1 << 20

  private let jobs: Int
  private let executable: String
  private let planFolder: URL
  private let environment: [String: String]
  private let interruption: Interruption

  /// - Parameter scratch: folder for temporary files of workers, where the machine has a better one than the usual.
  init(jobs: Int, executable: String, planFolder: URL, scratch: String?, interruption: Interruption) {
    self.jobs = jobs
    self.executable = executable
    self.planFolder = planFolder
    self.interruption = interruption
    environment = ProcessInfo.processInfo.environment
      .merging(scratch.map { ["TMPDIR": $0] } ?? [:]) { $1 }
      .merging(NumericsProfile.standard.environment) { $1 }
  }

  /// Longest wait for news of workers.
  private static let waitMilliseconds: Int32 = 50
  /// What a worker over its time may take to end itself before it is ended: it may have been stopped.
  private static let graceSeconds = 3.0

  private struct Running {
    let task: WorkerTask
    let process: ChildProcess
    var events: EventReader
    var family: (name: String, since: ContinuousClock.Instant)?
    var fatal: (message: String, status: Int32)?

    /// Why its worker is to be ended from outside.
    var excess: String? {
      guard let most = task.limits.familySeconds, let family,
        ContinuousClock.now - family.since > .seconds(most + LocalExecutor.graceSeconds)
      else { return nil }
      return Watchdog.tooLong(most)
    }
  }

  /// Runs `tasks` in order. `onEvent` sees every event; `onEnd` may return further tasks, which go to the end of the queue.
  ///
  /// - Throws: ``ToolError`` with status 130 or 143 when the user ends the run; all workers are gone by then.
  func run(
    _ tasks: [WorkerTask], label: String, onEvent: (WorkerTask, WorkerEvent) -> Void, onIdle: () throws -> Void,
    onEnd: (WorkerTask, TaskResult) throws -> [WorkerTask]
  ) throws {
    var queue = tasks[...]
    var running: [Running] = []
    // Workers without a task, which the next may have.
    var idle: [ChildProcess] = []
    defer { for process in running.map(\.process) + idle { process.kill() } }
    while !queue.isEmpty || !running.isEmpty {
      try interruption.check()
      while running.count < jobs, let task = queue.popFirst() { running.append(try start(task, by: &idle)) }
      wait(for: running.map(\.process))
      var index = 0
      while index < running.count {
        let process = running[index].process
        // Before the events are read, so that none is missed.
        var end = process.poll()
        let hasReplied = process.hasReplied()
        for event in running[index].events.next() {
          switch event {
          case .familyStarted(let name): running[index].family = (name, .now)
          case .familyEnded: running[index].family = nil
          case .fatal(let message, let status): running[index].fatal = (message, status)
          default: break
          }
          onEvent(running[index].task, event)
        }
        if hasReplied {
          let done = running.remove(at: index)
          if end == nil { idle.append(process) }
          queue += try onEnd(done.task, .done)
          continue
        }
        if end == nil, let excess = running[index].excess {
          process.kill()
          running[index].fatal = (excess, ExitStatus.notFinished.rawValue)
          onEvent(running[index].task, .exceeded(message: excess))
          end = .exit(ExitStatus.notFinished.rawValue)
        }
        guard let end else {
          index += 1
          continue
        }
        let ended = running.remove(at: index)
        queue += try onEnd(ended.task, result(of: ended, end: end))
      }
      try onIdle()
    }
  }

  /// Until a worker tells something or ends, or for a moment.
  private func wait(for processes: [ChildProcess]) {
    var descriptors = processes.map { pollfd(fd: $0.replies, events: Int16(POLLIN), revents: 0) }
    poll(&descriptors, nfds_t(descriptors.count), Self.waitMilliseconds)
  }

  private func start(_ task: WorkerTask, by idle: inout [ChildProcess]) throws -> Running {
    let file = planFolder.appending(path: "\(task.id).json")
    try task.write(to: file)
    try? FileManager.default.removeItem(atPath: task.events)  // Of an earlier attempt, if there was one.
    while task.sharesWorkers, let process = idle.popLast() {
      guard process.poll() == nil, process.give(file.path(percentEncoded: false)) else { continue }
      return Running(task: task, process: process, events: EventReader(path: task.events))
    }
    let process = try ChildProcess(
      executable: executable, arguments: ["worker", file.path(percentEncoded: false)], environment: environment,
      log: task.log)
    return Running(task: task, process: process, events: EventReader(path: task.events))
  }

  private func result(of ended: Running, end: ChildProcess.End) -> TaskResult {
    switch end {
    case .exit(0): .done
    case .signal(let signal): .crashed(signal: signal, family: ended.family?.name)
    case .exit(let code):
      ended.task.failure(exit: code, fatal: ended.fatal, log: URL(filePath: ended.task.log))
    }
  }
}

/// Reads the lines a worker appends to its event file, as they come; a torn last line waits for its rest.
struct EventReader {
  private let path: String
  private var offset = 0

  init(path: String) { self.path = path }

  mutating func next() -> [WorkerEvent] {
    // Not there yet: the worker has not begun.
    guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? handle.close() }
    guard (try? handle.seek(toOffset: UInt64(offset))) != nil, let data = try? handle.readToEnd(),
      let last = data.lastIndex(of: UInt8(ascii: "\n"))
    else { return [] }
    offset += last + 1 - data.startIndex
    return data[...last].split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONDecoder().decode(WorkerEvent.self, from: Data($0))
    }
  }
}
