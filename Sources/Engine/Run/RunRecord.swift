internal import Foundation
package import Records

/// `run.json`: what the run is, how far it came, and where the rest stands.
package struct RunSummary: Codable, Sendable {
  package var version = 2
  /// Path of the run's folder when this was written: a run that was moved together with its store is still read.
  package var folder = ""
  package var numericsProfile: String
  package var store: String
  package var modelsFolder: String
  package var origin: RunOrigin
  package var pipeline: PipelineSpec
  /// Number of the lease under which it was written.
  package var epoch: Int
  /// All stages of the pipeline; those not reached are pending.
  package var stages: [StageRecord]
  /// Sources by how they ended: `done`, `failed`, `quarantined`, `pending`.
  package var sources: [String: Int]
  /// Samples that no stage dropped.
  package var samples: Int
  /// What is trained on and what is held out, by dataset.
  package var roles: [RoleCount]
  /// What became of the frames asked for, by class.
  package var frames: FrameTallies
  package var badSources: [BadSource]
  /// What the datasets' readers had to say.
  package var problems: [String]
  /// Versions of the libraries that did the work.
  package var versions: [String: String]
  package var isFinished: Bool
  /// Names the file of `plan/` with the rest: families, units, products.
  package var inputsDigest = Digest.unknown

  /// A source that did not end well.
  package struct BadSource: Codable, Hashable, Sendable {
    package var name: String
    package var status: String
    package var code: String
    package var message: String
  }
}

/// From what a run was asked for: enough to ask for it again.
package struct RunOrigin: Codable, Hashable, Sendable {
  package var pipelineFile: String
  package var catalogueFile: String
  /// Options that were set on the command line, `stage.option=value` each.
  package var overrides: [String]
  package var limit: Int?
  package var until: String?

  package init(
    pipelineFile: String = "", catalogueFile: String = "", overrides: [String] = [], limit: Int? = nil,
    until: String? = nil
  ) {
    self.pipelineFile = pipelineFile
    self.catalogueFile = catalogueFile
    self.overrides = overrides
    self.limit = limit
    self.until = until
  }
}

/// A run as every verb that looks into it reads it, and all that the catalog is rebuilt from.
package struct RunRecord: Sendable {
  package var summary: RunSummary
  /// Pipeline, families, units, products and history so far.
  package var inputs: TableInputs.Description

  package var pipeline: PipelineSpec { summary.pipeline }
  package var families: [Family] { inputs.families }
  package var stages: [StageRecord] { summary.stages }
  package var store: String { summary.store }
  package var isFinished: Bool { summary.isFinished }

  /// The same, of a run whose folder was moved to `root` together with its store.
  func moved(to root: URL) -> RunRecord {
    let now = root.standardizedFileURL.path(percentEncoded: false)
    guard summary.folder != now, !FileSystem.exists(URL(filePath: summary.store)),
      let store = Self.place(of: summary.store, seenFrom: summary.folder, now: now),
      FileSystem.exists(URL(filePath: store))
    else { return self }
    var record = self
    let old = summary.store
    func moved(_ path: String) -> String { path.hasPrefix(old) ? store + path.dropFirst(old.count) : path }
    func moved(_ units: [UnitReference]) -> [UnitReference] {
      units.map { UnitReference(folder: moved($0.folder), families: $0.families) }
    }
    record.summary.store = store
    record.inputs.units = moved(inputs.units)
    record.inputs.featureUnits = inputs.featureUnits.mapValues(moved)
    record.inputs.addedUnits = inputs.addedUnits.mapValues(moved)
    record.inputs.dropFolders = inputs.dropFolders.map(moved)
    for index in record.inputs.products.indices {
      record.inputs.products[index].folder = moved(inputs.products[index].folder)
    }
    return record
  }

  /// Where `path` would be if it had moved along with `folder`.
  private static func place(of path: String, seenFrom folder: String, now: String) -> String? {
    var up = folder.split(separator: "/")
    let down = path.split(separator: "/")
    let shared = zip(up, down).prefix { $0 == $1 }.count
    up.removeFirst(shared)
    var base = now.split(separator: "/")
    guard base.count >= up.count else { return nil }
    base.removeLast(up.count)
    return "/" + (base + down.dropFirst(shared)).joined(separator: "/") + (path.hasSuffix("/") ? "/" : "")
  }
}
