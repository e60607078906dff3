internal import Foundation
private import Imaging
private import Records
internal import Reporting
internal import Splitting

/// An audited split as a page of HTML.
struct AuditPage {
  private static let pictureSide = 96
  private static let picturesOfASide = 4
  /// Crossings of one kind that are listed, and that are shown with pictures.
  private static let (listed, shown) = (500, 40)

  private let audit: SplitAudit
  private let path: String
  private let picture: ((String) throws -> [UInt8]?)?

  /// - Parameter picture: the compressed picture of a key; `nil` for a page without pictures.
  init(_ audit: SplitAudit, path: String, picture: ((String) throws -> [UInt8]?)?) {
    (self.audit, self.path, self.picture) = (audit, path, picture)
  }

  func html() throws -> String {
    let hard = audit.totals.filter(\.isHard)
    return try Report.html(
      AuditReport(
        title: URL(filePath: path).lastPathComponent,
        warnings: hard.map(AuditText.title) + audit.findings.map { "\($0.code.rawValue): \($0.message)" },
        figures: [
          (audit.sides.reduce(0) { $0 + $1.videos }, "videos on a side"),
          (hard.reduce(0) { $0 + $1.links }, "hard links cross"),
          (audit.totals.filter { !$0.isHard }.reduce(0) { $0 + $1.links }, "soft links cross"),
          (audit.findings.count, "other findings"),
        ],
        sections: [sides] + (audit.findings.isEmpty ? [] : [findings]) + audit.totals.map(section)))
  }

  private var sides: AuditReport.Section {
    AuditReport.Section(
      anchor: "sides", heading: "Sides", lead: audit.format,
      blocks: [
        .table(
          headings: ["side", "#videos", "#real", "#fake", "#frames"],
          rows: audit.sides.map {
            [
              AuditText.name(of: $0, among: audit.sides), "\($0.videos)", "\($0.realVideos)", "\($0.fakeVideos)",
              "\($0.frames)",
            ]
          })
      ] + audit.notes.map { .remark($0) })
  }

  private var findings: AuditReport.Section {
    AuditReport.Section(
      anchor: "findings", heading: "Findings",
      blocks: [
        .table(
          headings: ["kind", "what", "examples"],
          rows: audit.findings.map { [$0.code.rawValue, $0.message, $0.examples.joined(separator: ", ")] })
      ])
  }

  private func section(_ total: SplitAudit.Total) throws -> AuditReport.Section {
    let crossings = audit.crossings.filter { $0.kind == total.kind && $0.division == total.division }
    var blocks: [AuditReport.Block] = [
      .table(
        headings: ["in common", "on the two sides"],
        rows: crossings.prefix(Self.listed).map { crossing in
          let line = AuditText.line(crossing, naming: 4)
          return [crossing.name, String(line.dropFirst(crossing.name.count + 2))]
        })
    ]
    if crossings.count > Self.listed { blocks.append(.remark("and \(crossings.count - Self.listed) more")) }
    if total.kind == .sourceVideo, !audit.touchedPairs.isEmpty {
      blocks.append(
        .table(
          headings: ["pairs of", "#that touch such a video", "#of"],
          rows: audit.touchedPairs.map { [$0.side, "\($0.touched)", "\($0.pairs)"] }))
    }
    for crossing in crossings.prefix(Self.shown) {
      guard crossing.parts.count > 1 else { continue }
      let (left, right) = try (pictures(crossing.parts[0]), pictures(crossing.parts[1]))
      guard !left.isEmpty || !right.isEmpty else { continue }
      let evidence = crossing.evidence.map { ", \($0)" } ?? ""
      blocks.append(
        .comparison(
          left: left, link: "\(crossing.parts[0].side) and \(crossing.parts[1].side)\(evidence)", right: right))
    }
    return AuditReport.Section(
      anchor: "\(total.kind.rawValue)-\(total.division.replacing(" ", with: "-"))",
      heading: "\(total.kind.rawValue), \(total.division)",
      lead: AuditText.title(total), blocks: blocks)
  }

  private func pictures(_ part: SplitAudit.Crossing.Part) throws -> [AuditReport.Picture] {
    guard let picture else { return [] }
    return try part.examples.prefix(Self.picturesOfASide).compactMap { example in
      guard let bytes = try picture(example.key) else { return nil }
      let small = try ModelInput.resized(ImageCodec.decode(bytes), side: Self.pictureSide)
      let jpeg = try ImageCodec.encode(small, as: .jpeg(quality: 82, chroma: 420))
      return AuditReport.Picture(key: example.key, label: example.label ?? .real, jpeg: Data(jpeg))
    }
  }
}
