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

/// What went through one stage so far.
package struct StageTally: Codable, Hashable, Sendable {
  package var stage: String
  package var done: Int
  package var dropped: Int
  package var failed: Int

  package init(stage: String, done: Int = 0, dropped: Int = 0, failed: Int = 0) {
    (self.stage, self.done, self.dropped, self.failed) = (stage, done, dropped, failed)
  }

  init(_ stage: String, _ counts: StageCounts) {
    self.init(
      stage: stage, done: counts.input, dropped: counts.dropped.values.reduce(0, +),
      failed: counts.failed.values.reduce(0, +) + counts.quarantined.values.reduce(0, +))
  }

  fileprivate mutating func add(_ other: StageTally) {
    done += other.done
    dropped += other.dropped
    failed += other.failed
  }
}

/// Tells the user on standard error how far a run is: a live line per stage on a terminal, a plain line every ten seconds
/// elsewhere.
package final class Progress {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let isQuiet: Bool
  private var label = ""
  private var done = 0
  private var total = 0
  private var failed = 0
  private var note = ""
  /// Of stages that work as one pass.
  private var tallies: [StageTally] = []
  private var started = ContinuousClock.now
  /// When the last item was done.
  private var advanced = ContinuousClock.now
  private var shown = ContinuousClock.now
  /// Live lines that stand on the terminal now.
  private var lines = 0

  private let file: URL?
  private var recorded = ContinuousClock.now

  /// - Parameter file: where a ``ProgressRecord`` is kept for others, every other second.
  package init(isQuiet: Bool = false, file: URL? = nil) {
    self.isQuiet = isQuiet
    self.file = file
  }

  /// Begins a stage of `total` items, or a group of fused ones.
  ///
  /// - Parameter stages: ids of fused stages, each of which has a line of its own on a terminal.
  package func begin(_ label: String, total: Int, stages: [String] = []) {
    (self.label, self.total, done, failed, note) = (label, total, 0, 0, "")
    tallies = stages.count > 1 ? stages.map { StageTally(stage: $0) } : []
    (started, advanced, shown) = (.now, .now, .now)
    draw()
  }

  package func update(done: Int, total: Int? = nil, failed: Int? = nil, note: String? = nil) {
    if done != self.done { (self.done, advanced) = (done, .now) }
    if let total { self.total = total }
    if let failed { self.failed = failed }
    if let note { self.note = note }
  }

  /// Adds what went through fused stages.
  package func count(_ tallies: [StageTally]) {
    for tally in tallies {
      if let index = self.tallies.firstIndex(where: { $0.stage == tally.stage }) { self.tallies[index].add(tally) }
    }
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
  package func end(_ line: String) { write(erasure() + line + "\n") }

  /// Takes the live lines away, for an error to stand in their place.
  package func stop() { write(erasure()) }

  private func draw() {
    guard total > 0 || isTerminal else { return }
    let now = ContinuousClock.now
    // What is under way has no part in the rate yet.
    let seconds = (advanced - started) / .seconds(1)
    let left = Self.left(done: done, of: total, after: seconds, since: (now - advanced) / .seconds(1))
    let whole = Self.words(
      done: total > 0 ? "\(done)/\(total)" : Self.duration((now - started) / .seconds(1)), count: done, failed: failed,
      seconds: seconds, left: left, note: note)
    guard isTerminal else { return write(label + whole + "\n") }
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0
    // A longer line would wrap, and could not be taken away again.
    let columns = (isKnown && size.ws_col > 1 ? Int(size.ws_col) : 80) - 1
    let rows = isKnown && size.ws_row > 2 ? Int(size.ws_row) - 1 : 24
    let table = Self.table(tallies, seconds: seconds, left: left)
    let name = table.isEmpty ? label : "families"
    let text = ([Self.fitted(name, whole, columns: columns)] + table.map { String($0.prefix(columns)) }).prefix(rows)
    let erasure = erasure()
    lines = text.count
    write(erasure + text.joined(separator: "\n"))
  }

  /// Seconds until all are done: counted from the last that was, so that it falls while a long one is under way.
  ///
  /// - Parameters:
  ///   - seconds: that the first `done` took.
  ///   - passed: seconds since then.
  static func left(done: Int, of total: Int, after seconds: Double, since passed: Double) -> Double? {
    done > 0 && total > done ? max(0, seconds / Double(done) * Double(total - done) - passed) : nil
  }

  /// A line per stage of a pass: what it has done, dropped and failed, how fast it goes, when the pass is through.
  static func table(_ tallies: [StageTally], seconds: Double, left: Double?) -> [String] {
    let width = tallies.map(\.stage.count).max() ?? 0
    return tallies.map { tally in
      "  " + tally.stage.padding(toLength: width, withPad: " ", startingAt: 0)
        + words(
          done: "\(tally.done)", count: tally.done, dropped: tally.dropped, failed: tally.failed, seconds: seconds,
          left: left)
    }
  }

  private static func words(
    done: String, count: Int, dropped: Int = 0, failed: Int, seconds: Double, left: Double?, note: String = ""
  ) -> String {
    var line = "  \(done)"
    if dropped > 0 { line += "  \(dropped) dropped" }
    if failed > 0 { line += "  \(failed) failed" }
    if count > 0, seconds > 1 {
      let rate = Double(count) / seconds
      line += rate >= 1 ? String(format: "  %.1f/s", rate) : "  \(duration(1 / rate)) each"
      if let left { line += "  \(duration(left)) left" }
    }
    return note.isEmpty ? line : line + "  \(note)"
  }

  /// What does not fit is taken off the name first.
  private static func fitted(_ name: String, _ line: String, columns: Int) -> String {
    let room = max(8, columns - line.count)
    return String(((name.count > room ? name.prefix(room - 1) + "…" : name[...]) + line).prefix(columns))
  }

  /// What takes the live lines off a terminal.
  private func erasure() -> String {
    guard isTerminal else { return "" }
    defer { lines = 0 }
    return "\r" + (lines > 1 ? "\u{1B}[\(lines - 1)A" : "") + "\u{1B}[J"
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
