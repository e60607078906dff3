internal import Foundation
internal import Imaging
private import Records
internal import Reporting
internal import Splitting

/// An audited split as a page of HTML.
final class AuditPage {
  private static let pictureSide = 96
  /// Things in common of one kind that are shown with pictures, and that are listed after them.
  private static let (shown, listed) = (40, 500)

  private let audit: SplitAudit
  private let path: String
  private let rows: [String: SplitRow]
  private let image: ((SplitRow) throws -> Image?)?
  private var pictures: [ReportModel.Picture] = []
  private var places: [String: Int?] = [:]

  /// - Parameters:
  ///   - rows: of the table that was audited.
  ///   - image: the picture of a row; `nil` for a page without pictures.
  init(_ audit: SplitAudit, path: String, rows: [SplitRow], image: ((SplitRow) throws -> Image?)?) {
    (self.audit, self.path, self.image) = (audit, path, image)
    self.rows = image == nil ? [:] : Dictionary(rows.map { ($0.item.key, $0) }) { first, _ in first }
  }

  func html() throws -> String {
    let hard = audit.totals.filter(\.isHard)
    let kinds = LinkKind.allCases.filter(audit.crosses)
    let sections = try [sides] + (audit.findings.isEmpty ? [] : [findings]) + kinds.map(section)
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
        sections: sections, pictures: pictures))
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

  private func section(_ kind: LinkKind) throws -> AuditReport.Section {
    let crossings = audit.crossings.filter { $0.kind == kind }
    let totals = audit.totals.filter { $0.kind == kind }
    let links = try CrossingLinks(crossings, of: audit, limit: Self.shown + Self.listed, picture: { _ in nil }).links
    let shown = try CrossingLinks(crossings, of: audit, limit: Self.shown, picture: picture).links
    var blocks: [AuditReport.Block] = [
      .table(
        headings: ["crosses", "#links", "#videos they tie", "#frames"],
        rows: totals.map { [$0.division, "\($0.links)", "\($0.videos)", "\($0.frames)"] })
    ]
    if kind == .sourceVideo, !audit.touchedPairs.isEmpty {
      blocks.append(
        .table(
          headings: ["pairs of", "#that touch such a video", "#of"],
          rows: audit.touchedPairs.map { [$0.side, "\($0.touched)", "\($0.pairs)"] }))
    }
    blocks.append(.links(shown))
    if links.count > shown.count {
      blocks.append(
        .table(
          headings: ["in common", "what speaks for it", "crosses"],
          rows: links.dropFirst(shown.count).map {
            [$0.common, $0.evidence ?? "", $0.places.joined(separator: ", ")]
          }))
    }
    let all = Set(crossings.map(\.name)).count
    if all > links.count { blocks.append(.remark("and \(all - links.count) more; `--json` lists them")) }
    let hardness = totals.contains(where: \.isHard) ? "Hard: no split should cross it." : "Soft: counted, and shown."
    return AuditReport.Section(
      anchor: kind.rawValue, heading: kind.rawValue, lead: "\(kind.meaning) \(hardness)", blocks: blocks)
  }

  /// Index of a row's picture, made when first asked for.
  private func picture(_ example: SplitAudit.Example) throws -> Int? {
    if let known = places[example.key] { return known }
    var place: Int?
    if let image, let row = rows[example.key], let found = try image(row) {
      let small = try ModelInput.resized(found.centreSquare, side: Self.pictureSide)
      let jpeg = try ImageCodec.encode(small, as: .jpeg(quality: 82, chroma: 420))
      pictures.append(ReportModel.Picture(key: row.item.video, label: row.label ?? .real, jpeg: Data(jpeg)))
      place = pictures.count - 1
    }
    places[example.key] = place
    return place
  }
}

extension Image {
  /// The largest square about the middle.
  fileprivate var centreSquare: Image {
    let side = min(width, height)
    return cropped(x: (width - side) / 2, y: (height - side) / 2, width: side, height: side)
  }
}
