private import Foundation
internal import Records

/// Reads the lines of units and joins to each sample what its dataset says of its source.
struct SampleReader: Sendable {
  private let sources: [String: Source]
  private let dropped: Set<String>

  init(_ description: TableInputs.Description) throws {
    self.init(description.families, dropped: Set(try Self.drops(description).map(\.item)))
  }

  /// A reader of the samples of some families.
  ///
  /// - Parameter dropped: keys of samples that it passes over.
  init(_ families: [Family], dropped: Set<String>) {
    sources = Dictionary(
      families.lazy.flatMap(\.sources).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.dropped = dropped
  }

  static func drops(_ description: TableInputs.Description) throws -> [Drop] {
    try description.dropFolders.flatMap { folder in
      try FileSystem.readJSON(
        ProductManifest.self, from: URL(filePath: folder).appending(path: "manifest.json")
      ).outcome.drops
    }
  }

  /// The surviving samples of several units, unit by unit; read on all cores, since a table stage runs alone.
  ///
  /// - Throws: the error of the first unit that cannot be read.
  func entries(of units: [UnitReference]) throws -> [SampleEntry] {
    try ParallelBlocks.map(of: 1, in: units.count) { try entries(of: units[$0.lowerBound]) }.flatMap { $0 }
  }

  /// The surviving samples of a unit, in key order.
  func entries(of unit: UnitReference) throws -> [SampleEntry] {
    let url = URL(filePath: unit.folder)
    let families = Set(unit.families)
    let files = UnitFiles(of: unit)
    var entries: [SampleEntry] = []
    for line in try SampleLine.all(in: url) {
      guard families.contains(line.sample.family), !dropped.contains(line.sample.key),
        let source = sources[line.sample.sourceName]
      else { continue }
      entries.append(
        SampleEntry(
          sample: joined(line.sample, source),
          pack: files.pack(line.archive), offset: line.offset, length: line.length, digest: line.digest,
          companions: line.companions ?? [:]))
    }
    return entries.sorted { $0.sample.key < $1.sample.key }
  }

  /// The inverse is ``Sample/withoutJoinedFacts``. A made sample keeps the label and method it was made with; all else is
  /// what the dataset says today.
  private func joined(_ sample: Sample, _ source: Source) -> Sample {
    var sample = sample
    sample.role = source.role
    sample.identity = source.identity
    sample.donor = source.donor
    sample.sourceVideo = source.sourceVideo
    sample.officialSplit = source.officialSplit
    sample.compression = source.compression
    sample.domain = source.domain
    if !sample.isMade {
      sample.label = source.label
      sample.method = source.method
    }
    return sample
  }
}

/// Where the pictures of a unit's lines stand.
struct UnitFiles {
  private let pack: String
  private let store: URL

  init(of unit: UnitReference) {
    let url = URL(filePath: unit.folder)
    pack = url.appending(path: "pack.tar").path(percentEncoded: false)
    // <store>/units/<chain>/<unit>
    store = url.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  }

  /// Path of the tar that a line's places are of.
  func pack(_ archive: String?) -> String {
    archive.map { store.appending(path: $0).path(percentEncoded: false) } ?? pack
  }
}

extension Sample {
  /// The sample as packs hold it: without what its dataset says of the source, which is joined anew by every run.
  var withoutJoinedFacts: Sample {
    var sample = self
    sample.role = .train
    (sample.identity, sample.donor, sample.sourceVideo) = (nil, nil, nil)
    (sample.officialSplit, sample.compression, sample.domain) = (nil, nil, nil)
    if !isMade { sample.method = nil }
    return sample
  }
}
