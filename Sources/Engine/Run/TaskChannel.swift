internal import Foundation
private import Synchronization

#if canImport(Glibc)
  private import Glibc
#endif

/// A worker's line to the coordinator that started it.
///
/// Lines of standard input name further tasks, one when the one before is done; its end ends the process, so that a worker
/// never outlives its coordinator. A byte on descriptor 3 tells that the task in hand is done.
final class TaskChannel: Sendable {
  /// The descriptor that ``ChildProcess`` opens for what the worker tells.
  static let replies: Int32 = 3

  private let tasks = Mutex<[String]>([])
  private let came = DispatchSemaphore(value: 0)

  init() {
    let thread = Thread { [self] in listen() }
    thread.start()
  }

  /// Tells that the task in hand is done, and waits for the next.
  ///
  /// - Returns: the next task's file; `nil` where nobody listens.
  func next() -> URL? {
    guard write(Self.replies, [UInt8(ascii: ".")], 1) == 1 else { return nil }
    came.wait()
    return tasks.withLock { $0.isEmpty ? nil : URL(filePath: $0.removeFirst()) }
  }

  /// Leaves at once when the coordinator's end of the pipe closes.
  private func listen() {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      // Interrupted it is by what handles a crash of another thread, which must be left to end the process itself.
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { _exit(ExitStatus.terminated.rawValue) }
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      let name = String(decoding: line, as: UTF8.self)
      line = []
      tasks.withLock { $0.append(name) }
      came.signal()
    }
  }
}
