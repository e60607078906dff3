package import Foundation
package import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// Where results live, by fingerprint, shared by every run that uses the same store.
///
///     units/<chain>/<unit>/        pack.tar samples.jsonl manifest.json
///     samples/<stage>/<unit>/      features.npy keys.txt | pack.tar samples.jsonl, manifest.json
///     tables/<stage>-<print>/      a table stage's files, manifest.json
///     identities.jsonl             files found equal by content although their size, time or inode had changed
package struct Store: Sendable {
  package let root: URL

  package init(root: URL) { self.root = root }

  package func unitsFolder(chain: Digest) -> URL { root.appending(path: "units/\(chain.short)") }
  package func sampleFolder(_ stage: Digest) -> URL { root.appending(path: "samples/\(stage.short)") }
  package func tableFolder(_ stage: String, _ fingerprint: Digest) -> URL {
    root.appending(path: "tables/\(stage)-\(fingerprint.short)")
  }

  /// An empty folder for work that will be renamed to `final` when it is finished.
  ///
  /// A name is never used twice, and says whose it is: ``sweep(_:)`` takes away what nobody works on any more.
  package static func temporary(for final: URL) throws -> URL {
    let parent = final.deletingLastPathComponent()
    try FileSystem.makeFolder(parent)
    let folder = parent.appending(path: PartialName().text)
    try FileSystem.makeFolder(folder)
    return folder
  }

  /// Where the work that ends as `final` puts by how far it has come, whichever worker does it; swept after a month.
  static func scratch(of final: URL) -> URL {
    final.deletingLastPathComponent().appending(path: "\(scratchPrefix)\(final.lastPathComponent)")
  }

  private static let scratchPrefix = ".scratch-"
  private static let scratchLife: TimeInterval = 30 * 24 * 3600

  /// Removes the scratch folders in which nothing has changed for long: their work has been given up.
  private static func sweepScratch(_ folder: URL) throws {
    for name in try FileSystem.names(in: folder) where name.hasPrefix(scratchPrefix) {
      let place = folder.appending(path: name)
      guard let identity = try? FileSystem.identity(of: place.path(percentEncoded: false)) else { continue }
      let age = Date.now.timeIntervalSince1970 - Double(identity.modifiedNanoseconds) / 1e9
      if age > scratchLife { try? FileManager.default.removeItem(at: place) }  // Somebody else may be sweeping, too.
    }
  }

  /// Removes what interrupted workers left in `folder`, as far as this machine can tell, and of any machine what is a week
  /// old: a store may be shared by running pipelines.
  package static func sweep(_ folder: URL) throws {
    for name in try FileSystem.names(in: folder) where PartialName.isOne(name) {
      let place = folder.appending(path: name)
      // Gone meanwhile: its owner finished.
      let identity = try? FileSystem.identity(of: place.path(percentEncoded: false))
      let age = identity.map { Date.now.timeIntervalSince1970 - Double($0.modifiedNanoseconds) / 1e9 } ?? 0
      let life = PartialName(name)?.owner.life ?? .unknown
      if life == .ended || life == .unknown && age > 7 * 24 * 3600 {
        try? FileManager.default.removeItem(at: place)  // Somebody else may be sweeping, too.
      }
    }
  }

  /// Takes a result away: at once by its name, then what was in it.
  static func discard(_ folder: URL) throws {
    let gone = folder.deletingLastPathComponent().appending(path: PartialName().text)
    guard rename(folder.path(percentEncoded: false), gone.path(percentEncoded: false)) == 0 else {
      throw FileSystem.failure("cannot take away", folder.path(percentEncoded: false))
    }
    try FileManager.default.removeItem(at: gone)
  }

  /// Sweeps every folder in which results stand.
  package func sweep() throws {
    for kind in ["units", "samples"] {
      let folder = root.appending(path: kind)
      for name in try FileSystem.names(in: folder) { try Self.sweep(folder.appending(path: name)) }
    }
    try Self.sweep(root.appending(path: "tables"))
    try Self.sweepScratch(root.appending(path: "tables"))
  }

  /// Calls `body` with every finished unit of a chain, by folder name.
  package func eachUnit(chain: Digest, _ body: (URL, UnitManifest) throws -> Void) throws {
    try Self.eachResult(in: unitsFolder(chain: chain), of: UnitManifest.self, body)
  }

  /// Calls `body` with every finished result below `folder`, by name.
  static func eachResult<Manifest: Decodable & Sendable>(
    in folder: URL, of type: Manifest.Type, _ body: (URL, Manifest) throws -> Void
  ) throws {
    let results = try FileSystem.names(in: folder).filter { !$0.hasPrefix(".") }.map { folder.appending(path: $0) }
    try ParallelBlocks.forEach(results) { result in
      let manifest = result.appending(path: "manifest.json")
      return FileSystem.exists(manifest) ? (result, try FileSystem.readJSON(type, from: manifest)) : nil
    } body: { found in
      if let (result, manifest) = found { try body(result, manifest) }
    }
  }

  /// The manifest in `folder`, if work with this fingerprint was finished there.
  package func manifest(in folder: URL, fingerprint: Digest) throws -> ProductManifest? {
    let file = folder.appending(path: "manifest.json")
    guard FileSystem.exists(file) else { return nil }
    let manifest = try FileSystem.readJSON(ProductManifest.self, from: file)
    return manifest.fingerprint == fingerprint ? manifest : nil
  }
}
