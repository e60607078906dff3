private import Clustering
package import Engine
package import Foundation
internal import Records
internal import Splitting

/// `link`: ties sources that show the same person or the same scene, by features, across datasets.
package struct LinkStage: TableStage {
  package struct Options: StageOptions {
    package var kind = "face"
    package var from = ""
    package var threshold: LinkThreshold = .standard
    package var labels = "real"
    package init() {}

    package static let fields = [
      OptionField(
        "kind", .choice(["face", "scene"]),
        "What alike features mean: the same face (sface), or the same scene (ImageNet)."
      ),
      OptionField("from", .text, "Id of the stage whose features are compared; the latest unless given."),
      OptionField(
        "threshold", .either(.number(-1...1), word: "auto"),
        "Least cosine of two sources' mean features; `auto` is 0.65 for faces, 0.95 for scenes. Links chain: a low one ties everything together."
      ),
      OptionField(
        "labels", .choice(["real", "all"]),
        "Whose sources are compared: a fake hangs on its original, and its face is between two people's."),
    ]
  }

  package static let name = "link"
  package static let version = 1
  package static let summary =
    "Links sources of the same person or scene by their features; soft unless `resplit` has the kind among its groups."
  package static let counted = "crops"
  package static let reads: [ProductRequirement] = [.required(.features)]
  package static let writes: ProductKind? = .links
  let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    guard let kind = LinkKind(rawValue: options.kind) else { throw InternalFault("no link of kind '\(options.kind)'") }
    let samples = try inputs.samples().map(\.sample)
    let features = try inputs.features(from: options.from.isEmpty ? nil : options.from)
    let sources = SourceFeatures(samples, features, labels: options.labels == "real" ? [.real] : [.real, .fake])
    let threshold = options.threshold.value(for: kind)
    let near = try NearNeighbours(
      sources.matrix, minimumCosine: Float(threshold), groups: sources.families)
    var links = LinkTable()
    for pair in near.pairs {
      links.add(
        LinkTable.Row(
          first: sources.samples[pair.first], second: sources.samples[pair.second], kind: kind,
          similarity: Double(pair.cosine), bits: nil))
    }
    try links.write(to: output)
    let facts = LinkFacts(
      kind: kind.rawValue, threshold: threshold, sources: sources.matrix.rows, links: near.pairs.count,
      largestChain: LinkChains.largest(near.pairs.map { ($0.first, $0.second) }, count: sources.matrix.rows),
      nearest: LinkFacts.histogram(near.nearestCosines))
    try FileSystem.writeJSON(facts, to: output.appending(path: LinkFacts.fileName))
    return TableOutcome(summary: facts.lines)
  }
}

/// Features of sources: the mean direction of their crops'.
struct SourceFeatures {
  /// A row per source, by name; its key is the source's.
  private(set) var matrix = FeatureMatrix(keys: [], columns: 0, values: [])
  /// Key of the first crop of each.
  private(set) var samples: [String] = []
  /// A number for each one's family.
  private(set) var families: [Int] = []

  /// Made samples, and rows of zeros, say nothing about their source.
  init(_ samples: [Sample], _ features: FeatureMatrix, labels: Set<Label>) {
    let rows = Dictionary(zip(features.keys, features.keys.indices), uniquingKeysWith: { first, _ in first })
    let columns = features.columns
    var members: [String: [(key: String, row: Int, family: String)]] = [:]
    for sample in samples where !sample.isMade && labels.contains(sample.label) {
      guard let row = rows[sample.key] else { continue }
      let isKnown = features.values[row * columns..<(row + 1) * columns].contains { $0 != 0 }
      if isKnown { members[sample.sourceName, default: []].append((sample.key, row, sample.family)) }
    }
    var values: [Float] = []
    var numbers: [String: Int] = [:]
    let names = members.keys.sorted()
    for name in names {
      let crops = (members[name] ?? []).sorted { $0.key < $1.key }
      var mean = [Double](repeating: 0, count: columns)
      for crop in crops {
        let row = features.values[crop.row * columns..<(crop.row + 1) * columns].map(Double.init)
        let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for column in 0..<columns { mean[column] += row[column] / length }
      }
      values += mean.map { Float($0 / Double(crops.count)) }
      guard let first = crops.first else { continue }
      self.samples.append(first.key)
      let number = numbers[first.family] ?? numbers.count
      numbers[first.family] = number
      families.append(number)
    }
    matrix = FeatureMatrix(keys: names, columns: columns, values: values)
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

/// From which cosine on two sources are linked.
package enum LinkThreshold: Codable, Hashable, Sendable {
  /// By kind, on the safe side: see docs/duplicates.md.
  case standard
  case cosine(Double)

  func value(for kind: LinkKind) -> Double {
    switch self {
    case .standard: kind == .face ? 0.65 : 0.95
    case .cosine(let value): value
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Whatever is no number was checked to be the word.
    if let value = try? container.decode(Double.self) { self = .cosine(value) } else { self = .standard }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .standard: try container.encode("auto")
    case .cosine(let value): try container.encode(value)
    }
  }
}
