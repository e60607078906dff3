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
        "Least cosine of two sources' mean features; `auto` is 0.65 for faces, 0.92 for scenes. Links chain: a low one ties everything together."
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

/// From which cosine on two sources are linked.
package enum LinkThreshold: Codable, Hashable, Sendable {
  /// By kind, on the safe side: see docs/duplicates.md.
  case standard
  case cosine(Double)

  func value(for kind: LinkKind) -> Double {
    switch self {
    case .standard: kind == .face ? 0.65 : 0.92
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
