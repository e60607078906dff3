internal import Records
internal import Reporting
internal import Splitting

/// Links in words that people read.
extension LinkKind {
  /// What a link of this kind is, for the head of a section.
  var meaning: String {
    switch self {
    case .video: "The very same video or picture is on both sides."
    case .family: "An original is on one side, what was forged from it on the other."
    case .identity: "One person's own body is seen on both sides."
    case .sourceVideo: "Clips cut from one and the same video are on both sides."
    case .parent: "What was made of a crop is not on the crop's side."
    case .donor:
      "One person's face was put into videos of both sides, or into one side's and is that person's own on the other."
    case .scene: "The same place, or the same acted scene, is seen on both sides."
    case .nearDuplicate: "Pictures of both sides are copies of each other, or nearly."
    case .face: "The same face, by its features, is seen on both sides."
    }
  }

  /// Why a link ties its two sides.
  ///
  /// - Parameter pairs: how many pairs of pictures something found alike; `nil` where the data themselves tell of the link.
  func reason(pairs: Int?) -> String {
    let count = pairs.map { "\($0) \($0 == 1 ? "pair" : "pairs") of pictures" } ?? ""
    return switch self {
    case .video: "this video is on both sides"
    case .family: "this original is on one side, what was forged from it on another"
    case .identity: "this person is seen in videos of both sides"
    case .sourceVideo: "clips of both sides were cut from this video"
    case .parent: "samples of one side were made of this crop"
    case .donor: "this person's face is put into, or seen in, videos of both sides"
    case .scene: pairs == nil ? "this scene is acted in videos of both sides" : "places alike in \(count)"
    case .nearDuplicate: "\(count) alike"
    case .face: "faces alike in \(count)"
    }
  }
}

extension SplitAudit.Crossing {
  /// What is in common, as people write it: keys without their escapes.
  var title: String { kind == .parent ? Self.readable(key: name) : name }

  /// `2 pairs, 2 to 4 bits apart, correlation 0.95`; `nil` where nothing was measured.
  var measured: String? {
    guard let evidence else { return nil }
    return pairs.map { $0 > 1 ? "\($0) pairs, \(evidence)" : evidence } ?? evidence
  }

  /// The dataset and path of a sample's key, and what tells it from others of the same video.
  private static func readable(key: String) -> String {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 5 else { return key }
    let path = parts.dropLast(3).map { SampleKey.unescape($0) ?? $0 }.joined(separator: "/")
    return "\(path) (\(parts.suffix(3).joined(separator: "/")))"
  }
}

/// Crossings as a page shows them: each thing in common once, whichever divisions it crosses.
struct CrossingLinks {
  let links: [CrossingLink]

  /// The worst first: of hard kinds before soft ones, what ties most frames before what ties fewer.
  ///
  /// - Parameters:
  ///   - crossings: of any kinds.
  ///   - limit: how many of a kind are made.
  ///   - picture: index of the picture of a row on the page; `nil` for none.
  init(
    _ crossings: [SplitAudit.Crossing], of audit: SplitAudit, limit: Int,
    picture: (SplitAudit.Example) throws -> Int?
  ) throws {
    let hard = Set(audit.totals.filter(\.isHard).map(\.kind))
    let isDividedOnce = Set(audit.sides.map(\.division)).count < 2
    links = try LinkKind.allCases.sorted { hard.contains($0) && !hard.contains($1) }.flatMap { kind in
      try Self.ordered(crossings.filter { $0.kind == kind }).prefix(limit).map { same in
        let first = same[0]
        return CrossingLink(
          kind: kind.rawValue, isHard: hard.contains(kind), common: first.title,
          reason: kind.reason(pairs: first.pairs), evidence: first.evidence, places: same.map(\.division),
          sides: try first.parts.map { part in
            CrossingLink.Side(
              name: isDividedOnce ? part.side : Self.name(part.side, of: first.division), videos: part.videos,
              more: part.videoCount - part.videos.count, pictures: try part.examples.compactMap(picture))
          })
      }
    }
  }

  /// `training of fold-0`; the division into training and held-out test says itself what its sides are.
  private static func name(_ side: String, of division: String) -> String {
    if division == "held-out test" { return side == "test" ? division : "training" }
    return "\(side) of \(division)"
  }

  /// Crossings by what is in common, that of the first division first.
  private static func ordered(_ crossings: [SplitAudit.Crossing]) -> [[SplitAudit.Crossing]] {
    Dictionary(grouping: crossings, by: \.name).values
      .map { (frames: $0[0].parts.reduce(0) { $0 + $1.frames }, same: $0) }
      .sorted { ($1.frames, $0.same[0].name) < ($0.frames, $1.same[0].name) }.map(\.same)
  }
}
