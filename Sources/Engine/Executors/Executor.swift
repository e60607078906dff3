internal import Foundation
private import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// Has tasks done by workers, here or elsewhere.
protocol Executor {
  /// Bytes of videos that a worker decodes in about the time that it takes to begin a task.
  var leastUnitCost: Int { get }

  /// Has `tasks` done. `onEvent` sees what workers tell while this process watches; `onEnd` may return further tasks, which
  /// are done after the others.
  ///
  /// - Parameter label: what the tasks are for, the same whenever a run comes to this step; no two steps have the same.
  /// - Throws: ``ToolError`` with status 130 or 143 when the user ends the run; ``Suspension`` when the tasks are with
  ///   somebody who starts another process once they have ended, and this one has nothing left to do.
  func run(
    _ tasks: [WorkerTask], label: String, onEvent: (WorkerTask, WorkerEvent) -> Void, onIdle: () throws -> Void,
    onEnd: (WorkerTask, TaskResult) throws -> [WorkerTask]
  ) throws
}

/// How a task ended.
enum TaskResult {
  case done
  /// The worker said why it could not go on.
  case failed(message: String, status: ExitStatus)
  /// The worker died of a signal while it worked on this family, where that is known.
  case crashed(signal: Int32, family: String?)
  /// The machine took the worker away, and starting it again as it is did not help or is not needed: these families of its
  /// unit, or the whole task, are left to do.
  case cutShort(left: [String], reason: String)

  /// Signals that speak of the family, not of the machine.
  static let faults: Set<Int32> = [SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]
}

/// Not an error: this process has handed its work on, and the run goes on without it.
struct Suspension: Error, CustomStringConvertible {
  let description: String
}

extension WorkerTask {
  /// Families of a unit, by name; none for other work.
  var familyNames: [String] {
    if case .unit(let work) = work { work.families.map(\.name) } else { [] }
  }

  /// Whether a worker that has done it may go on with another of its kind. What a table stage leaves in libraries (threads,
  /// memory) is not for another.
  var sharesWorkers: Bool {
    if case .table = work { false } else { true }
  }

  /// File of what its worker prints, beside its events.
  var log: String { events.replacing(/\.events\.jsonl$/, with: ".log") }

  /// Whether it is a table stage as a whole, which has a machine to itself.
  var isWholeTable: Bool {
    if case .table(let work) = work { work.part == nil } else { false }
  }

  /// What a worker that ended with an exit status left to say.
  ///
  /// - Parameter log: file of its standard error.
  func failure(exit code: Int32, fatal: (message: String, status: Int32)?, log: URL) -> TaskResult {
    if let fatal { return .failed(message: fatal.message, status: ExitStatus(rawValue: fatal.status) ?? .failed) }
    // A log that cannot be read leaves the message without its tail.
    let tail =
      (try? String(contentsOf: log, encoding: .utf8))?.split(separator: "\n").suffix(5).joined(separator: "\n") ?? ""
    return .failed(
      message: "worker of \(id) ended with status \(code)\n\(tail)", status: ExitStatus(rawValue: code) ?? .failed)
  }
}
