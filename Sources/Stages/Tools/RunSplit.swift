internal import Engine
private import Evaluation
internal import Foundation
internal import Imaging
internal import Records
private import Sharding
internal import Splitting

/// The split of a run, or of a folder of shards: every sample with the side it is on, and its picture.
struct RunSplit {
  let table: SplitTable
  /// In the order of the table's rows.
  let samples: [Sample]
  /// What no fold tears apart, by key, where the run has folds.
  let groups: [String: String]
  let picture: (String) throws -> [UInt8]?

  /// The picture of a row of the table, decoded.
  func image(_ row: SplitRow) throws -> Image? { try picture(row.item.key).map { try ImageCodec.decode($0) } }

  /// From the shards where the run has some, else from the store.
  ///
  /// - Throws: ``ToolError`` with status 69 when neither can be read.
  init(run: RunFolder) throws {
    let record = try run.readRecord()
    let shards = run.root.appending(path: "shards")
    let source = try FileSystem.exists(shards) ? SampleSource(shards: shards) : SampleSource(record)
    let folds = run.root.appending(path: "folds/folds.csv")
    var (table, groups) = try Self.table(
      source.samples, folds: FileSystem.exists(folds) ? folds : nil,
      links: record.inputs.products.filter { $0.kind == .links })
    table.format = "run \(record.pipeline.name)"
    (self.table, self.groups, samples, picture) = (table, groups, source.samples, source.picture)
  }

  init(shards: URL) throws {
    let source = try SampleSource(shards: shards)
    let folds = shards.deletingLastPathComponent().appending(path: "folds/folds.csv")
    (table, groups) = try Self.table(source.samples, folds: FileSystem.exists(folds) ? folds : nil)
    (samples, picture) = (source.samples, source.picture)
  }

  /// The split that the stages of a run have made so far, with the links that they found.
  static func table(
    _ samples: [Sample], folds: URL?, links products: [Product]
  ) throws -> (table: SplitTable, groups: [String: String]) {
    var (table, groups) = try table(samples, folds: folds)
    let keys = Set(samples.map(\.key))
    for product in products {
      if FileSystem.exists(product.file(LinkTable.fileName)) {
        let links = try LinkTable(product)
        table.extraLinks += links.extraLinks(among: keys)
        table.evidence.merge(links.evidence) { first, _ in first }
      } else {
        table.notes.append("links that a stage found are not known: \(product.folder) is gone from the store")
      }
    }
    if products.isEmpty {
      table.notes.append("near-duplicates are not known: the pipeline has no stage that finds them")
    }
    return (table, groups)
  }

  /// A division per fold, or the datasets' own; and one of training against held-out test, where there is such.
  private static func table(_ samples: [Sample], folds: URL?) throws -> (table: SplitTable, groups: [String: String]) {
    var divisions: [String] = []
    var roles: [String: [String?]] = [:]
    var groups: [String: String] = [:]
    if let folds {
      let records = try CommaSeparatedValues.records(String(contentsOf: folds, encoding: .utf8))
      let columns = (records.first ?? []).indices.filter { records[0][$0].hasPrefix("fold-") }
      divisions = columns.map { records[0][$0] }
      for record in records.dropFirst() where record.count == records[0].count {
        groups[record[0]] = record[1]
        roles[record[0]] = columns.map { record[$0] == "left-out" ? nil : record[$0] }
      }
    }
    let isOfficial = divisions.isEmpty
    if isOfficial { divisions = ["official split"] }
    let hasTest = samples.contains { $0.role == .test }
    if hasTest { divisions.append("held-out test") }
    let rows = samples.map { sample in
      // What was made of a training sample, and has no line of its own, is where its parent is.
      let own = roles[sample.key] ?? sample.parents.lazy.compactMap { roles[$0] }.first
      var sides: [String?] =
        isOfficial
        ? [sample.role == .train && sample.officialSplit != "test" ? sample.officialSplit ?? "train" : nil]
        : own ?? divisions.dropLast(hasTest ? 1 : 0).map { _ in nil }
      // Nothing made stands in a test.
      let isAside = ![.train, .test].contains(sample.role) || sample.role == .test && sample.isMade
      if hasTest { sides.append(isAside ? nil : sample.role.rawValue) }
      return SplitRow(item: LinkedItem(sample), label: sample.label, method: sample.method, sides: sides)
    }
    return (SplitTable(format: "shards", divisions: divisions, rows: rows), groups)
  }
}

/// Samples with their pictures, wherever they lie.
private struct SampleSource {
  var samples: [Sample] = []
  let picture: (String) throws -> [UInt8]?

  init(shards folder: URL) throws {
    var places: [String: (shard: ShardReader, index: Int)] = [:]
    for name in try FileSystem.names(in: folder).sorted() where name.hasSuffix(".tar") {
      let shard = try ShardReader(path: folder.appending(path: name))
      for index in shard.entries.indices {
        samples.append(try shard.sample(at: index))
        places[shard.entries[index].key] = (shard, index)
      }
    }
    picture = { key in try places[key].map { try $0.shard.image(at: $0.index) } }
  }

  init(_ record: RunRecord) throws {
    guard record.inputs.units.allSatisfy({ FileSystem.exists(URL(filePath: $0.folder)) }) else {
      throw ToolError(.missing, "the run has no shards, and its store (\(record.store)) is not there")
    }
    let entries = try TableInputs(record.inputs).samples()
    samples = entries.map(\.sample)
    let byKey = Dictionary(entries.map { ($0.sample.key, $0) }) { first, _ in first }
    picture = { key in try byKey[key]?.image() }
  }
}
