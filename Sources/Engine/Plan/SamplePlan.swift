internal import Foundation
internal import Records

/// Which families of a run have a result of one sample stage in the store, and which are to be done.
struct SamplePlan {
  /// What is to be done of one unit.
  struct Pending {
    let unit: UnitReference
    /// Digest of what the stage is given of each family.
    let given: [String: Digest]
    let folder: URL
  }

  let stage: Digest
  /// Folders of results, and the families of this run that have theirs there.
  var references: [UnitReference] = []
  var pending: [Pending] = []
  /// Sums over the families done.
  var counts = StageCounts()
  var seconds = 0.0
  var bytes = 0
  /// Digest of what came of each family that has any sample, by family.
  var contents: [String: Digest] = [:]

  /// - Parameters:
  ///   - units: where the samples stand.
  ///   - given: digest of what the stage is given of each family, by family.
  init(stage: Digest, units: [UnitReference], given: [String: Digest], store: Store) throws {
    self.stage = stage
    let parent = store.sampleFolder(stage)
    var left = given
    try Store.eachResult(in: parent, of: SampleUnitManifest.self) { folder, manifest in
      guard manifest.stage == stage else { return }
      let found = manifest.given.filter { left[$0.key] == $0.value }.map(\.key).sorted()
      guard !found.isEmpty else { return }
      references.append(UnitReference(folder: folder.path(percentEncoded: false), families: found))
      for family in found {
        left[family] = nil
        counts = counts + (manifest.counts[family] ?? StageCounts())
        contents[family] = manifest.contents[family]
      }
      let share = Double(found.count) / Double(max(1, manifest.given.count))
      seconds += manifest.seconds * share
      bytes += Int(Double(manifest.files.reduce(0) { $0 + $1.bytes }) * share)
    }
    for unit in units {
      let families = unit.families.filter { left[$0] != nil }
      guard !families.isEmpty else { continue }
      let given = Dictionary(uniqueKeysWithValues: families.compactMap { name in left[name].map { (name, $0) } })
      pending.append(
        Pending(
          unit: UnitReference(folder: unit.folder, families: families), given: given,
          folder: parent.appending(path: Self.fingerprint(stage: stage, given: given).short)))
    }
  }

  /// What a result is of; names its folder.
  static func fingerprint(stage: Digest, given: [String: Digest]) -> Digest {
    var builder = FingerprintBuilder("sample-unit")
    builder.add("stage", stage)
    for (family, digest) in given.sorted(by: { $0.key < $1.key }) {
      builder.add("family", family)
      builder.add("given", digest)
    }
    return builder.finish()
  }

  /// What a sample stage is given of each finished family: its samples, without those that table stages dropped, and what
  /// its dataset says today of their sources, as far as that may show in a result.
  static func given(_ families: [Family], contents: [String: Digest], drops: [Drop]) -> [String: Digest] {
    let dropped = dropsByFamily(families, drops)
    return Dictionary(
      uniqueKeysWithValues: families.compactMap { family in
        guard let content = contents[family.name] else { return nil }
        var builder = FingerprintBuilder("sample-family")
        builder.add("content", content)
        for source in family.sources {
          builder.add("source", source.path)
          builder.add("role", source.role.rawValue)
          builder.add("label", source.label.name)
          builder.add("method", source.method ?? "")
        }
        for key in dropped[family.name] ?? [] { builder.add("drop", key) }
        return (family.name, builder.finish())
      })
  }

  private static func dropsByFamily(_ families: [Family], _ drops: [Drop]) -> [String: [String]] {
    guard !drops.isEmpty else { return [:] }
    var owner: [Substring: String] = [:]
    for family in families {
      for source in family.sources {
        let key = SampleKey.make(dataset: source.dataset, path: source.path, pts: 0, track: 0, variant: "")
        owner[sourcePart(of: key[...])] = family.name
      }
    }
    var result: [String: [String]] = [:]
    for drop in drops {
      if let family = owner[sourcePart(of: drop.item[...])] { result[family, default: []].append(drop.item) }
    }
    return result.mapValues { $0.sorted() }
  }

  /// A key without its last three parts: time, track, variant.
  private static func sourcePart(of key: Substring) -> Substring {
    (0..<3).reduce(key) { rest, _ in rest.lastIndex(of: "/").map { rest[..<$0] } ?? rest }
  }
}
