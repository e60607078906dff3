package import Engine
package import Foundation
private import Imaging
private import Records
internal import Splitting

/// `dedupe`: finds near-duplicate crops by perceptual hash, links them, and drops copies that teach nothing new.
///
/// A fake and its original are a few bits apart by construction, so within a family nothing is dropped. Dropped is a
/// training crop of the same label from an unrelated source; the one with the smaller key survives. Everything else is a
/// link, for the groups.
package struct DedupeStage: TableStage {
  package struct Options: StageOptions {
    package var maximumDistance = 4
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case maximumDistance = "max-distance"
    }

    package static let fields = [
      OptionField(
        "max-distance", .integer(0...16), "Bits of the 64 in which two hashes of near-duplicates differ at most.")
    ]
  }

  package static let name = "dedupe"
  package static let version = 1
  package static let summary =
    "Links near-duplicates across sources; drops same-label copies between unrelated training sources."
  package static let reads: [ProductRequirement] = []
  package static let writes: ProductKind? = .links
  let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    let entries = try inputs.samples()
    var hashes: [PerceptualHash] = []
    for (index, entry) in entries.enumerated() {
      hashes.append(try Self.hash(entry))
      if index % 64 == 0 { context.progress(index, entries.count, "crops hashed") }
    }
    let samples = entries.map(\.sample)
    let pairs = try HashIndex(hashes).pairs(within: options.maximumDistance)
      .filter { samples[$0.first].family != samples[$0.second].family }
    var drops: [Drop] = []
    var dropped: Set<Int> = []
    var links = NearDuplicateLinks()
    for pair in pairs where !dropped.contains(pair.first) && !dropped.contains(pair.second) {
      let (kept, other) = (samples[pair.first], samples[pair.second])
      let distance = hashes[pair.first].distance(to: hashes[pair.second])
      if kept.role == .train, other.role == .train, kept.label == other.label {
        dropped.insert(pair.second)
        drops.append(
          Drop(
            stage: context.stageID, item: other.key, reason: "near-duplicate",
            detail: "\(distance) bits from \(kept.key)"))
      } else {
        links.add(kept.key, other.key, distance: distance)
      }
    }
    // What was made of a dropped crop goes with it: no sample may lack its parent.
    let gone = Set(drops.map(\.item))
    for sample in samples where !gone.contains(sample.key) && sample.parents.contains(where: gone.contains) {
      drops.append(Drop(stage: context.stageID, item: sample.key, reason: "parent-dropped"))
    }
    links.remove(Set(drops.map(\.item)))
    try links.write(to: output)
    return TableOutcome(
      drops: drops,
      annotations: zip(samples, hashes).map {
        Annotation(key: $0.key, name: "perceptual-hash", value: String($1.bits, radix: 16))
      },
      summary: ["\(drops.count) of \(samples.count) crops dropped as copies, \(links.count) near-duplicates linked"])
  }

  private static func hash(_ entry: SampleEntry) throws -> PerceptualHash {
    let side = PerceptualHash.sizePixels
    let small = try ImageCodec.decode(entry.image()).resized(width: side, height: side, interpolation: .area)
    return try PerceptualHash(luma: small.luma().map(Double.init))
  }
}

/// `links.csv`: pairs of samples that look alike and belong to different families.
struct NearDuplicateLinks {
  private var rows: [(first: String, second: String, distance: Int)] = []
  var count: Int { rows.count }

  init() {}

  mutating func add(_ first: String, _ second: String, distance: Int) { rows.append((first, second, distance)) }

  mutating func remove(_ keys: Set<String>) { rows.removeAll { keys.contains($0.first) || keys.contains($0.second) } }

  func write(to folder: URL) throws {
    let lines = rows.map { "\($0.first),\($0.second),\($0.distance)\n" }
    try Data(("first,second,bits\n" + lines.joined()).utf8).write(to: folder.appending(path: "links.csv"))
  }

  init(_ product: Product) throws {
    let text = try String(contentsOf: product.file("links.csv"), encoding: .utf8)
    for line in text.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",")
      guard fields.count == 3, let distance = Int(fields[2]) else {
        throw ToolError(.failed, "\(product.folder)/links.csv: cannot read '\(line)'")
      }
      add(String(fields[0]), String(fields[1]), distance: distance)
    }
  }

  /// Bits between the two of each link, by the name that the links of ``extraLinks(among:)`` have.
  var distances: [String: Int] {
    Dictionary(rows.map { ("\(min($0.first, $0.second)) \(max($0.first, $0.second))", $0.distance) }) { first, _ in
      first
    }
  }

  /// The links among `keys`, as the groups take them.
  func extraLinks(among keys: Set<String>) -> [ExtraLink] {
    rows.filter { keys.contains($0.first) && keys.contains($0.second) }.map {
      ExtraLink($0.first, $0.second, .nearDuplicate)
    }
  }
}
