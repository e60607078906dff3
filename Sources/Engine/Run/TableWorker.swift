internal import Foundation
private import Records

/// Does a table stage, or one part of it.
struct TableWorker {
  let task: WorkerTask
  let work: TableWork
  let registry: StageRegistry
  let events: EventLog

  func run() throws {
    let start = ContinuousClock.now
    guard let stage = try registry.make(work.stage) as? any TableStage else {
      throw InternalFault("stage '\(work.stage.name)' is not of the table grain")
    }
    let inputs = TableInputs(work.inputs)
    let final = URL(filePath: work.output)
    let folder = try Store.temporary(for: final)
    var context = task.context(work.stage.id, stage, resources: WorkerResources(), events: events)
    let scratch = Store.scratch(of: final)
    context.scratch = scratch
    var outcome = TableOutcome()
    var counts = StageCounts()
    if let part = work.part {
      try stage.runPart(part, inputs: inputs, output: folder, context: context)
    } else {
      outcome = try stage.run(
        inputs, parts: work.parts.mapValues { URL(filePath: $0) }, output: folder, context: context)
      counts.input = try inputs.samples().count
      counts.output = counts.input - outcome.drops.count
      for drop in outcome.drops { counts.drop(drop) }
    }
    let files = try FileSystem.records(in: folder)
    let content = Fingerprints.content(of: files)
    // One a sample: too many for a manifest that every command reads.
    try AnnotationFile.write(outcome.annotations, in: folder)
    outcome.annotations = []
    let manifest = ProductManifest(
      stage: work.stage.id, part: work.part, fingerprint: work.fingerprint, files: files, outcome: outcome,
      counts: counts, seconds: (ContinuousClock.now - start) / .seconds(1), content: content,
      partFolders: work.parts.isEmpty ? nil : work.parts.values.map { URL(filePath: $0).lastPathComponent }.sorted())
    try CanonicalJSON.data(manifest).write(to: folder.appending(path: "manifest.json"))
    try FileSystem.commit(folder: folder, to: final)
    if FileSystem.exists(scratch) { try FileManager.default.removeItem(at: scratch) }
  }
}

/// `annotations.jsonl` of a table result: what it found out about single samples, for the catalog; absent where that is
/// nothing.
enum AnnotationFile {
  static func write(_ annotations: [Annotation], in folder: URL) throws {
    guard !annotations.isEmpty else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var lines = Data()
    for annotation in annotations { lines += try encoder.encode(annotation) + [UInt8(ascii: "\n")] }
    try lines.write(to: folder.appending(path: "annotations.jsonl"))
  }

  static func read(in folder: URL, _ body: (Annotation) throws -> Void) throws {
    let file = folder.appending(path: "annotations.jsonl")
    guard FileSystem.exists(file) else { return }
    let decoder = JSONDecoder()
    for line in try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) {
      try body(decoder.decode(Annotation.self, from: Data(line)))
    }
  }
}
