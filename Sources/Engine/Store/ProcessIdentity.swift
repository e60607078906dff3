private import Foundation

#if canImport(Glibc)
  private import Glibc
#endif

/// Which process of which machine: enough to tell one that lives from one that has ended, even when its number is used
/// again or the machine was started again.
package struct ProcessIdentity: Codable, Hashable, Sendable, CustomStringConvertible {
  /// Whether the process still runs, as far as this machine can tell.
  package enum Life: Sendable {
    case lives, ended
    /// It is of another machine, or of another container of this one.
    case unknown
  }

  package var host: String
  /// Identifier of the start of the machine (`/proc/sys/kernel/random/boot_id`).
  package var boot: String
  /// Name space that ``process`` is a number of; containers have their own.
  package var space: String
  package var process: Int32
  /// When the process started, ticks since the machine did; tells it from a later one of the same number.
  package var started: UInt64

  package static let current = ProcessIdentity(process: getpid())

  /// A process of this machine.
  package init(process: Int32) {
    host = ProcessInfo.processInfo.hostName
    boot = Self.text("/proc/sys/kernel/random/boot_id") ?? ""
    // Without it every process is thought to be of this name space.
    space = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
    self.process = process
    started = Self.state(of: process)?.started ?? 0
  }

  package var life: Life {
    let own = Self.current
    guard host == own.host else { return .unknown }
    guard boot == own.boot else { return .ended }
    guard space == own.space else { return .unknown }
    // One that has ended and was not waited for yet (a zombie) works no more.
    guard let state = Self.state(of: process), !"ZX".contains(state.code), state.started == started else {
      return .ended
    }
    return .lives
  }

  package var description: String { "process \(process) on \(host)" }

  /// State letter and start of a process, from `/proc`; source: proc(5).
  private static func state(of process: Int32) -> (code: Character, started: UInt64)? {
    // The command's name, in brackets, may hold anything; the third field follows it, the start is the 22nd.
    guard let line = text("/proc/\(process)/stat"), let bracket = line.lastIndex(of: ")") else { return nil }
    let fields = line[line.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, let code = fields[0].first, let started = UInt64(fields[19]) else { return nil }
    return (code, started)
  }

  private static func text(_ path: String) -> String? {
    // Absent where there is no such process, or no /proc.
    (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
