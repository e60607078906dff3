private import Records

/// What crosses one division of a split.
extension SplitAudit {
  /// Adds what crosses the division at `place`, and how much of it there is.
  mutating func addCrossings(
    _ table: SplitTable, _ links: [Link], place: Int, division: String, hard: Set<LinkKind>, count: Int
  ) {
    var byKind: [LinkKind: (links: Int, rows: Set<Int>)] = [:]
    var found: [Crossing] = []
    var pairs: [PairKey: [Link]] = [:]
    for link in links {
      var members: [String: [Int]] = [:]
      for member in link.members {
        if let side = table.rows[member].sides[place] { members[side, default: []].append(member) }
      }
      guard members.count > 1 else { continue }
      byKind[link.kind, default: (0, [])].links += 1
      byKind[link.kind]?.rows.formUnion(members.values.joined())
      if link.isPair {
        pairs[PairKey(link, table, place), default: []].append(link)
      } else {
        found.append(
          Crossing(
            kind: link.kind, division: division, name: link.name,
            parts: members.sorted { Self.order($0.key) < Self.order($1.key) }.map { side, indices in
              Self.part(table, side, indices, examples: Self.various(table, indices, count), count: count)
            }))
      }
    }
    found += pairs.map { Self.crossing($0, $1, table, division: division, count: count) }
    let ranks = Dictionary(LinkKind.allCases.enumerated().map { ($1, $0) }) { first, _ in first }
    crossings += found.sorted { (ranks[$0.kind] ?? 0, $0.name) < (ranks[$1.kind] ?? 0, $1.name) }
    totals += LinkKind.allCases.compactMap { kind in
      byKind[kind].map { found in
        Total(
          kind: kind, division: division, isHard: hard.contains(kind), links: found.links,
          videos: Set(found.rows.map { table.rows[$0].item.video }).count,
          frames: found.rows.reduce(0) { $0 + table.rows[$1].frames })
      }
    }
  }

  /// The two videos of a link that something found, and the sides they are on; the earlier side first.
  private struct PairKey: Hashable {
    var kind: LinkKind
    var sides: [String]
    var videos: [String]

    init(_ link: Link, _ table: SplitTable, _ place: Int) {
      kind = link.kind
      let members = PairKey.ordered(link, table, place)
      sides = members.map(\.side)
      videos = members.map { table.rows[$0.row].item.video }
    }

    static func ordered(_ link: Link, _ table: SplitTable, _ place: Int) -> [(side: String, row: Int)] {
      link.members.compactMap { row in table.rows[row].sides[place].map { (side: $0, row: row) } }
        .sorted { ($0.side == $1.side) ? $0.row < $1.row : SplitAudit.order($0.side) < SplitAudit.order($1.side) }
    }
  }

  private static func crossing(
    _ key: PairKey, _ links: [Link], _ table: SplitTable, division: String, count: Int
  ) -> Crossing {
    // Sides have one order: what stands first in one link does so in all of them.
    let place = table.divisions.firstIndex(of: division) ?? 0
    let rows = links.map { PairKey.ordered($0, table, place).map(\.row) }.sorted { $0.lexicographicallyPrecedes($1) }
    return Crossing(
      kind: key.kind, division: division, name: key.videos.sorted().joined(separator: " and "), pairs: links.count,
      evidence: LinkEvidence.words(links.compactMap { table.evidence["\($0.kind.rawValue) \($0.name)"] }),
      parts: key.sides.indices.map { side in
        part(
          table, key.sides[side], Set(rows.map { $0[side] }).sorted(),
          examples: rows.prefix(count).map { $0[side] }, count: count)
      })
  }

  private static func part(
    _ table: SplitTable, _ side: String, _ rows: [Int], examples: [Int], count: Int
  ) -> Crossing.Part {
    let videos = Set(rows.map { table.rows[$0].item.video }).sorted()
    return Crossing.Part(
      side: side, videoCount: videos.count, frames: rows.reduce(0) { $0 + table.rows[$1].frames },
      videos: Array(videos.prefix(count)),
      examples: examples.map { Example(key: table.rows[$0].item.key, label: table.rows[$0].label) })
  }

  /// The first `count`, one of every video before a second of any.
  private static func various(_ table: SplitTable, _ rows: [Int], _ count: Int) -> [Int] {
    var seen = Set<String>()
    var (first, further): ([Int], [Int]) = ([], [])
    for row in rows {
      if seen.insert(table.rows[row].item.video).inserted { first.append(row) } else { further.append(row) }
      if first.count == count { break }
    }
    return (first + further).prefix(count).sorted()
  }
}
