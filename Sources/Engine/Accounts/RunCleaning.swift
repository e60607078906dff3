internal import Foundation
private import Records

/// What can be taken away without loss, and, unless that is only asked, takes it away.
package struct RunCleaning: Codable, Sendable {
  package struct Item: Codable, Hashable, Sendable {
    /// `leftover` of an interrupted command, `task` file of a finished run, `result` that no run refers to, `pack`.
    package var kind: String
    package var path: String
    /// What is given back: files that stand elsewhere, too (hard links), count nothing.
    package var bytes: Int
  }

  package private(set) var items: [Item] = []
  package var bytes: Int { items.reduce(0) { $0 + $1.bytes } }

  /// - Parameters:
  ///   - stale: also results in the store that no run refers to.
  ///   - packs: also crops in the store that stand in the run's shards.
  ///   - isDryRun: only says what would go.
  /// - Throws: ``ToolError`` with status 75 while the run, or for `stale` and `packs` any run of the store, is being worked on.
  package init(_ run: RunFolder, stale: Bool = false, packs: Bool = false, isDryRun: Bool = false) throws {
    let summary = try run.readSummary()
    let store = Store(root: URL(filePath: try run.readRecord().store))
    let lease = isDryRun ? nil : try Lease(run)
    let use = isDryRun ? nil : try StoreUse(store, run: run)
    if stale || packs { _ = try use?.takeAlone() }
    defer { withExtendedLifetime((lease, use)) {} }
    try findLeftovers(run, store)
    if summary.isFinished { try findTasks(run) }
    if stale { try findStale(run, summary, store) }
    if !isDryRun {
      for item in items {
        let url = URL(filePath: item.path)
        if item.kind == "result" { try Store.discard(url) } else { try FileManager.default.removeItem(at: url) }
      }
    }
    if packs { items += try PackCleaning(run, store: store, isDryRun: isDryRun).items }
  }

  private mutating func add(_ kind: String, _ url: URL) {
    items.append(Item(kind: kind, path: url.path(percentEncoded: false), bytes: Self.bytes(of: url)))
  }

  private mutating func findLeftovers(_ run: RunFolder, _ store: Store) throws {
    for folder in try store.resultFolders() {
      for name in try FileSystem.names(in: folder)
      where PartialName.isOne(name) && PartialName(name)?.owner.life == .ended {
        add("leftover", folder.appending(path: name))
      }
    }
    // Those of the run's own folder are nobody's while its lease is held.
    for folder in [run.root, run.plan, run.root.appending(path: "shards")] {
      for name in try FileSystem.names(in: folder)
      where [".partial-", ".publishing-", ".catalog-"].contains(where: name.hasPrefix) {
        add("leftover", folder.appending(path: name))
      }
    }
  }

  private mutating func findTasks(_ run: RunFolder) throws {
    let kept: Set = ["published.json", "seal.json", "progress.json"]
    for name in try FileSystem.names(in: run.plan)
    where !kept.contains(name) && !name.hasPrefix(".") && !name.hasPrefix("inputs-") && !name.hasPrefix("folders-") {
      add("task", run.plan.appending(path: name))
    }
  }

  /// Results that neither this run nor another refers to. What a run that was stopped may still want is kept: units and
  /// samples of its stages, and table results made since it was begun.
  private mutating func findStale(_ run: RunFolder, _ summary: RunSummary, _ store: Store) throws {
    var kept = Set(try run.foldersIfKnown() ?? [])
    var stages: Set<String> = []
    var oldest = Int64.max
    let own = try store.users().filter {
      StoreUse.file(of: RunFolder(root: URL(filePath: $0.folder)), in: store) == StoreUse.file(of: run, in: store)
    }
    for user in try own + StoreUse.remaining(in: store, but: run) {
      let other = RunFolder(root: URL(filePath: user.folder))
      kept.formUnion(try other.foldersIfKnown() ?? [])
      if (try? other.readSummary())?.isFinished != true {
        stages.formUnion([user.chain] + user.stages)
        let file = StoreUse.file(of: other, in: store).path(percentEncoded: false)
        oldest = min(oldest, try FileSystem.identity(of: file).modifiedNanoseconds)
      }
    }
    kept.formUnion(try leanedOn(kept, store))
    for parent in try store.resultFolders() where !stages.contains(parent.lastPathComponent) {
      for name in try FileSystem.names(in: parent) where !name.hasPrefix(".") {
        let folder = parent.appending(path: name)
        let path = folder.standardizedFileURL.path(percentEncoded: false)
        let made = try FileSystem.identity(of: path).modifiedNanoseconds
        if !kept.contains(path), parent.lastPathComponent != "tables" || made < oldest { add("result", folder) }
      }
    }
  }

  /// Results in whose tars the samples of kept units stand since their packs were cleaned.
  private func leanedOn(_ kept: Set<String>, _ store: Store) throws -> Set<String> {
    var folders: Set<String> = []
    for path in kept {
      let folder = URL(filePath: path)
      guard FileSystem.exists(folder.appending(path: "samples.jsonl")) else { continue }
      for archive in Set(try SampleLine.all(in: folder).compactMap(\.archive)) {
        let parts = archive.split(separator: "/").prefix(2).joined(separator: "/")
        folders.insert(store.root.appending(path: parts).standardizedFileURL.path(percentEncoded: false))
      }
    }
    return folders
  }

  /// Bytes of the files below `url` that stand nowhere else.
  static func bytes(of url: URL) -> Int {
    let path = url.path(percentEncoded: false)
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return ([path] + names.map { "\(path)/\($0)" }).reduce(0) { $0 + FileSystem.ownBytes(of: $1) }
  }
}

extension Store {
  /// The folders in which results stand beside one another.
  func resultFolders() throws -> [URL] {
    try ["units", "samples"].flatMap { kind in
      let folder = root.appending(path: kind)
      return try FileSystem.names(in: folder).map { folder.appending(path: $0) }
    } + [root.appending(path: "tables")]
  }
}
