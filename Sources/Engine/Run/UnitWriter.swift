internal import Foundation
internal import Records
private import Sharding

/// A sample and its files as they go into a pack.
struct CompressedSample {
  let sample: Sample
  let image: [UInt8]
  let companions: [String: [UInt8]]
}

/// Writes a unit of the source grain: pack, lines, manifest; it has its name when all are on the disk.
struct UnitWriter {
  private let parent: URL
  private let folder: URL
  private let chain: Digest
  private let pack: TarWriter
  private var lines = Data()
  private var outcomes: [FamilyOutcome] = []

  var families: [String] { outcomes.map(\.name) }

  /// - Parameter parent: folder of the chain's units.
  init(folder parent: URL, chain: Digest) throws {
    self.parent = parent
    self.chain = chain
    folder = try Store.temporary(for: parent.appending(path: "unit"))
    pack = try TarWriter(path: folder.appending(path: "pack.tar"))
  }

  /// Adds a family's samples, in key order.
  ///
  /// - Returns: the family's ``FamilyOutcome/content``.
  mutating func add(_ samples: [CompressedSample]) throws -> Digest {
    var content = FingerprintBuilder("samples")
    for found in samples {
      let sample = found.sample.withoutJoinedFacts
      let place = try pack.add(name: "\(sample.key).\(sample.encoding.fileExtension)", bytes: found.image)
      var line = SampleLine(
        sample: sample, offset: place.offset, length: place.length, digest: Digest(of: found.image))
      let text = try CanonicalJSON.data(sample)
      content.add("sample", String(decoding: text, as: UTF8.self))
      content.add("pixels", line.digest)
      for (name, bytes) in found.companions.sorted(by: { $0.key < $1.key }) {
        let place = try pack.add(name: "\(sample.key).\(name)", bytes: bytes)
        let reference = MemberReference(offset: place.offset, length: place.length, digest: Digest(of: bytes))
        line.companions = (line.companions ?? [:]).merging([name: reference]) { $1 }
        content.add(name, reference.digest)
      }
      lines += try line.data(sample: text) + [UInt8(ascii: "\n")]
    }
    return content.finish()
  }

  mutating func add(_ outcome: FamilyOutcome) { outcomes.append(outcome) }

  /// Finishes the unit and gives it its name; where there is one of that name already, that one stands.
  ///
  /// A unit without families is no unit: it would take the name that the next attempt needs.
  func commit(as name: String, versions: [String: String]) throws {
    _ = try pack.finish()
    guard !outcomes.isEmpty else { return try FileManager.default.removeItem(at: folder) }
    try lines.write(to: folder.appending(path: "samples.jsonl"))
    let manifest = UnitManifest(
      chain: chain, families: outcomes, files: try FileSystem.records(in: folder), versions: versions)
    try CanonicalJSON.data(manifest).write(to: folder.appending(path: "manifest.json"))
    try FileSystem.commit(folder: folder, to: parent.appending(path: name))
  }
}
