internal import Engine
private import Foundation
internal import Reporting

/// `nearest.json`: how far the nearest crops of other families are, by which the radius can be chosen.
struct DuplicateFacts: Codable {
  static let fileName = "nearest.json"

  /// Crops (at most 2,000, at even steps) whose nearest of another family differs in 0 ... 64 bits.
  var nearestBits: [Int]
  var maximumDistance: Int
  var pictures: Int
  var dropped: Int
  var linked: Int

  /// `0: 4, 12: 30`, distances that occur.
  static func inWords(_ nearestBits: [Int]) -> String {
    let parts = nearestBits.enumerated().filter { $0.element > 0 }.map { "\($0.offset): \($0.element)" }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }
}

/// `links.json`: how much was linked, and how near the nearest are, by which the threshold can be chosen.
struct LinkFacts: Codable {
  static let fileName = "links.json"
  /// Width of a step of the histogram.
  static let step = 0.05

  var kind: String
  var threshold: Double
  var sources: Int
  var links: Int
  /// Sources in the largest set that hangs together.
  var largestChain: Int
  /// Sources whose nearest of another family has a cosine in 0 ..< 0.05, 0.05 ..< 0.1 ... 0.95 ... 1; negative ones count
  /// in the first.
  var nearest: [Int]

  static func histogram(_ cosines: [Float]) -> [Int] {
    var counts = [Int](repeating: 0, count: 20)
    for cosine in cosines { counts[max(0, min(19, Int((Double(cosine) / step).rounded(.down))))] += 1 }
    return counts
  }

  var lines: [String] {
    let parts = nearest.enumerated().filter { $0.element > 0 }
      .map { String(format: "%.2f: %d", Double($0.offset) * Self.step, $0.element) }
    let share = sources > 0 ? Double(largestChain) / Double(sources) * 100 : 0
    return [
      "\(links) links of kind \(kind) between \(sources) sources at cosine \(threshold); the largest chain has \(largestChain) (\(Int(share.rounded())) %)",
      "nearest source of another family: \(parts.isEmpty ? "none" : parts.joined(separator: ", ")) by cosine",
    ]
  }
}

/// What the stages that look for likeness left, for the report.
enum Likenesses {
  static func read(_ product: Product) throws -> ReportModel.Likeness? {
    let duplicates = product.file(DuplicateFacts.fileName)
    if FileSystem.exists(duplicates) {
      return try FileSystem.readJSON(DuplicateFacts.self, from: duplicates).likeness
    }
    let links = product.file(LinkFacts.fileName)
    return FileSystem.exists(links) ? try FileSystem.readJSON(LinkFacts.self, from: links).likeness : nil
  }
}

extension DuplicateFacts {
  fileprivate var likeness: ReportModel.Likeness {
    ReportModel.Likeness(
      kind: "near-duplicate",
      outcome: "\(dropped) of \(pictures) crops dropped, \(linked) pairs linked; hashes within \(maximumDistance) bits",
      measure: "bits",
      // Hashes differ in an even number of bits.
      nearest: nearestBits.stepsBetweenEnds.filter { $0.isMultiple(of: 2) || nearestBits[$0] > 0 }.map {
        .init(name: "\($0)", count: nearestBits[$0])
      }
    )
  }
}

extension LinkFacts {
  fileprivate var likeness: ReportModel.Likeness {
    ReportModel.Likeness(
      kind: kind, outcome: lines[0], measure: "cosine",
      nearest: nearest.stepsBetweenEnds.map {
        .init(name: String(format: "%.2f", Double($0) * Self.step), count: nearest[$0])
      })
  }
}

extension [Int] {
  /// From the first step of a histogram that has something to the last: the empty ones between are what is looked for.
  fileprivate var stepsBetweenEnds: Range<Int> {
    guard let first = firstIndex(where: { $0 > 0 }), let last = lastIndex(where: { $0 > 0 }) else { return 0..<0 }
    return first..<last + 1
  }
}
