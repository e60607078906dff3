private import Foundation
private import Records

/// Reads again everything that a run stands on and compares it with what was written down.
package struct RunVerification: Codable, Sendable {
  /// One thing that is not as it was written.
  package struct Problem: Codable, Hashable, Sendable {
    package var path: String
    /// `missing`, `digest-mismatch`, `unreadable-manifest`, `unaccounted-source`, `counts-disagree`.
    package var code: String
    package var message: String

    package init(path: String, code: String, message: String) {
      self.path = path
      self.code = code
      self.message = message
    }
  }

  package private(set) var files = 0
  package private(set) var bytes = 0
  package private(set) var problems: [Problem] = []

  /// Reads packs, features and products in the store, the files published in the run's folder, and the books.
  ///
  /// - Throws: ``ToolError`` when `folder` is no run's folder; what is wrong with the run is in ``problems``.
  package init(of folder: RunFolder) throws {
    let record = try folder.readRecord()
    for unit in record.inputs.units { verify(UnitManifest.self, unit.folder) { $0.files } }
    for stage in [record.inputs.featureUnits, record.inputs.addedUnits] {
      for unit in stage.values.joined() { verify(SampleUnitManifest.self, unit.folder) { $0.files } }
    }
    // Features are spread over sample units; the other products are folders of the store.
    let products = record.inputs.products.map(\.folder) + record.inputs.dropFolders
    for folder in Set(products).sorted() where FileSystem.exists(URL(filePath: folder).appending(path: "manifest.json"))
    {
      verify(ProductManifest.self, folder) { $0.files }
    }
    for (path, digest) in folder.published.values.flatMap(\.self).sorted(by: { $0.key < $1.key }) {
      verify(folder.root.appending(path: path), digest)
    }
    verifyBooks(of: record)
  }

  private mutating func verify<Manifest: Decodable>(
    _ type: Manifest.Type, _ folder: String, files: (Manifest) -> [FileRecord]
  ) {
    let url = URL(filePath: folder)
    do {
      let manifest = try FileSystem.readJSON(type, from: url.appending(path: "manifest.json"))
      for file in files(manifest) { verify(url.appending(path: file.name), file.digest) }
    } catch {
      problems.append(Problem(path: folder, code: "unreadable-manifest", message: "\(error)"))
    }
  }

  private mutating func verify(_ url: URL, _ digest: Digest) {
    let path = url.path(percentEncoded: false)
    do {
      files += 1
      bytes += try FileSystem.identity(of: path).bytes
      guard try FileSystem.digest(of: path) != digest else { return }
      problems.append(
        Problem(
          path: path, code: "digest-mismatch",
          message: "its bytes are not those that were written; delete its folder, and run again"))
    } catch {
      problems.append(Problem(path: path, code: "missing", message: "\(error)"))
    }
  }
  /// The books, counted again from what the units and products say of themselves.
  private mutating func verifyBooks(of record: RunRecord) {
    guard record.isFinished else { return }
    // An unreadable manifest is a problem already.
    guard let books = try? RunBooks(record) else { return }
    problems += books.problems(of: record)
  }
}
