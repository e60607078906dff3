internal import Foundation
private import Records
private import Sharding

/// Takes crops out of the packs of a run that stand in its shards byte for byte: a pack keeps what is in no shard, and the
/// lines of `samples.jsonl` say where the rest is read from now on.
struct PackCleaning {
  private(set) var items: [RunCleaning.Item] = []

  /// A sample's place in a shard.
  private struct Place {
    /// Path of the shard below the store.
    let archive: String
    let entry: ShardEntry
  }

  private let store: Store

  init(_ run: RunFolder, store: Store, isDryRun: Bool) throws {
    self.store = store
    let inputs = try run.readRecord().inputs
    let places = try Self.places(inputs, store: store)
    guard !places.isEmpty else { return }
    // What other runs refer to stays as it is.
    let shared = try StoreUse.remaining(in: store, but: run).reduce(into: Set<String>()) { folders, other in
      folders.formUnion(try RunFolder(root: URL(filePath: other.folder)).foldersIfKnown() ?? [])
    }
    for unit in inputs.units + inputs.addedUnits.values.flatMap(\.self) {
      let folder = URL(filePath: unit.folder)
      guard !shared.contains(folder.standardizedFileURL.path(percentEncoded: false)) else { continue }
      try clean(folder, places, isDryRun: isDryRun)
    }
  }

  private static func places(_ inputs: TableInputs.Description, store: Store) throws -> [String: Place] {
    var places: [String: Place] = [:]
    for product in inputs.products where !product.folder.isEmpty {
      let folder = URL(filePath: product.folder)
      let manifest = try FileSystem.readJSON(ProductManifest.self, from: folder.appending(path: "manifest.json"))
      for file in manifest.files where file.name.hasSuffix(".tar") {
        let archive = "tables/\(folder.lastPathComponent)/\(file.name)"
        for entry in try ShardReader(path: store.root.appending(path: archive)).entries {
          places[entry.key] = Place(archive: archive, entry: entry)
        }
      }
    }
    return places
  }

  private mutating func clean(_ folder: URL, _ places: [String: Place], isDryRun: Bool) throws {
    let pack = folder.appending(path: "pack.tar").path(percentEncoded: false)
    let lines = try SampleLine.all(in: folder)
    guard lines.contains(where: { $0.archive == nil }) else {
      // Done before, but for the last step.
      if FileSystem.exists(URL(filePath: pack)), !lines.isEmpty, !isDryRun { try finish(folder) }
      return
    }
    let movable = lines.filter { line in
      // Only what is the same byte for byte, with all that goes with it.
      guard line.archive == nil, let entry = places[line.sample.key]?.entry else { return false }
      return entry.image.digest == line.digest
        && (entry.companions ?? [:]).mapValues(\.digest) == (line.companions ?? [:]).mapValues(\.digest)
    }
    guard !movable.isEmpty else { return }
    let bytes = movable.reduce(0) { sum, line in
      sum + line.length + (line.companions ?? [:]).values.reduce(0) { $0 + $1.length }
    }
    items.append(RunCleaning.Item(kind: "pack", path: pack, bytes: bytes))
    if !isDryRun { try rewrite(folder, lines, moved: Set(movable.map(\.sample.key)), places) }
  }

  /// Makes a pack of what is in no shard, switches to it by renaming the new lines over the old, and removes the old pack.
  /// Killed in between, the lines are the old or the new ones, and what they name is there.
  private func rewrite(_ folder: URL, _ lines: [SampleLine], moved: Set<String>, _ places: [String: Place]) throws {
    let old = folder.appending(path: "pack.tar").path(percentEncoded: false)
    let rest = folder.appending(path: "rest.tar")
    let temporary = AtomicFile.temporary(for: rest)
    let pack = try TarWriter(path: temporary)
    // <store>/units/<chain>/<unit>
    let archive = folder.pathComponents.suffix(3).joined(separator: "/") + "/rest.tar"
    var text = Data()
    for var line in lines {
      if moved.contains(line.sample.key), let place = places[line.sample.key] {
        line.archive = place.archive
        (line.offset, line.length) = (place.entry.image.offset, place.entry.image.length)
        line.companions = place.entry.companions
      } else {
        line.archive = archive
        let name = "\(line.sample.key).\(line.sample.encoding.fileExtension)"
        (line.offset, line.length) = try pack.add(
          name: name, bytes: FileSystem.read(old, offset: line.offset, length: line.length))
        for (kind, reference) in (line.companions ?? [:]).sorted(by: { $0.key < $1.key }) {
          let place = try pack.add(
            name: "\(line.sample.key).\(kind)",
            bytes: FileSystem.read(old, offset: reference.offset, length: reference.length))
          line.companions?[kind] = MemberReference(
            offset: place.offset, length: place.length, digest: reference.digest)
        }
      }
      text += try CanonicalJSON.data(line) + [UInt8(ascii: "\n")]
    }
    _ = try pack.finish()
    try AtomicFile.commit(temporary: temporary, to: rest)
    try FileSystem.write(text, to: folder.appending(path: "samples.jsonl"))
    try finish(folder)
  }

  /// Brings the manifest up to date with the lines, and removes the pack that they no longer name.
  private func finish(_ folder: URL) throws {
    let files = try FileSystem.records(in: folder, except: ["manifest.json", "pack.tar"])
    let manifest = folder.appending(path: "manifest.json")
    if var unit = try? FileSystem.readJSON(UnitManifest.self, from: manifest) {
      unit.files = files
      try FileSystem.writeJSON(unit, to: manifest)
    } else {
      var unit = try FileSystem.readJSON(SampleUnitManifest.self, from: manifest)
      unit.files = files
      try FileSystem.writeJSON(unit, to: manifest)
    }
    try FileManager.default.removeItem(at: folder.appending(path: "pack.tar"))
  }
}

extension SampleLine {
  /// The lines of a unit, in their order.
  static func all(in folder: URL) throws -> [SampleLine] {
    let decoder = JSONDecoder()
    // An array is split many times quicker than Data.
    return try [UInt8](Data(contentsOf: folder.appending(path: "samples.jsonl"))).split(separator: UInt8(ascii: "\n"))
      .map { try decoder.decode(SampleLine.self, from: Data($0)) }
  }
}
