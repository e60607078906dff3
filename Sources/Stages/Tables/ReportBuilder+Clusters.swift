private import Clustering
internal import Engine
private import Foundation
internal import Records
private import Reporting

/// Clusters: who is in them, what they look like, and how many there are.
extension ReportBuilder {
  /// Faces shown of each cluster nearest to its centre, and as many farthest from it.
  private static let montageCount = 12

  func addClusters() throws {
    guard let product = inputs.product(.clusters) else { return }
    let rows = try ClusterTable(product).rows
    // Samples that a later stage dropped are gone; those that a later one added were never clustered.
    let members = Self.joined(rows.map(\.key), entries.map(\.sample.key)).map { row, entry in
      ClusterMember(
        entry: entries[entry], place: row, cluster: rows[row].nearest, isClustered: rows[row].isClustered,
        distance: Double(rows[row].distance))
    }
    try addComposition(members)
    try addChoice(product)
    let agreements = try FileSystem.readJSON(ClusterAgreements.self, from: product.file("agreement.json"))
    model.agreements = agreements.parts.map { .init(attribute: $0, value: $1) }
    try addMap(members, product: product)
  }

  private func addComposition(_ members: [ClusterMember]) throws {
    let train = members.filter { $0.sample.role == .train }
    model.unclusteredSamples = train.count { !$0.isClustered }
    let count = (train.map(\.cluster).max() ?? -1) + 1
    let inside = Dictionary(grouping: train, by: \.cluster)
    model.clusters = try (0..<count).map { cluster in
      let members = inside[cluster] ?? []
      let ordered = members.filter(\.isClustered).sorted { ($0.distance, $0.key) < ($1.distance, $1.key) }
      let half = min(Self.montageCount, ordered.count / 2)
      let near = Self.various(ordered, half)
      let chosen = Set(near.map(\.key))
      let far = Self.various(ordered.reversed().filter { !chosen.contains($0.key) }, half)
      return ReportModel.Cluster(
        index: cluster, real: members.count { $0.sample.label == .real },
        fake: members.count { $0.sample.label == .fake },
        topMethods: Array(Self.counts(Dictionary(grouping: members, by: \.method).mapValues(\.count)).prefix(4)),
        nearest: try near.compactMap { try picture($0.entry) }, farthest: try far.compactMap { try picture($0.entry) })
    }
    model.contingencies = [
      Self.contingency("label", train, clusters: count) { $0.sample.label.name },
      Self.contingency("method", train, clusters: count, \.method),
      Self.contingency("dataset", train, clusters: count) { $0.sample.dataset },
    ]
  }

  private static func contingency(
    _ attribute: String, _ members: [ClusterMember], clusters: Int, _ value: (ClusterMember) -> String
  ) -> ReportModel.Contingency {
    let category = ReportModel.Category(name: attribute, members.map(value))
    var counts = [[Int]](repeating: [Int](repeating: 0, count: category.values.count), count: clusters)
    for (member, code) in zip(members, category.codes) { counts[member.cluster][code] += 1 }
    return ReportModel.Contingency(attribute: attribute, values: category.values, counts: counts)
  }

  /// The first `count`, one of every source first: frames of one video look alike.
  private static func various(_ ordered: [ClusterMember], _ count: Int) -> [ClusterMember] {
    var seen = Set<String>()
    let isFirst = ordered.map { seen.insert($0.sample.sourceName).inserted }
    let places = ordered.indices.filter { isFirst[$0] } + ordered.indices.filter { !isFirst[$0] }
    return places.prefix(count).sorted().map { ordered[$0] }
  }

  /// Places of what is in both lists; both are sorted.
  private static func joined(_ left: [String], _ right: [String]) -> [(Int, Int)] {
    var pairs: [(Int, Int)] = []
    var (l, r) = (0, 0)
    while l < left.count, r < right.count {
      if left[l] == right[r] { pairs.append((l, r)) }
      if left[l] <= right[r] { l += 1 } else { r += 1 }
    }
    return pairs
  }

  private func addChoice(_ product: Product) throws {
    let choice = try FileSystem.readJSON(ClusterCountChoice.self, from: product.file("choice.json"))
    model.clusterCounts = ReportModel.ClusterCounts(
      candidates: choice.trials.map {
        .init(
          k: $0.clusters, inertia: $0.inertia, silhouette: $0.silhouette, silhouetteLow: $0.silhouetteLow,
          silhouetteHigh: $0.silhouetteHigh, stability: $0.stability)
      }.sorted { $0.k < $1.k }, chosen: choice.clusters, reason: choice.reason)
  }
}

/// A sample and its cluster.
final class ClusterMember {
  let entry: SampleEntry
  /// Its row in `clusters.csv`, and its place in `map.json`.
  let place: Int
  let cluster: Int
  let isClustered: Bool
  let key: String
  /// From the centre of its cluster, by the features that were clustered.
  let distance: Double

  init(entry: SampleEntry, place: Int, cluster: Int, isClustered: Bool, distance: Double) {
    (self.entry, self.place, self.cluster, self.isClustered) = (entry, place, cluster, isClustered)
    self.distance = distance
    key = entry.sample.key
  }

  var sample: Sample { entry.sample }
  /// What made it, in one word.
  var method: String { sample.method ?? (sample.label == .real ? "original" : "unnamed") }
}
