private import Foundation
internal import Splitting

/// An audited split in words, for a terminal.
struct AuditText {
  private let audit: SplitAudit
  private let path: String

  init(_ audit: SplitAudit, path: String) { (self.audit, self.path) = (audit, path) }

  func lines(limit: Int) -> [String] {
    [
      ["\(path): \(audit.format), \(audit.rows) rows"], sides, notes, findings, crossings(limit: limit), pairs,
      [verdict],
    ]
    .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
  }

  private var sides: [String] {
    let names = audit.sides.map { Self.name(of: $0, among: audit.sides) }
    let width = names.map(\.count).max() ?? 0
    return zip(names, audit.sides).map { name, side in
      let classes =
        side.realVideos + side.fakeVideos == 0 ? "" : ": \(side.realVideos) real, \(side.fakeVideos) fake"
      let frames = side.frames == side.videos ? "" : ", \(side.frames) frames"
      return "  \(name.padding(toLength: width, withPad: " ", startingAt: 0))  \(side.videos) videos\(classes)\(frames)"
    }
  }

  private var notes: [String] { audit.notes.map { "note: \($0)" } }

  private var findings: [String] {
    audit.findings.map { finding in
      "\(finding.code.rawValue): \(finding.message)"
        + (finding.examples.isEmpty ? "" : " (\(finding.examples.joined(separator: ", ")))")
    }
  }

  private func crossings(limit: Int) -> [String] {
    audit.totals.flatMap { total -> [String] in
      let found = audit.crossings.filter { $0.kind == total.kind && $0.division == total.division }
      var lines = [Self.title(total)]
      lines += found.prefix(limit).map { "  " + Self.line($0) }
      if found.count > limit { lines.append("  and \(found.count - limit) more; --all or --json lists them") }
      return lines
    }
  }

  private var pairs: [String] {
    guard audit.touchedPairs.contains(where: { $0.touched > 0 }) else { return [] }
    let each = audit.touchedPairs.map { "\($0.touched) of \($0.pairs) in \($0.side)" }.joined(separator: ", ")
    let touched = audit.touchedPairs.reduce(0) { $0 + $1.touched }
    return ["pairs that touch such a video: \(each); that is \(2 * touched) fakes of each method"]
  }

  private var verdict: String {
    let hard = audit.totals.filter(\.isHard).reduce(0) { $0 + $1.links }
    let soft = audit.totals.filter { !$0.isHard }.reduce(0) { $0 + $1.links }
    return "\(hard) hard links cross, \(soft) soft ones"
      + (audit.findings.isEmpty ? "" : "; \(audit.findings.count) other findings")
  }

  /// `source-video, hard: 7 links cross split, tying 42 videos`.
  static func title(_ total: SplitAudit.Total) -> String {
    let frames = total.frames == total.videos ? "" : ", \(total.frames) frames"
    return "\(total.kind.rawValue), \(total.isHard ? "hard" : "soft"): \(total.links) "
      + "\(total.links == 1 ? "link crosses" : "links cross") \(total.division), tying \(total.videos) videos\(frames)"
  }

  /// `YouTube abc: train 605, 605_591 | val 606`.
  ///
  /// - Parameter count: videos of a side that are named.
  static func line(_ crossing: SplitAudit.Crossing, naming count: Int = 2) -> String {
    let sides = crossing.parts.map { part in
      let named = part.videos.prefix(count)
      let more = part.videoCount > named.count ? " +\(part.videoCount - named.count)" : ""
      return "\(part.side) \(named.joined(separator: ", "))\(more)"
    }
    return "\(crossing.measured ?? crossing.title): \(sides.joined(separator: " | "))"
  }

  static func name(of side: SplitAudit.Side, among sides: [SplitAudit.Side]) -> String {
    Set(sides.map(\.division)).count > 1 ? "\(side.division), \(side.name)" : side.name
  }
}
