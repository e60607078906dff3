private import Foundation

#if canImport(Glibc)
  private import Glibc
#endif

/// One worker process: started, given tasks, watched without blocking, ended. See ``TaskChannel`` for its side.
final class ChildProcess {
  /// How a process ended.
  enum End: Hashable {
    case exit(Int32)
    case signal(Int32)
  }

  let identifier: Int32
  /// The end of the pipe whose closing ends the worker.
  private let lifeline: Int32
  /// Where the worker tells of each task that it has done: readable then, and when it has ended.
  let replies: Int32
  private var end: End?

  /// Starts `executable`; its output goes to `log`, its standard input lasts as long as this object's process.
  init(executable: String, arguments: [String], environment: [String: String], log: String) throws {
    let pipe = try Self.pipe()
    let back = try Self.pipe()
    defer { for descriptor in [pipe[0], back[1]] { close(descriptor) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipe[0], STDIN_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, back[1], TaskChannel.replies)
    // A group of its own: Ctrl-C reaches the coordinator alone, which ends its workers in order.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let argumentPointers = ([executable] + arguments).map { strdup($0) } + [nil]
    let environmentPointers = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    var identifier: pid_t = 0
    let status = posix_spawn(&identifier, executable, &actions, &attributes, argumentPointers, environmentPointers)
    guard status == 0 else {
      for descriptor in [pipe[1], back[0]] { close(descriptor) }
      throw ToolError(.failed, "cannot start \(executable): \(Self.reason(status))")
    }
    self.identifier = identifier
    (lifeline, replies) = (pipe[1], back[0])
    _ = fcntl(replies, F_SETFL, O_NONBLOCK)
  }

  deinit { for descriptor in [lifeline, replies] { close(descriptor) } }

  private static func pipe() throws -> [Int32] {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
      throw ToolError(.failed, "cannot make a pipe: \(reason(errno))")
    }
    return ends
  }

  /// Gives a worker that has done its task the next one.
  ///
  /// - Returns: whether it could be told; one that has ended cannot.
  func give(_ task: String) -> Bool {
    let line = [UInt8]((task + "\n").utf8)
    return write(lifeline, line, line.count) == line.count
  }

  /// Whether it has told that it is done with the task in hand and waits for the next; true once per task.
  func hasReplied() -> Bool {
    var byte: UInt8 = 0
    return read(replies, &byte, 1) == 1
  }

  /// How it ended, or `nil` while it runs.
  func poll() -> End? {
    if let end { return end }
    var status: Int32 = 0
    guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
    end = status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
    return end
  }

  /// Ends it now. Its unfinished folder is swept by the next run.
  func kill() {
    guard poll() == nil else { return }
    Glibc.kill(identifier, SIGKILL)
    var status: Int32 = 0
    waitpid(identifier, &status, 0)
    end = .signal(SIGKILL)
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
