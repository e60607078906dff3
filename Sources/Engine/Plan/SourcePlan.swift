internal import Foundation
internal import Records

/// Which families of a run are done in the store, and which are to be done, and why.
struct SourcePlan {
  struct Pending {
    let family: Family
    /// In words: `new`, `its records changed`, `its files changed`, `failed before`.
    let reason: String
    /// Results that the store has of the same records and files; one that is tried again needs a place of its own.
    var attempt = 0
  }

  /// Finished families by unit, in unit order.
  var references: [UnitReference]
  /// Outcome of every finished family, by name, without details.
  var outcomes: [FamilyOutcome]
  var pending: [Pending]
  /// Bytes of the packs in use, as far as the families of this run have part in them.
  var bytes = 0
  /// Versions of the libraries that worked.
  var versions: [String: String]
  /// Sums over the finished families, by stage id: what went through, and CPU seconds.
  var counts: [String: StageCounts] = [:]
  var seconds: [String: Double] = [:]

  /// Compares the store with `families`, by size, time and inode of every file; by content where those have changed.
  ///
  /// - Parameters:
  ///   - stages: ids of the fused stages.
  ///   - retrying: whether families with a source that failed or was quarantined are to be done again.
  init(
    _ families: [Family], chain: Digest, stages: [String], store: Store, roots: [String: String],
    retrying: Bool = false,
    check: () throws -> Void = {}
  ) throws {
    struct Known {
      let unit: Int
      let outcome: FamilyOutcome
      /// Place of its counts among ``SharedCounts``; in `seconds` its first.
      let counts: Int
      let seconds: Int
    }
    // By place in `families`; of most there is one result and no more.
    var known = [Known?](repeating: nil, count: families.count)
    var further: [Int: [Known]] = [:]
    var shared = SharedCounts()
    // CPU seconds of the results, in the order of the stages.
    var allSeconds: [Double] = []
    var folders: [String] = []
    var unitBytes: [(bytes: Int, families: Int)] = []
    var versions: [String: String] = [:]
    try store.eachUnit(chain: chain) { folder, manifest in
      try check()
      for outcome in manifest.families {
        guard let place = Self.place(of: outcome.name, in: families) else { continue }
        let one = Known(
          unit: folders.count, outcome: outcome.withoutDetails(sharing: families[place]),
          counts: shared.place(of: stages.map { outcome.counts[$0] ?? StageCounts() }), seconds: allSeconds.count)
        allSeconds += stages.map { outcome.stageSeconds[$0] ?? 0 }
        if known[place] == nil { known[place] = one } else { further[place, default: []].append(one) }
      }
      folders.append(folder.path(percentEncoded: false))
      unitBytes.append((manifest.files.reduce(0) { $0 + $1.bytes }, max(1, manifest.families.count)))
      versions.merge(manifest.versions) { $1 }
    }
    self.versions = versions
    var identities = KnownIdentities(store: store)
    var byUnit: [Int: [String]] = [:]
    outcomes = []
    pending = []
    outcomes.reserveCapacity(families.count)
    for (place, family) in families.enumerated() {
      try check()
      let facts = Fingerprints.facts(of: family)
      // Of several results the one with the fewest bad sources stands: trying again heals.
      let all = [known[place]].compactMap(\.self) + (further[place] ?? [])
      known[place] = nil
      let candidates = all.filter { $0.outcome.facts == facts }
        .sorted { ($0.outcome.badSources.count, folders[$0.unit]) < ($1.outcome.badSources.count, folders[$1.unit]) }
      let match = try candidates.first { try identities.isUnchanged(family, $0.outcome, roots: roots) }
      if let match, !(retrying && !match.outcome.badSources.isEmpty) {
        outcomes.append(match.outcome)
        for (index, stage) in stages.enumerated() {
          counts[stage] = (counts[stage] ?? StageCounts()) + shared[match.counts][index]
          seconds[stage, default: 0] += allSeconds[match.seconds + index]
        }
        byUnit[match.unit, default: []].append(family.name)
      } else if match != nil {
        pending.append(Pending(family: family, reason: "failed before", attempt: candidates.count))
      } else {
        let reason = candidates.isEmpty ? (all.isEmpty ? "new" : "its records changed") : "its files changed"
        pending.append(Pending(family: family, reason: reason))
      }
    }
    references = byUnit.map { UnitReference(folder: folders[$0.key], families: $0.value.sorted()) }
      .sorted { $0.folder < $1.folder }
    bytes = byUnit.reduce(0) { $0 + unitBytes[$1.key].bytes * $1.value.count / unitBytes[$1.key].families }
  }
}

extension SourcePlan {
  /// Where the family called so stands in `families`, which are sorted by name.
  static func place(of name: String, in families: [Family]) -> Int? {
    let place = families.indices.partitionIndex { families[$0].name >= name }
    return place < families.count && families[place].name == name ? place : nil
  }

  /// The counts of many families, those that are alike held once.
  private struct SharedCounts {
    private var places: [[StageCounts]: Int] = [:]
    private var all: [[StageCounts]] = []

    mutating func place(of counts: [StageCounts]) -> Int {
      if let place = places[counts] { return place }
      places[counts] = all.count
      all.append(counts)
      return all.count - 1
    }

    subscript(_ place: Int) -> [StageCounts] { all[place] }
  }
}

/// Remembers files whose size, time or inode changed while their content did not, and digests of model files.
struct KnownIdentities {
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

  /// Whether every file of a family, and every mask beside one, has the content that `outcome` is of.
  mutating func isUnchanged(_ family: Family, _ outcome: FamilyOutcome, roots: [String: String]) throws -> Bool {
    guard family.sources.map(\.path) == outcome.sources.map(\.path) else { return false }
    for (source, recorded) in zip(family.sources, outcome.sources) {
      let mask = SourceFile.mask(of: source, roots: roots)
      guard (mask == nil) == (recorded.mask == nil) else { return false }
      if let mask, let stamp = recorded.mask {
        let file = (
          path: mask, identity: { try FileSystem.identity(of: mask) }, digest: { try FileSystem.digest(of: mask) }
        )
        guard try isUnchanged(file.path, stamp.identity, stamp.digest, now: file.identity, content: file.digest) else {
          return false
        }
      }
      guard let identity = recorded.identity, let digest = recorded.digest else { continue }
      let file = SourceFile(source, roots: roots)
      guard try isUnchanged(file.name, identity, digest, now: file.identity, content: file.digest) else { return false }
    }
    return true
  }

  /// The digest of a file, remembered while its size, time and inode stay.
  mutating func digest(of path: String) throws -> Digest {
    let identity = try FileSystem.identity(of: path)
    if let entry = entries[path], entry.identity == identity { return entry.digest }
    let digest = try FileSystem.digest(of: path)
    remember(Entry(path: path, identity: identity, digest: digest))
    return digest
  }

  /// Digest of a source's file as it is now, read only where it is not known to be as it was.
  mutating func content(of source: Source, roots: [String: String], known: SourceOutcome) throws -> Digest {
    let file = SourceFile(source, roots: roots)
    let current = try file.identity()
    if let digest = known.digest, current == known.identity { return digest }
    if let entry = entries[file.name], entry.identity == current { return entry.digest }
    let entry = Entry(path: file.name, identity: current, digest: try file.digest())
    remember(entry)
    return entry.digest
  }

  private mutating func isUnchanged(
    _ path: String, _ identity: FileIdentity, _ digest: Digest, now: () throws -> FileIdentity,
    content: () throws -> Digest
  ) throws -> Bool {
    // A file that is gone makes its family pending; the worker says so.
    guard let current = try? now() else { return false }
    if current == identity { return true }
    if let entry = entries[path], entry.identity == current { return entry.digest == digest }
    guard current.bytes == identity.bytes else { return false }
    let entry = Entry(path: path, identity: current, digest: try content())
    remember(entry)
    return entry.digest == digest
  }

  /// In the file, too, unless that cannot be written: then the next command reads once more.
  private mutating func remember(_ entry: Entry) {
    entries[entry.path] = entry
    try? FileSystem.append(CanonicalJSON.data(entry), to: file)
  }
}
