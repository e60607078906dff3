internal import Foundation
internal import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// Runs tasks as worker processes of this machine, at most `jobs` at a time.
final class LocalExecutor: Executor {
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

  private struct Running {
    let task: WorkerTask
    let process: ChildProcess
    var events: EventReader
    var family: String?
    var fatal: (message: String, status: Int32)?
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
    defer { for child in running { child.process.kill() } }
    while !queue.isEmpty || !running.isEmpty {
      try interruption.check()
      while running.count < jobs, let task = queue.popFirst() { running.append(try start(task)) }
      var index = 0
      while index < running.count {
        let end = running[index].process.poll()
        for event in running[index].events.next() {
          switch event {
          case .familyStarted(let name): running[index].family = name
          case .fatal(let message, let status): running[index].fatal = (message, status)
          default: break
          }
          onEvent(running[index].task, event)
        }
        guard let end else {
          index += 1
          continue
        }
        let ended = running.remove(at: index)
        queue += try onEnd(ended.task, result(of: ended, end: end))
      }
      try onIdle()
      usleep(20_000)
    }
  }

  private func start(_ task: WorkerTask) throws -> Running {
    let file = planFolder.appending(path: "\(task.id).json")
    try FileSystem.writeJSON(task, to: file)
    try? FileManager.default.removeItem(atPath: task.events)  // Of an earlier attempt, if there was one.
    let process = try ChildProcess(
      executable: executable, arguments: ["worker", file.path(percentEncoded: false)], environment: environment,
      log: planFolder.appending(path: "\(task.id).log").path(percentEncoded: false))
    return Running(task: task, process: process, events: EventReader(path: task.events))
  }

  private func result(of ended: Running, end: ChildProcess.End) -> TaskResult {
    switch end {
    case .exit(0): .done
    case .signal(let signal): .crashed(signal: signal, family: ended.family)
    case .exit(let code):
      ended.task.failure(exit: code, fatal: ended.fatal, log: planFolder.appending(path: "\(ended.task.id).log"))
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
