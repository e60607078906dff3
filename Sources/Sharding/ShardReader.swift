package import Foundation
package import Records

/// An open shard: pictures and records in any order, from any thread.
///
/// The index beside the tar says where they stand; where there is none, the tar is read through once instead.
package final class ShardReader: Sendable {
  /// In the order of the keys.
  package let entries: [ShardEntry]
  /// How frames became the pictures, where the index says.
  package let recipe: CropRecipe?
  private let members: MemberReader

  package init(path: URL) throws {
    members = try MemberReader(path: path)
    let indexFile = path.deletingLastPathComponent().appending(
      path: ShardIndex.name(forShard: path.lastPathComponent))
    if FileManager.default.fileExists(atPath: indexFile.path(percentEncoded: false)) {
      let index = try Self.readIndex(indexFile)
      guard index.bytes == members.byteCount else {
        throw ShardingError(
          .badIndex, path: indexFile.path(percentEncoded: false),
          "made for a shard of another size; remove the index to read the tar alone")
      }
      entries = index.entries
      recipe = index.recipe
    } else {
      entries = try Self.readEntries(path)
      recipe = nil
    }
  }

  /// The compressed picture of an entry, checked against its digest.
  package func image(at index: Int) throws -> [UInt8] { try members.read(entries[index].image) }

  /// A file that goes with an entry's picture, checked against its digest; `nil` where there is none.
  package func companion(_ name: String, at index: Int) throws -> [UInt8]? {
    try entries[index].companions?[name].map { try members.read($0) }
  }

  /// The record of an entry, checked against its digest.
  package func sample(at index: Int) throws -> Sample {
    try CanonicalJSON.decode(Sample.self, from: Data(members.read(entries[index].record)))
  }

  /// Reads an index file.
  static func readIndex(_ url: URL) throws -> ShardIndex {
    let path = url.path(percentEncoded: false)
    let file = try OpenFile(reading: url)
    let data = Data(try file.read(offset: 0, length: try file.byteCount()))
    let index: ShardIndex
    do { index = try CanonicalJSON.decode(ShardIndex.self, from: data) } catch {
      throw ShardingError(.badIndex, path: path, "not the index of a shard: \(error)")
    }
    guard index.version == ShardIndex.currentVersion else {
      throw ShardingError(.badIndex, path: path, "version \(index.version) of the format; this dfprep reads 1")
    }
    return index
  }

  /// What an index would say, from the tar.
  static func readEntries(_ url: URL) throws -> [ShardEntry] {
    let tar = try TarReader(path: url)
    var entries: [ShardEntry] = []
    while let found = try ShardSample.next(in: tar, path: url.path(percentEncoded: false)) {
      entries.append(
        ShardEntry(
          sample: found.sample, group: nil, image: found.image, companions: found.companions, record: found.record))
    }
    return entries
  }
}
