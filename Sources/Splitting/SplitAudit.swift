package import Records

/// What a split holds, what crosses it, and what else is wrong with it.
package struct SplitAudit: Codable, Hashable, Sendable {
  /// One side of one division.
  package struct Side: Codable, Hashable, Sendable {
    package var division: String
    package var name: String
    package var videos: Int
    package var frames: Int
    package var realVideos: Int
    package var fakeVideos: Int
  }

  /// A row that a crossing names.
  package struct Example: Codable, Hashable, Sendable {
    package var key: String
    package var label: Label?
  }

  /// One thing in common that two sides or more have.
  package struct Crossing: Codable, Hashable, Sendable {
    package struct Part: Codable, Hashable, Sendable {
      package var side: String
      package var videoCount: Int
      package var frames: Int
      /// The first few videos, in order.
      package var videos: [String]
      /// A few rows: of pairs the first, each beside its partner on the other side; else one of every video first.
      package var examples: [Example]
    }

    package var kind: LinkKind
    package var division: String
    /// What is in common: a person, a YouTube id, an original; for what something found, the two videos.
    package var name: String
    /// Links between samples of these two videos, where something found them; they are one crossing.
    package var pairs: Int?
    /// What speaks for those, in words.
    package var evidence: String?
    /// Training first.
    package var parts: [Part]
  }

  /// How much of a division crosses by one kind.
  package struct Total: Codable, Hashable, Sendable {
    package var kind: LinkKind
    package var division: String
    package var isHard: Bool
    package var links: Int
    /// Videos that such a link ties to another side.
    package var videos: Int
    package var frames: Int
  }

  /// Pairs of FaceForensics++ with a sequence in a crossing link.
  package struct TouchedPairs: Codable, Hashable, Sendable {
    package var side: String
    package var touched: Int
    package var pairs: Int
  }

  package var format: String
  package var rows: Int
  package var sides: [Side]
  package var totals: [Total]
  package var crossings: [Crossing]
  package var touchedPairs: [TouchedPairs]
  package var findings: [SplitFinding]
  package var notes: [String]

  /// - Parameters:
  ///   - hard: kinds that no split should cross.
  ///   - exampleCount: how many videos and rows of a side a crossing names.
  /// - Throws: for an extra link to a row that is not there.
  package init(
    _ table: SplitTable, hard: Set<LinkKind> = LinkKind.hardByDefault, exampleCount: Int = 4
  ) throws(SplittingError) {
    var table = table
    table.rows.sort { ($0.item.key, $0.item.video) < ($1.item.key, $1.item.video) }
    format = table.format
    rows = table.rows.count
    notes = table.notes
    findings = table.findings
    (sides, totals, crossings, touchedPairs) = ([], [], [], [])
    let links = try Link.all(of: table.rows.map(\.item), extraLinks: table.extraLinks)
    for (place, division) in table.divisions.enumerated() {
      sides += Self.sides(table, place, division)
      addCrossings(
        table, links, place: place, division: division, hard: hard.union(LinkKind.alwaysHard), count: exampleCount)
    }
    touchedPairs = Self.touchedPairs(table, crossings)
    notes += Self.unknownOriginals(table)
    findings += Self.equalSides(table) + Self.oneClass(sides) + Self.unpaired(table)
  }

  /// Whether something of `kind` crosses anywhere.
  package func crosses(_ kind: LinkKind) -> Bool { totals.contains { $0.kind == kind } }

  private static func sides(_ table: SplitTable, _ place: Int, _ division: String) -> [Side] {
    var rows: [String: [SplitRow]] = [:]
    for row in table.rows { if let side = row.sides[place] { rows[side, default: []].append(row) } }
    return rows.sorted { order($0.key) < order($1.key) }.map { name, rows in
      func videos(_ label: Label) -> Int { Set(rows.filter { $0.label == label }.map(\.item.video)).count }
      return Side(
        division: division, name: name, videos: Set(rows.map(\.item.video)).count,
        frames: rows.reduce(0) { $0 + $1.frames }, realVideos: videos(.real), fakeVideos: videos(.fake))
    }
  }

  /// Training, validation, test, then by number and name.
  static func order(_ side: String) -> (Int, Int, String) {
    let rank = ["train", "training", "val", "valid", "validation", "test"].firstIndex(of: side.lowercased()) ?? 99
    return (rank, side.split(separator: " ").last.flatMap { Int($0) } ?? 0, side)
  }

  // MARK: - Findings

  private static func equalSides(_ table: SplitTable) -> [SplitFinding] {
    table.divisions.indices.flatMap { place -> [SplitFinding] in
      var videos: [String: Set<String>] = [:]
      for row in table.rows { if let side = row.sides[place] { videos[side, default: []].insert(row.item.video) } }
      let sides = videos.sorted { order($0.key) < order($1.key) }
      return sides.indices.flatMap { first -> [SplitFinding] in
        sides[(first + 1)...].compactMap { other -> SplitFinding? in
          guard other.value == sides[first].value else { return nil }
          return SplitFinding(
            code: .equalSides,
            message: "\(sides[first].key) and \(other.key) are the same \(other.value.count) videos",
            examples: Array(other.value.sorted().prefix(3)))
        }
      }
    }
  }

  private static func oneClass(_ sides: [Side]) -> [SplitFinding] {
    sides.compactMap { side in
      guard side.realVideos + side.fakeVideos > 0, min(side.realVideos, side.fakeVideos) == 0 else { return nil }
      return SplitFinding(
        code: .oneClass,
        message:
          "\(side.division), \(side.name): only \(side.realVideos == 0 ? "fakes" : "reals") (\(side.videos) videos)")
    }
  }

  /// Says where families cannot be looked at, because nobody tells what a fake was made from.
  private static func unknownOriginals(_ table: SplitTable) -> [String] {
    let fakes = table.rows.filter { $0.label == .fake && $0.item.parents.isEmpty }
    let unknown = fakes.count { $0.item.family == $0.item.video }
    guard unknown > 0 else { return [] }
    return ["of \(unknown) of \(fakes.count) fakes the original is not told: whether those cross is not known"]
  }

  /// Fakes whose original is told, and is nowhere in the split.
  private static func unpaired(_ table: SplitTable) -> [SplitFinding] {
    let originals = Set(table.rows.filter { $0.label == .real }.map(\.item.family))
    let fakes = table.rows.filter { $0.label == .fake && $0.item.parents.isEmpty }
    let alone = Set(
      fakes.filter { $0.item.family != $0.item.video && !originals.contains($0.item.family) }.map(\.item.video)
    )
    .sorted()
    guard !originals.isEmpty, !alone.isEmpty else { return [] }
    return [
      SplitFinding(
        code: .unpaired, message: "\(alone.count) fakes whose original is not in the split",
        examples: Array(alone.prefix(5)))
    ]
  }

  private static func touchedPairs(_ table: SplitTable, _ crossings: [Crossing]) -> [TouchedPairs] {
    guard !table.pairs.isEmpty else { return [] }
    let names = Set(crossings.filter { $0.kind == .sourceVideo }.map(\.name))
    let sequences = Set(
      table.rows.filter { $0.item.sourceVideo.map(names.contains) ?? false }.compactMap(\.item.identity))
    return Dictionary(grouping: table.pairs, by: \.side).sorted { order($0.key) < order($1.key) }.map { side, pairs in
      TouchedPairs(
        side: side, touched: pairs.count { sequences.contains($0.first) || sequences.contains($0.second) },
        pairs: pairs.count)
    }
  }
}

extension SplitAudit {
  /// Names that a gate may be given: kinds of link, findings, and `hard` for every kind that is hard.
  package static var gateNames: [String] {
    ["hard"] + LinkKind.allCases.map(\.rawValue) + SplitFinding.Code.allCases.map(\.rawValue)
  }

  /// What of the named gates is not kept, in words.
  package func failures(of gates: [String]) -> [String] {
    gates.flatMap { gate -> [String] in
      if let code = SplitFinding.Code(rawValue: gate) {
        return findings.filter { $0.code == code }.map(\.message)
      }
      return totals.filter { gate == "hard" ? $0.isHard : $0.kind.rawValue == gate }.map {
        "\($0.links) links of kind \($0.kind.rawValue) cross \($0.division)"
      }
    }
  }
}
