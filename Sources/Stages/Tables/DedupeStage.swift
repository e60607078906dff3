package import Engine
package import Foundation
private import Records
internal import Splitting

/// `dedupe`: finds near-duplicate crops, links them, and drops copies that teach nothing new.
///
/// A fake and its original are a few bits apart by construction, and so are neighbouring frames of a clip: within a family
/// nothing is compared, so nothing is dropped. Dropped is a training crop that is the very picture of one with the same
/// label, from another family and another source video. Everything else that is alike is a link, for the groups.
package struct DedupeStage: TableStage {
  package struct Options: StageOptions {
    package var maximumDistance = 8
    package var linkCorrelation = 0.93
    package var dropCorrelation = 0.98
    package var cuts = true
    package var mirrored = true
    package var confirm = ""
    package var minimumCosine = 0.8
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case cuts, mirrored, confirm
      case maximumDistance = "max-distance"
      case linkCorrelation = "link"
      case dropCorrelation = "drop"
      case minimumCosine = "min-cosine"
    }

    package static let fields = [
      OptionField(
        "max-distance", .integer(0...16),
        "Bits of 64 in which the hashes of two pictures differ at most for them to be looked at; always even, so 5 is 4."
      ),
      OptionField(
        "link", .number(0.5...1),
        "Least correlation of their edges, one laid on the other, for a link (near-duplicate)."
      ),
      OptionField(
        "drop", .number(0.5...1),
        "Least correlation for a copy to be dropped; never below `link`. A fake and its original reach 0.975."),
      OptionField("cuts", .bool, "Whether copies with up to a tenth of a side cut off are looked for."),
      OptionField("mirrored", .bool, "Whether copies seen in a mirror are looked for."),
      OptionField(
        "confirm", .text,
        "Id of an `embed` before this stage whose features have to agree as well; without it the pixels alone decide."),
      OptionField("min-cosine", .number(-1...1), "Least cosine of the features of two pictures, under `confirm`."),
    ]
  }

  package static let name = "dedupe"
  package static let version = 4
  package static let summary =
    "Links near-duplicates across sources; drops same-label copies between unrelated training sources, of which the one with the smallest key stays."
  package static let reads: [ProductRequirement] = [.optional(.features)]
  package static let writes: ProductKind? = .links
  let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    let entries = try inputs.samples()
    let samples = entries.map(\.sample)
    let search = NearDuplicates(
      radius: options.maximumDistance, minimumCorrelation: options.linkCorrelation, findsCuts: options.cuts,
      findsMirrored: options.mirrored)
    var hashes: [PictureHashes] = []
    for start in stride(from: 0, to: entries.count, by: Self.chunk) {
      let chunk = entries[start..<min(start + Self.chunk, entries.count)]
      hashes += try ParallelBlocks.map(of: Self.block, in: chunk.count) { block in
        try block.map { PictureHashes(try Thumbnail(compressed: chunk[start + $0].image()), for: search) }
      }.flatMap { $0 }
      context.progress(start + chunk.count, entries.count, "crops hashed")
    }
    let families = Self.numbered(samples.map(\.family))
    var found = try search.find(hashes, groups: families) { try Thumbnail(compressed: entries[$0].image()) }
    let alike = found.count
    if !options.confirm.isEmpty {
      let features = try FeatureAgreement(
        samples, from: options.confirm, minimumCosine: options.minimumCosine, inputs: inputs)
      found.removeAll { !features.confirms($0) }
    }
    let decision = DuplicateDecision(
      samples, found, dropCorrelation: max(options.dropCorrelation, options.linkCorrelation), stage: context.stageID)
    try decision.links.write(to: output)
    let nearest = search.nearestDistances(hashes, groups: families)
    try FileSystem.writeJSON(
      DuplicateFacts(
        nearestBits: nearest, maximumDistance: options.maximumDistance, pictures: samples.count,
        dropped: decision.drops.count, linked: decision.links.rows.count),
      to: output.appending(path: DuplicateFacts.fileName))
    return TableOutcome(
      drops: decision.drops,
      annotations: zip(samples, hashes).map {
        Annotation(key: $0.key, name: "perceptual-hash", value: String($1.whole.bits, radix: 16))
      },
      summary: (alike > found.count
        ? ["\(alike - found.count) of \(alike) pairs that look alike were not confirmed by \(options.confirm)"] : [])
        + [
          "\(decision.drops.count) of \(samples.count) crops dropped as copies, \(decision.links.rows.count) near-duplicates linked",
          "nearest crop of another family: \(DuplicateFacts.inWords(nearest)) crops by bits",
        ])
  }

  /// Crops handled between two reports of progress, and by one thread at a time.
  private static let chunk = 1024
  private static let block = 32

  /// A number for each different name.
  private static func numbered(_ names: [String]) -> [Int] {
    var numbers: [String: Int] = [:]
    return names.map { name in
      let number = numbers[name] ?? numbers.count
      numbers[name] = number
      return number
    }
  }
}
