package import Foundation
package import Records

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
  /// Folders of this form are swept by the next run; a name is never used twice.
  package static func temporary(for final: URL) throws -> URL {
    let parent = final.deletingLastPathComponent()
    try FileSystem.makeFolder(parent)
    let folder = parent.appending(path: ".partial-\(final.lastPathComponent)-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    return folder
  }

  /// Removes what interrupted workers left in `folder`.
  package static func sweep(_ folder: URL) throws {
    for name in try FileSystem.names(in: folder) where name.hasPrefix(".partial-") {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  /// The finished units of a chain, by folder name.
  package func units(chain: Digest) throws -> [(folder: URL, manifest: UnitManifest)] {
    let folder = unitsFolder(chain: chain)
    return try FileSystem.names(in: folder).filter { !$0.hasPrefix(".") }.map { name in
      let unit = folder.appending(path: name)
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
