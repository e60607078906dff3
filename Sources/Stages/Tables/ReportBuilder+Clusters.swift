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
    let byKey = Dictionary(entries.map { ($0.sample.key, $0) }, uniquingKeysWith: { first, _ in first })
    // Samples that a later stage dropped are gone; those that a later one added were never clustered.
    let members = rows.enumerated().compactMap { place, row in
      byKey[row.key].map { ClusterMember(entry: $0, place: place, cluster: row.nearest, isClustered: row.isClustered) }
    }
    let distances = try centreDistances(members)
    try addComposition(members, distances)
    try addChoice(product)
    try addMap(members, distances: distances, product: product)
  }

  private func addComposition(_ members: [ClusterMember], _ distances: [String: Double]) throws {
    let train = members.filter { $0.sample.role == .train }
    // Reals that `classes: each` did not cluster are shown with the cluster nearest to them.
    let count = (train.map(\.cluster).max() ?? -1) + 1
    let inside = Dictionary(grouping: train, by: \.cluster)
    model.clusters = try (0..<count).map { cluster in
      let members = inside[cluster] ?? []
      let ordered =
        distances.isEmpty
        ? members : members.sorted { (distances[$0.key] ?? 0, $0.key) < (distances[$1.key] ?? 0, $1.key) }
      let half = min(Self.montageCount, ordered.count / 2)
      // Without distances there is no near and far, only a few of them.
      let near = distances.isEmpty ? Self.spread(ordered, Self.montageCount) : Array(ordered.prefix(max(half, 1)))
      let far = distances.isEmpty ? [] : Array(ordered.suffix(half).reversed())
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
    let assigned = train.map(\.cluster)
    func agreement(_ name: String, _ value: (ClusterMember) -> String) throws -> ReportModel.Agreement {
      .init(attribute: name, value: try ClusterAgreement.normalizedMutualInformation(assigned, train.map(value)))
    }
    guard !train.isEmpty else { return }
    model.agreements = try [
      agreement("label") { $0.sample.label.name }, agreement("method", \.method),
      agreement("dataset") { $0.sample.dataset }, agreement("family") { $0.sample.family },
      agreement("source") { $0.sample.sourceName },
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

  /// How far each sample's features are from the mean of its cluster's training samples, by key; empty without features.
  private func centreDistances(_ members: [ClusterMember]) throws -> [String: Double] {
    guard inputs.product(.features) != nil else { return [:] }
    let features = try inputs.features()
    let columns = features.columns
    let rowOf = Dictionary(zip(features.keys, features.keys.indices).map { ($0, $1) }, uniquingKeysWith: { $1 })
    var sums: [Int: [Double]] = [:]
    var counts: [Int: Double] = [:]
    for member in members where member.sample.role == .train && member.isClustered {
      guard let row = rowOf[member.key] else { continue }
      counts[member.cluster, default: 0] += 1
      var sum = sums.removeValue(forKey: member.cluster) ?? [Double](repeating: 0, count: columns)
      for column in 0..<columns { sum[column] += Double(features.values[row * columns + column]) }
      sums[member.cluster] = sum
    }
    var distances: [String: Double] = [:]
    for (cluster, sum) in sums {
      let centre = sum.map { Float($0 / (counts[cluster] ?? 1)) }
      for member in members where member.cluster == cluster {
        guard let row = rowOf[member.key] else { continue }
        var squared: Float = 0
        for column in 0..<columns {
          let difference = features.values[row * columns + column] - centre[column]
          squared += difference * difference
        }
        distances[member.key] = Double(squared).squareRoot()
      }
    }
    return distances
  }

  private func addChoice(_ product: Product) throws {
    let choice = try FileSystem.readJSON(ChoiceFile.self, from: product.file("choice.json"))
    model.clusterCounts = ReportModel.ClusterCounts(
      candidates: choice.trials.map {
        .init(
          k: $0.clusters, inertia: $0.inertia, silhouette: $0.silhouette, silhouetteLow: $0.silhouetteLow,
          silhouetteHigh: $0.silhouetteHigh, stability: $0.stability)
      }.sorted { $0.k < $1.k }, chosen: choice.clusters, reason: choice.reason)
  }
}

/// A sample and its cluster.
struct ClusterMember {
  let entry: SampleEntry
  /// Its row in `clusters.csv`, and its place in `map.json`.
  let place: Int
  let cluster: Int
  let isClustered: Bool

  var sample: Sample { entry.sample }
  var key: String { entry.sample.key }
  /// What made it, in one word.
  var method: String { sample.method ?? (sample.label == .real ? "original" : "unnamed") }
}

/// What of `choice.json` the report shows; what is not there is not shown.
private struct ChoiceFile: Decodable {
  struct Trial: Decodable {
    var clusters: Int
    var inertia: Double
    var silhouette: Double?
    var silhouetteLow: Double?
    var silhouetteHigh: Double?
    var stability: Double?
  }

  var trials: [Trial]
  var clusters: Int
  var reason: String?
}
