private import Clustering
package import Engine
package import Foundation
private import Records

/// `cluster`: k-means over the training samples' features.
///
/// k, centroids and the map are fitted on role `train` alone; held-out samples are only assigned.
package struct ClusterStage: TableStage {
  package struct Options: StageOptions {
    package var k: ClusterCount = .auto
    package var maximum = 8
    package var metric = "euclidean"
    package var algorithm = "lloyd"
    package var batch = 10_000
    package var starts = 8
    package var classes = "each"
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case k, metric, algorithm, batch, starts, classes
      case maximum = "max-k"
    }

    package static let fields = [
      OptionField(
        "k", .either(.integer(2...4096), word: "auto"), "Number of clusters; `auto` takes the best silhouette."),
      OptionField("max-k", .integer(2...4096), "Largest number that `auto` tries; never more than there are families."),
      OptionField("metric", .choice(FeatureMetric.allCases.map(\.rawValue)), "Distance of features."),
      OptionField(
        "algorithm", .choice(["lloyd", "mini-batch"]),
        "`lloyd` looks at every sample in every round; `mini-batch` at some, for more than can be read often."),
      OptionField("batch", .integer(1...100_000_000), "Samples that `mini-batch` looks at in a round."),
      OptionField("starts", .integer(1...1000), "Runs from different seeds, of which the best is kept."),
      OptionField(
        "classes", .choice(["each", "joint"]),
        "`each` clusters the fakes and leaves reals to be dealt to folds by group; `joint` clusters both."),
    ]
  }

  package static let name = "cluster"
  package static let version = 2
  package static let summary = "Clusters training samples by their features, and says how many clusters and why."
  package static let reads: [ProductRequirement] = [.required(.features)]
  package static let writes: ProductKind? = .clusters
  let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    // Perturbed copies go wherever the crop goes that they were made of.
    let samples = try inputs.samples().map(\.sample).filter { !$0.isAugmentedCopy }
    let features = try inputs.features()
    guard samples.map(\.key) == features.keys else {
      throw InternalFault("\(features.rows) rows of features for \(samples.count) samples")
    }
    guard let metric = FeatureMetric(rawValue: options.metric) else {
      throw InternalFault("no metric '\(options.metric)'")
    }
    let train = samples.indices.filter { samples[$0].role == .train }
    let fitted = train.filter { options.classes == "joint" || samples[$0].label == .fake }
    let families = Set(fitted.map { samples[$0].family }).count
    guard families >= 2 else {
      throw ToolError(
        .failed,
        "samples of \(families) families are there to cluster; two families are the least, and folds need several more")
    }
    let (choice, result) = try fit(features.selecting(fitted), families: families, metric: metric, context: context)
    let assigned = try KMeans.assign(features, centroids: result.centroids, metric: metric)
    let table = ClusterTable(
      rows: samples.indices.map { index in
        ClusterTable.Row(
          key: samples[index].key, nearest: assigned[index],
          isClustered: options.classes == "joint" || samples[index].label == .fake)
      })
    try table.write(to: output)
    try CanonicalJSON.data(choice).write(to: output.appending(path: "choice.json"))
    try NumPyFile.data(rows: result.clusters, columns: features.columns, values: result.centroids)
      .write(to: output.appending(path: "centroids.npy"))
    let map = try ClusterMap(features, fittedOn: train)
    try CanonicalJSON.data(map).write(to: output.appending(path: "map.json"))
    let sizes = (0..<result.clusters).map { cluster in result.assignment.count { $0 == cluster } }
    return TableOutcome(
      annotations: table.rows.filter(\.isClustered).map {
        Annotation(key: $0.key, name: "cluster", value: String($0.nearest))
      },
      summary: ["k = \(result.clusters) (\(choice.reason)); sizes \(sizes.map(String.init).joined(separator: ", "))"])
  }

  private func fit(
    _ features: FeatureMatrix, families: Int, metric: FeatureMetric, context: StageContext
  ) throws -> (ClusterCountChoice, KMeansResult) {
    let range: ClosedRange<Int>
    switch options.k {
    case .auto: range = 2...max(2, options.maximum)
    case .fixed(let k):
      guard k <= families else {
        throw ToolError(.failed, "k is \(k), but there are only \(families) families to cluster; ask for fewer")
      }
      range = k...k
    }
    return try ClusterCountChoice.choose(
      features, range: range, groups: families,
      options: KMeansOptions(
        clusters: 2, starts: options.starts, metric: metric,
        algorithm: options.algorithm == "lloyd" ? .lloyd : .miniBatch(rows: options.batch), seed: context.seed))
  }
}

/// A number of clusters, or the wish to have it chosen.
package enum ClusterCount: Codable, Hashable, Sendable {
  case auto
  case fixed(Int)

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Whatever is no integer was checked to be the word.
    if let value = try? container.decode(Int.self) { self = .fixed(value) } else { self = .auto }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .auto: try container.encode("auto")
    case .fixed(let value): try container.encode(value)
    }
  }
}
