package import Foundation
package import Records

/// Writes the shards of one cell: WebDataset tars of up to so many samples, and an index beside each.
///
/// A sample is three members, in this order: `<key>.cls` (`0` real, `1` fake), `<key>.jpg` or `.png` (the bytes as they
/// were given), `<key>.json` (the ``Sample`` as canonical JSON); files that go with the picture stand before the JSON, by
/// name (`<key>.mask.png`). Nothing in a shard differs between two equal runs.
package final class ShardWriter {
  private struct OpenShard {
    let file: String
    let temporary: URL
    let tar: TarWriter
    var entries: [ShardEntry] = []
  }

  private let folder: URL
  private let cell: String
  private let samplesPerShard: Int
  private let recipe: CropRecipe?
  private var shard: OpenShard?
  private var lastKey: String?
  private var summaries: [ShardSummary] = []

  /// - Parameters:
  ///   - folder: made when it is not there.
  ///   - cell: start of the file names: lower-case letters, digits and hyphens.
  ///   - recipe: how frames became the pictures; goes into the index.
  package init(folder: URL, cell: String, samplesPerShard: Int, recipe: CropRecipe? = nil) throws {
    let path = folder.path(percentEncoded: false)
    guard cell.wholeMatch(of: /[a-z0-9][a-z0-9-]*/) != nil else {
      throw ShardingError(.badInput, path: path, "cell '\(cell)'; take lower-case letters, digits and hyphens")
    }
    guard samplesPerShard > 0 else {
      throw ShardingError(.badInput, path: path, "\(samplesPerShard) samples per shard; take 1 or more")
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.folder = folder
    self.cell = cell
    self.samplesPerShard = samplesPerShard
    self.recipe = recipe
  }

  /// Appends a sample; keys come in ascending byte order, each once.
  ///
  /// - Parameters:
  ///   - image: the compressed picture, as ``Sample/encoding`` says.
  ///   - companions: files that go with the picture, by extension.
  ///   - group: what a split may not tear apart, for the index.
  package func add(
    _ sample: Sample, image: [UInt8], companions: [String: [UInt8]] = [:], group: String? = nil
  ) throws {
    try check(sample.key)
    var shard = try shard ?? open()
    _ = try shard.tar.add(name: "\(sample.key).cls", bytes: Array(String(sample.label.rawValue).utf8))
    let imageReference = try put(image, as: "\(sample.key).\(sample.encoding.fileExtension)", into: shard)
    var references: [String: MemberReference] = [:]
    for (name, bytes) in companions.sorted(by: { $0.key < $1.key }) {
      references[name] = try put(bytes, as: "\(sample.key).\(name)", into: shard)
    }
    let record = [UInt8](try CanonicalJSON.data(sample))
    let recordReference = try put(record, as: "\(sample.key).json", into: shard)
    shard.entries.append(
      ShardEntry(
        sample: sample, group: group, image: imageReference, companions: references, record: recordReference))
    lastKey = sample.key
    self.shard = shard
    if shard.entries.count == samplesPerShard { try close(shard) }
  }

  /// Ends the last shard.
  ///
  /// - Returns: the shards in the order of their numbers; none when no sample was added.
  package func finish() throws -> [ShardSummary] {
    if let shard { try close(shard) }
    return summaries
  }

  private func check(_ key: String) throws {
    let path = folder.path(percentEncoded: false)
    guard !key.isEmpty, key.utf8.allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: ".") }) else {
      throw ShardingError(.badInput, path: path, "key '\(key)'; a WebDataset key is ASCII without dots and spaces")
    }
    guard let lastKey, !lastKey.utf8.lexicographicallyPrecedes(key.utf8) else { return }
    throw ShardingError(
      lastKey == key ? .duplicateKey : .unsortedKey, path: path,
      "\(cell): key '\(key)' after '\(lastKey)'; give the samples sorted by key, each once")
  }

  private func put(_ bytes: [UInt8], as name: String, into shard: OpenShard) throws -> MemberReference {
    let place = try shard.tar.add(name: name, bytes: bytes)
    return MemberReference(offset: place.offset, length: place.length, digest: Digest(of: bytes))
  }

  private func open() throws -> OpenShard {
    let digits = String(summaries.count)
    let file = "\(cell)-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).tar"
    let temporary = AtomicFile.temporary(for: folder.appending(path: file))
    return OpenShard(file: file, temporary: temporary, tar: try TarWriter(path: temporary))
  }

  private func close(_ shard: OpenShard) throws {
    self.shard = nil
    let (bytes, digest) = try shard.tar.finish()
    try AtomicFile.commit(temporary: shard.temporary, to: folder.appending(path: shard.file))
    let index = ShardIndex(
      version: ShardIndex.currentVersion, file: shard.file, cell: cell, bytes: bytes, digest: digest, recipe: recipe,
      entries: shard.entries)
    try AtomicFile.write(
      CanonicalJSON.data(index), to: folder.appending(path: ShardIndex.name(forShard: shard.file)))
    summaries.append(ShardSummary(index))
  }
}
