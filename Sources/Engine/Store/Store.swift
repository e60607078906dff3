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
  package func sampleFolder(_ fingerprint: Digest, unit: Digest) -> URL {
    root.appending(path: "samples/\(fingerprint.short)/\(unit.short)")
  }
  package func tableFolder(_ stage: String, _ fingerprint: Digest) -> URL {
    root.appending(path: "tables/\(stage)-\(fingerprint.short)")
  }

  /// An empty folder for work that will be renamed to `final` when it is finished.
  ///
  /// A name is never used twice, and says whose it is: ``sweep(_:)`` takes away what nobody works on any more.
  package static func temporary(for final: URL) throws -> URL {
    let parent = final.deletingLastPathComponent()
    try FileSystem.makeFolder(parent)
    let folder = parent.appending(
      path: ".partial-\(Self.host)-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    return folder
  }

  /// Removes what interrupted workers of this host left in `folder`, and of any host what is a week old: a store may be
  /// shared by running pipelines.
  package static func sweep(_ folder: URL) throws {
    for name in try FileSystem.names(in: folder) where name.hasPrefix(".partial-") {
      let place = folder.appending(path: name)
      let isOwn = name.hasPrefix(".partial-\(host)-")
      let process = isOwn ? name.dropFirst(".partial-\(host)-".count).prefix { $0 != "-" } : ""
      let isDead = Int32(process).map { kill($0, 0) != 0 && errno == ESRCH } ?? false
      // Gone meanwhile: its owner finished.
      let identity = try? FileSystem.identity(of: place.path(percentEncoded: false))
      let age = identity.map { Date.now.timeIntervalSince1970 - Double($0.modifiedNanoseconds) / 1e9 } ?? 0
      if isDead || age > 7 * 24 * 3600 { try FileManager.default.removeItem(at: place) }
    }
  }

  /// The host's name, with nothing in it that ends a field of a folder's name.
  private static let host = ProcessInfo.processInfo.hostName.replacing("-", with: "_").replacing("/", with: "_")

  /// The finished units of a chain, by folder name.
  package func units(chain: Digest) throws -> [(folder: URL, manifest: UnitManifest)] {
    let folder = unitsFolder(chain: chain)
    return try FileSystem.names(in: folder).filter { !$0.hasPrefix(".") }.compactMap { name in
      let unit = folder.appending(path: name)
      guard FileSystem.exists(unit.appending(path: "manifest.json")) else { return nil }
      return (unit, try FileSystem.readJSON(UnitManifest.self, from: unit.appending(path: "manifest.json")))
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
