internal import Records

/// What a set of items is divided by.
package enum Dimension: String, Codable, CaseIterable, Sendable {
  case domain, dataset, method, fold, cluster
  /// The shorter side of the face.
  case faceSize = "face-size"
  /// Variance of the Laplacian.
  case sharpness

  /// Upper bounds of all bins but the last.
  private static let faceBounds = [64.0, 128, 256]
  private static let sharpnessBounds = [50.0, 200, 800]

  /// The part that an item belongs to; `nil` for one that belongs to none, as reals do to no method.
  func value(_ item: Judgement) -> String? {
    switch self {
    case .domain: item.domain
    case .dataset: item.dataset.isEmpty ? nil : item.dataset
    case .method: item.label == .fake ? item.method ?? "unnamed" : nil
    case .fold: item.fold.map(String.init)
    case .cluster: item.cluster.map(String.init)
    case .faceSize: item.facePixels.map { Self.bin($0, Self.faceBounds, "px") }
    case .sharpness: item.sharpness.map { Self.bin($0, Self.sharpnessBounds, "") }
    }
  }

  private static func bin(_ value: Double, _ bounds: [Double], _ unit: String) -> String {
    let unit = unit.isEmpty ? "" : " \(unit)"
    guard let place = bounds.firstIndex(where: { value < $0 }) else {
      return "from \(Int(bounds[bounds.count - 1]))\(unit)"
    }
    return place == 0 ? "below \(Int(bounds[0]))\(unit)" : "\(Int(bounds[place - 1])) to \(Int(bounds[place]))\(unit)"
  }

  /// The parts, sorted; numbers by their size.
  func parts(_ items: [Judgement]) -> [(name: String, items: [Judgement], borrowsReals: Bool)] {
    var members: [String: [Judgement]] = [:]
    for item in items { if let name = value(item) { members[name, default: []].append(item) } }
    return members.keys.sorted { Self.order($0) < Self.order($1) }.map { name in
      let inside = members[name] ?? []
      guard inside.allSatisfy({ $0.label == .fake }) else { return (name, inside, false) }
      // Fakes alone are held against the reals of their datasets; out-of-fold ones against those of their folds.
      let homes = Set(inside.map { Home($0) })
      let reals = items.filter { $0.label == .real && homes.contains(Home($0)) }
      return (name, inside + reals, !reals.isEmpty)
    }
  }

  /// Numbers and bins by size, other names by name.
  private static func order(_ name: String) -> (Int, String) {
    if name.hasPrefix("below ") { return (-1, name) }
    if name.hasPrefix("from ") { return (Int.max, name) }
    return (Int(name.prefix { $0.isNumber }) ?? 0, name)
  }

  private struct Home: Hashable {
    let dataset: String
    let fold: Int?

    init(_ item: Judgement) { (dataset, fold) = (item.dataset, item.fold) }
  }
}

/// The measures of one part of a level.
package struct Breakdown: Codable, Hashable, Sendable {
  package var level: Level
  package var dimension: Dimension
  package var part: String
  /// Whether the part has fakes alone, and the reals are those of the same datasets.
  package var borrowsReals: Bool
  package var estimates: Estimates
}
