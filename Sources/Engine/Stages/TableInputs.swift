package import Foundation
package import Records
package import Sharding

/// One sample and where its compressed pixels stand.
package struct SampleEntry: Sendable {
  package let sample: Sample
  package let pack: String
  package let offset: Int
  package let length: Int
  /// SHA-256 of the compressed pixels.
  package let digest: Digest
  /// Files that go with the picture in the same pack, by extension.
  package let companions: [String: MemberReference]

  /// The compressed pixels, as they were written once.
  package func image() throws -> [UInt8] { try FileSystem.read(pack, offset: offset, length: length) }

  /// The bytes of the files that go with the picture, by extension.
  package func companionFiles() throws -> [String: [UInt8]] {
    try companions.mapValues { try FileSystem.read(pack, offset: $0.offset, length: $0.length) }
  }
}

/// What an earlier table stage left.
package struct Product: Codable, Hashable, Sendable {
  package var kind: ProductKind
  package var stageID: String
  /// The stage's name, which its id may differ from.
  package var stageName: String
  package var folder: String
  package var content: Digest

  /// A file of the product.
  package func file(_ name: String) -> URL { URL(filePath: folder).appending(path: name) }
}

/// What went through one stage of a run.
package struct StageRecord: Codable, Hashable, Sendable {
  package enum State: String, Codable, Sendable {
    /// Done before, and still valid.
    case cached
    /// Done by this command.
    case new
    /// Not yet done.
    case pending
  }

  package var id: String
  package var name: String
  package var grain: Grain
  package var fingerprint: Digest?
  package var state: State
  package var counts: StageCounts
  /// Worker seconds spent when the work was done.
  package var seconds: Double
  package var summary: [String]
  /// Bytes of its results in the store.
  package var bytes: Int?
  /// What its work depends on: see ``Dependencies``.
  package var dependencies: Dependencies?
}

/// Everything a table stage may look at: records, features, products, and the books so far.
///
/// Reads lazily; what it reads stands in the store and does not change.
package final class TableInputs {
  /// The files behind it.
  package struct Description: Codable, Sendable {
    package var pipeline: PipelineSpec
    package var families: [Family]
    /// By dataset.
    package var licences: [String: String]
    package var units: [UnitReference]
    /// Units of each sample stage that puts features, by stage id.
    package var featureUnits: [String: [UnitReference]]
    /// Units of each sample stage that puts samples, by stage id.
    package var addedUnits: [String: [UnitReference]]
    /// Folders of table stages whose outcome holds drops.
    package var dropFolders: [String]
    /// Folders of all results of table stages, their parts among them.
    package var tableFolders: [String] = []
    package var products: [Product]
    package var history: [StageRecord]
  }

  package let description: Description
  private var loadedSamples: [SampleEntry]?

  package init(_ description: Description) { self.description = description }

  /// The pipeline being run.
  package var pipeline: PipelineSpec { description.pipeline }
  /// The families of this run, by name.
  package var families: [Family] { description.families }
  /// Licences that datasets.toml names, by dataset.
  package var licences: [String: String] { description.licences }
  /// The stages before this one.
  package var history: [StageRecord] { description.history }

  /// The latest product of a kind.
  package func product(_ kind: ProductKind) -> Product? { description.products.last { $0.kind == kind } }
  /// All products of a kind, in pipeline order.
  package func products(_ kind: ProductKind) -> [Product] { description.products.filter { $0.kind == kind } }

  /// All samples that no stage before dropped, in key order, each with its source's facts.
  package func samples() throws -> [SampleEntry] {
    if let loadedSamples { return loadedSamples }
    let reader = try SampleReader(description)
    var entries = try reader.entries(of: description.units)
    for units in description.addedUnits.values { entries += try reader.entries(of: units) }
    entries.sort { $0.sample.key < $1.sample.key }
    loadedSamples = entries
    return entries
  }

  /// The outcome of every family of this run that has one.
  package func outcomes() throws -> [FamilyOutcome] {
    var outcomes: [FamilyOutcome] = []
    try UnitManifest.eachOutcomes(of: description.units) { outcomes += $1 }
    return outcomes.sorted { $0.name < $1.name }
  }

  /// Everything that table stages before dropped.
  package func drops() throws -> [Drop] { try SampleReader.drops(description) }

  /// Features of the surviving samples, rows in key order: from the stage with the given id, or the latest that put some.
  ///
  /// - Throws: ``ToolError`` when no stage before has that id and puts features.
  package func features(from id: String? = nil) throws -> FeatureMatrix {
    let stages = products(.features).map(\.stageID)
    if let id, !stages.contains(id) {
      throw ToolError(
        .badConfiguration, "no stage '\(id)' before puts features; there are: \(stages.joined(separator: ", "))")
    }
    guard let stage = id ?? stages.last, let units = description.featureUnits[stage] else {
      throw InternalFault("no stage before puts features")
    }
    let familyOf = Dictionary(
      try samples().map { ($0.sample.key, $0.sample.family) }, uniquingKeysWith: { first, _ in first })
    var rows: [(key: String, values: ArraySlice<Float>)] = []
    var columns = 0
    for unit in units {
      let url = URL(filePath: unit.folder)
      let families = Set(unit.families)
      let keys = try String(contentsOf: url.appending(path: "keys.txt"), encoding: .utf8).split(separator: "\n")
      let matrix = try NumPyFile.read(url.appending(path: "features.npy"))
      guard matrix.rows == keys.count else {
        throw ToolError(.failed, "\(unit.folder): \(matrix.rows) rows for \(keys.count) keys")
      }
      if matrix.rows > 0 { columns = matrix.columns }
      for (index, key) in keys.enumerated() where familyOf[String(key)].map(families.contains) ?? false {
        rows.append((String(key), matrix.values[index * matrix.columns..<(index + 1) * matrix.columns]))
      }
    }
    rows.sort { $0.key < $1.key }
    var values: [Float] = []
    values.reserveCapacity(rows.count * columns)
    for row in rows { values += row.values }
    return FeatureMatrix(keys: rows.map(\.key), columns: columns, values: values)
  }
}
