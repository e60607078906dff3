internal import Foundation
internal import Records

/// Which families of a run are done in the store, and which are to be done, and why.
struct SourcePlan {
  /// Finished families by unit, in unit order.
  var references: [UnitReference]
  /// Outcome of every finished family, by name.
  var outcomes: [FamilyOutcome]
  var pending: [(family: Family, reason: String)]

  /// Compares the store with `families`, by size, time and inode of every file; by content where those have changed.
  init(_ families: [Family], chain: Digest, store: Store, roots: [String: String]) throws {
    var known: [String: [(folder: URL, outcome: FamilyOutcome)]] = [:]
    for unit in try store.units(chain: chain) {
      for outcome in unit.manifest.families { known[outcome.name, default: []].append((unit.folder, outcome)) }
    }
    var identities = KnownIdentities(store: store)
    var byUnit: [String: [String]] = [:]
    outcomes = []
    pending = []
    for family in families {
      let facts = Fingerprints.facts(of: family)
      let candidates = (known[family.name] ?? []).filter { $0.outcome.facts == facts }
      let match = try candidates.first { try identities.isUnchanged(family, $0.outcome, roots: roots) }
      if let match {
        outcomes.append(match.outcome)
        byUnit[match.folder.path(percentEncoded: false), default: []].append(family.name)
      } else {
        let reason =
          candidates.isEmpty ? (known[family.name] == nil ? "new" : "its records changed") : "its files changed"
        pending.append((family, reason))
      }
    }
    references = byUnit.sorted { $0.key < $1.key }.map { UnitReference(folder: $0.key, families: $0.value.sorted()) }
  }
}

/// Remembers files whose size, time or inode changed while their content did not.
private struct KnownIdentities {
  private struct Entry: Codable {
    var path: String
    var identity: FileIdentity
    var digest: Digest
  }

  private let file: URL
  private var entries: [String: Entry] = [:]

  init(store: Store) {
    file = store.root.appending(path: "identities.jsonl")
    // A torn or absent file costs one more digest each.
    for line in (try? Data(contentsOf: file))?.split(separator: UInt8(ascii: "\n")) ?? [] {
      if let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)) { entries[entry.path] = entry }
    }
  }

  mutating func isUnchanged(_ family: Family, _ outcome: FamilyOutcome, roots: [String: String]) throws -> Bool {
    guard family.sources.map(\.path) == outcome.sources.map(\.path) else { return false }
    for (source, recorded) in zip(family.sources, outcome.sources) {
      guard let identity = recorded.identity, let digest = recorded.digest else { continue }
      let file = SourceFile(source, roots: roots)
      // A file that is gone makes its family pending; the worker says so.
      guard let current = try? file.identity() else { return false }
      if current == identity { continue }
      if let entry = entries[file.name], entry.identity == current {
        if entry.digest == digest { continue }
        return false
      }
      guard current.bytes == identity.bytes else { return false }
      let entry = Entry(path: file.name, identity: current, digest: try file.digest())
      try remember(entry)
      if entry.digest != digest { return false }
    }
    return true
  }

  private mutating func remember(_ entry: Entry) throws {
    entries[entry.path] = entry
    if !FileSystem.exists(file) { try Data().write(to: file) }
    let handle = try FileHandle(forWritingTo: file)
    defer { try? handle.close() }  // What was written stays.
    try handle.seekToEnd()
    try handle.write(contentsOf: CanonicalJSON.data(entry) + [UInt8(ascii: "\n")])
  }
}
