internal import Foundation
internal import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// `runs/<run>.json` of a store: that a run uses it, and what of it when that run is not finished.
struct StoreUser: Codable {
  /// The run's folder.
  var folder: String
  /// Short digests that name folders of `units/` and `samples/`.
  var chain: String
  var stages: [String]
}

/// The use of a store by one command: any number of runs at a time, or one command alone that takes things away.
///
/// `store.lock` is locked (flock) in common by runs, and alone by what removes results, for as long as the command lives.
final class StoreUse {
  private let store: Store
  private let run: RunFolder
  private let descriptor: Int32
  private let lockPath: String

  /// - Throws: ``ToolError`` with status 75 while results are being taken away.
  init(_ store: Store, run: RunFolder) throws {
    self.store = store
    self.run = run
    try FileSystem.makeFolder(store.root.appending(path: "runs"))
    lockPath = store.root.appending(path: "store.lock").path(percentEncoded: false)
    descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.failure("cannot open", lockPath) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else {
      throw ToolError(.notFinished, "results are just being taken out of the store \(store.root.path); run again")
    }
  }

  /// Also after an `init` that threw.
  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Writes down that the run uses the store.
  func register(chain: Digest, stages: [Digest]) throws {
    let user = StoreUser(folder: path(run.root), chain: chain.short, stages: stages.map(\.short))
    try FileSystem.writeJSON(user, to: Self.file(of: run, in: store))
  }

  /// Keeps all others away from the store.
  ///
  /// - Returns: the folders that finished other runs refer to.
  /// - Throws: ``ToolError`` with status 75 while another command uses the store.
  func takeAlone() throws -> Set<String> {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      flock(descriptor, LOCK_SH)
      throw ToolError(
        .notFinished,
        "another run uses the store \(store.root.path); what takes results away waits until that has ended")
    }
    return try Self.remaining(in: store, but: run).reduce(into: []) { folders, other in
      folders.formUnion(try RunFolder(root: URL(filePath: other.folder)).foldersIfKnown() ?? [])
    }
  }

  /// The runs that use a store and are still there, without `run`.
  ///
  /// - Throws: ``ToolError`` with status 75 where that cannot be told of one.
  static func remaining(in store: Store, but run: RunFolder) throws -> [StoreUser] {
    let own = file(of: run, in: store).lastPathComponent
    let folder = store.root.appending(path: "runs")
    return try FileSystem.names(in: folder).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") && $0 != own }
      .compactMap { name in
        let file = folder.appending(path: name)
        let user = try FileSystem.readJSON(StoreUser.self, from: file)
        let place = URL(filePath: user.folder)
        if FileSystem.exists(place) { return user }
        guard FileSystem.exists(place.deletingLastPathComponent()) else {
          throw ToolError(
            .notFinished,
            "whether the run \(user.folder) still uses the store cannot be told: the folder above it is not there; mount it, or remove \(file.path)"
          )
        }
        return nil
      }
  }

  static func file(of run: RunFolder, in store: Store) -> URL {
    store.root.appending(
      path: "runs/\(Digest(of: run.root.standardizedFileURL.path(percentEncoded: false)).short).json")
  }

  private func path(_ url: URL) -> String { url.standardizedFileURL.path(percentEncoded: false) }
}

extension Store {
  /// All runs that were written down as users of the store, whether they are still there or not.
  func users() throws -> [StoreUser] {
    let folder = root.appending(path: "runs")
    return try FileSystem.names(in: folder).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
      .map { try FileSystem.readJSON(StoreUser.self, from: folder.appending(path: $0)) }
  }
}

extension RunFolder {
  /// The folders of the store that the run refers to, by their standard paths; `nil` where it has no record yet.
  func foldersIfKnown() throws -> [String]? {
    guard let summary = try? readSummary() else { return nil }
    return try folders(summary).map { URL(filePath: $0).standardizedFileURL.path(percentEncoded: false) }
  }
}
