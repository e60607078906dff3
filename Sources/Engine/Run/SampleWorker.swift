internal import Foundation
internal import Records
private import Sharding

/// Does a unit of the sample grain: the samples of one source unit through one stage.
struct SampleWorker {
  let task: WorkerTask
  let work: SampleUnitWork
  let registry: StageRegistry
  let events: EventLog
  /// What earlier units of the same stage left for this one, such as networks.
  var resources = WorkerResources()

  /// Collects what the stage puts; written when the stage is through.
  private final class Sink: SampleSink {
    var rows: [(key: String, features: [Float])] = []
    var samples: [(sample: Sample, image: [UInt8])] = []

    func put(features: [Float], key: String) throws {
      if let first = rows.first, first.features.count != features.count {
        throw InternalFault("\(features.count) features for \(key), \(first.features.count) for \(first.key)")
      }
      rows.append((key, features))
    }

    func put(_ sample: Sample, image: [UInt8]) throws { samples.append((sample, image)) }
  }

  /// Digests by family, which do not depend on how families were cut into units.
  private struct FamilyContents {
    private var builders: [String: FingerprintBuilder] = [:]
    var digests: [String: Digest] { builders.mapValues { $0.finish() } }

    mutating func add(_ key: String, of family: String, _ content: Digest) {
      builders[family, default: FingerprintBuilder("sample-unit-family")].add(key, content)
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    guard let stage = try registry.make(work.stage) as? any SampleStage else {
      throw InternalFault("stage '\(work.stage.name)' is not of the sample grain")
    }
    let entries = try SampleReader(work.inputs).entries(of: work.unit)
    let sink = Sink()
    var context = task.context(work.stage.id, stage, resources: resources, events: events)
    context.products = work.inputs.products
    try stage.process(entries, context: context, sink: sink)
    let final = URL(filePath: work.output)
    let folder = try Store.temporary(for: final)
    var contents = FamilyContents()
    var counts: [String: StageCounts] = [:]
    for entry in entries {
      counts[entry.sample.family, default: StageCounts()].input += 1
      counts[entry.sample.family, default: StageCounts()].output += 1
    }
    switch type(of: stage).puts {
    case .features:
      let rows = sink.rows.sorted { $0.key < $1.key }
      guard rows.map(\.key) == entries.map(\.sample.key) else {
        throw InternalFault("stage '\(work.stage.id)' put \(rows.count) rows for \(entries.count) samples")
      }
      for (row, entry) in zip(rows, entries) {
        contents.add(row.key, of: entry.sample.family, Digest(of: row.features.withUnsafeBytes { Data($0) }))
      }
      let matrix = NumPyFile.data(
        rows: rows.count, columns: rows.first?.features.count ?? 0, values: rows.flatMap(\.features))
      try matrix.write(to: folder.appending(path: "features.npy"))
      try Data(rows.map { $0.key + "\n" }.joined().utf8).write(to: folder.appending(path: "keys.txt"))
    case .samples:
      let pack = try TarWriter(path: folder.appending(path: "pack.tar"))
      var lines = Data()
      for (sample, image) in sink.samples.sorted(by: { $0.sample.key < $1.sample.key }) {
        let place = try pack.add(name: "\(sample.key).\(sample.encoding.fileExtension)", bytes: image)
        let line = SampleLine(sample: sample, offset: place.offset, length: place.length, digest: Digest(of: image))
        let text = try CanonicalJSON.data(sample)
        lines += try line.data(sample: text) + [UInt8(ascii: "\n")]
        contents.add(sample.key, of: sample.family, Digest(of: text))
        contents.add(sample.key, of: sample.family, line.digest)
      }
      _ = try pack.finish()
      try lines.write(to: folder.appending(path: "samples.jsonl"))
      for (sample, _) in sink.samples {
        counts[sample.family, default: StageCounts()].made += 1
        counts[sample.family, default: StageCounts()].output += 1
      }
    }
    let manifest = SampleUnitManifest(
      stage: work.stageFingerprint,
      fingerprint: SamplePlan.fingerprint(stage: work.stageFingerprint, given: work.given),
      rows: max(sink.rows.count, sink.samples.count),
      columns: sink.rows.first?.features.count ?? 0, contents: contents.digests, given: work.given,
      files: try FileSystem.records(in: folder), counts: counts,
      seconds: (ContinuousClock.now - start) / .seconds(1))
    try CanonicalJSON.data(manifest).write(to: folder.appending(path: "manifest.json"))
    try FileSystem.commit(folder: folder, to: final)
  }
}
