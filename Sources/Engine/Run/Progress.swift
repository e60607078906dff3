package import Foundation

#if canImport(Glibc)
  private import Glibc
#endif

/// `plan/progress.json`: what a run is at.
package struct ProgressRecord: Codable, Sendable {
  package var stage: String
  package var done: Int
  /// 0 where it is not known.
  package var total: Int
  package var failed: Int
  package var note: String
}

/// Tells the user on standard error how far a run is: one live line on a terminal, a plain line every ten seconds elsewhere.
package final class Progress {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let isQuiet: Bool
  private var label = ""
  private var done = 0
  private var total = 0
  private var failed = 0
  private var note = ""
  private var started = ContinuousClock.now
  private var shown = ContinuousClock.now

  private let file: URL?
  private var recorded = ContinuousClock.now

  /// - Parameter file: where a ``ProgressRecord`` is kept for others, every other second.
  package init(isQuiet: Bool = false, file: URL? = nil) {
    self.isQuiet = isQuiet
    self.file = file
  }

  /// Begins a stage (or a group of fused ones) of `total` items.
  package func begin(_ label: String, total: Int) {
    (self.label, self.total, done, failed, note) = (label, total, 0, 0, "")
    started = .now
    shown = .now
    draw()
  }

  package func update(done: Int, total: Int? = nil, failed: Int? = nil, note: String? = nil) {
    self.done = done
    if let total { self.total = total }
    if let failed { self.failed = failed }
    if let note { self.note = note }
  }

  package func advance(failed: Int) {
    done += 1
    self.failed += failed
  }

  /// Called often; draws when it is time.
  package func tick() {
    if let file, ContinuousClock.now - recorded > .seconds(2) {
      recorded = .now
      // Only for watching.
      try? FileSystem.writeJSON(
        ProgressRecord(stage: label, done: done, total: total, failed: failed, note: note), to: file)
    }
    guard ContinuousClock.now - shown > (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
    shown = .now
    draw()
  }

  /// Ends the stage with one line that stays.
  package func end(_ line: String) { write(Self.erasure(isTerminal) + line + "\n") }

  /// Takes the live line away, for an error to stand in its place.
  package func stop() { write(Self.erasure(isTerminal)) }

  private func draw() {
    guard total > 0 || isTerminal else { return }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    var line = "  \(done)/\(total)"
    if failed > 0 { line += "  \(failed) failed" }
    if done > 0, seconds > 1 {
      line += String(format: "  %.1f/s", Double(done) / seconds)
      if total > done { line += "  \(Self.duration(seconds / Double(done) * Double(total - done))) left" }
    }
    if !note.isEmpty { line += "  \(note)" }
    guard isTerminal else { return write(label + line + "\n") }
    // What does not fit is taken off the names of the stages first.
    let columns = Self.terminalColumns() - 1
    let room = max(8, columns - line.count)
    let name = label.count > room ? label.prefix(room - 1) + "…" : label[...]
    write(Self.erasure(true) + (name + line).prefix(columns))
  }

  private static func erasure(_ isTerminal: Bool) -> String { isTerminal ? "\r\u{1B}[2K" : "" }

  /// A longer line would wrap, and could not be taken away again.
  private static func terminalColumns() -> Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) : 80
  }

  private func write(_ text: String) {
    guard !isQuiet else { return }
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// `45 s`, `3 min 20 s`, `2 h 5 min`.
  package static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }
}
