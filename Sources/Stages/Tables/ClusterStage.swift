package import Clustering
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
    package var features = ""
    package var center = FeaturePreparation.Centre.none
    package var components: CountOrAll = .all
    package var whiten = false
    package var normalise = false
    package var silhouette: CountOrAll = .count(2000)
    package var fits = 3
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case k, metric, algorithm, batch, starts, classes, features, center, components, whiten, normalise, silhouette,
        fits
      case maximum = "max-k"
    }

    package static let fields = [
      OptionField(
        "k", .either(.integer(2...4096), word: "auto"),
        "Number of clusters; `auto` takes the greatest silhouette among the stable numbers."),
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
      OptionField(
        "features", .text, "Id of the stage whose features are clustered; the latest before this one unless given."),
      OptionField(
        "center", .choice(FeaturePreparation.Centre.allCases.map(\.rawValue)),
        "The mean that is taken from every row: `class`, of the training samples of its class; `clip`, of its own clip."
      ),
      OptionField(
        "components", .either(.integer(1...4096), word: "all"),
        "Principal components of the training samples that are kept; `all` leaves the features as they are."),
      OptionField("whiten", .bool, "Divides every component by its deviation; needs a number of `components`."),
      OptionField("normalise", .bool, "Scales every row to length 1, after all else."),
      OptionField(
        "silhouette", .either(.integer(10...10_000_000), word: "all"),
        "Training samples whose silhouette is worked out, each held against all; `all` is exact."),
      OptionField(
        "fits", .integer(1...100),
        "Fits of each number of clusters, from different seeds, whose mean adjusted Rand index is its stability; 1 tells none."
      ),
    ]
  }

  package static let name = "cluster"
  package static let version = 4
  package static let summary = "Clusters training samples by their features, and says how many clusters and why."
  package static let reads: [ProductRequirement] = [.required(.features)]
  package static let writes: ProductKind? = .clusters
  package static let publishesTo: String? = "clusters"
  let options: Options

  /// - Throws: ``ToolError`` for whitening without a number of components.
  package init(options: Options) throws {
    if options.whiten, options.components == .all {
      throw ToolError(.badConfiguration, "`whiten` is of principal components; say how many: `components: 64`")
    }
    self.options = options
  }

  package var needs: [ProductRequirement] {
    options.features.isEmpty ? Self.reads : [.required(.features, of: options.features)]
  }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    guard let metric = FeatureMetric(rawValue: options.metric) else {
      throw InternalFault("no metric '\(options.metric)'")
    }
    let preparation = FeaturePreparation.Options(
      centre: options.center, components: options.components.count, whitens: options.whiten,
      normalises: options.normalise)
    let features = try ClusterFeatures(inputs, stage: options.features, preparation: preparation)
    let samples = features.samples
    let training = features.trainingPlaces.map { samples[$0] }
    let fitted = training.indices.filter { options.classes == "joint" || training[$0].label == .fake }
    let families = Set(fitted.map { training[$0].family }).count
    guard families >= 2 else {
      throw ToolError(
        .failed,
        "samples of \(families) families are there to cluster; two families are the least, and folds need several more")
    }
    let (choice, result) = try fit(
      features.training.selecting(fitted), families: families, metric: metric, context: context)
    func nearest(_ matrix: FeatureMatrix) throws -> [KMeans.Nearest] {
      try KMeans.nearest(matrix, centroids: result.centroids, metric: metric)
    }
    let assigned = features.inOrder(try nearest(features.training), try nearest(features.heldOut))
    let table = ClusterTable(
      rows: samples.indices.map { index in
        ClusterTable.Row(
          key: samples[index].key, nearest: assigned[index].cluster,
          isClustered: options.classes == "joint" || samples[index].label == .fake,
          distance: assigned[index].squaredDistance.squareRoot())
      })
    let agreements = try ClusterAgreements(fitted.map { training[$0] }, clusters: result.assignment)
    try table.write(to: output)
    try FileSystem.writeJSON(choice, to: output.appending(path: "choice.json"))
    try FileSystem.writeJSON(agreements, to: output.appending(path: "agreement.json"))
    try FileSystem.writeJSON(
      ClusteredFeatures(
        stage: features.stage, preparation: preparation, rows: fitted.count, columns: features.training.columns),
      to: output.appending(path: "features.json"))
    try NumPyFile.data(rows: result.clusters, columns: features.training.columns, values: result.centroids)
      .write(to: output.appending(path: "centroids.npy"))
    try FileSystem.writeJSON(ClusterMap(features, seed: context.seed), to: output.appending(path: "map.json"))
    let sizes = (0..<result.clusters).map { cluster in result.assignment.count { $0 == cluster } }
    return TableOutcome(
      annotations: table.rows.filter(\.isClustered).map {
        Annotation(key: $0.key, name: "cluster", value: String($0.nearest))
      },
      summary: [
        "k = \(result.clusters) (\(choice.reason)); sizes \(sizes.map(String.init).joined(separator: ", "))",
        agreements.line,
      ])
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
        algorithm: options.algorithm == "lloyd" ? .lloyd : .miniBatch(rows: options.batch), seed: context.seed),
      measures: .init(silhouetteRows: options.silhouette.count, fits: options.fits))
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

/// A number, or the word `all`.
package enum CountOrAll: Codable, Hashable, Sendable {
  case all
  case count(Int)

  /// `nil` for all.
  var count: Int? {
    guard case .count(let count) = self else { return nil }
    return count
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Whatever is no integer was checked to be the word.
    if let value = try? container.decode(Int.self) { self = .count(value) } else { self = .all }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .all: try container.encode("all")
    case .count(let value): try container.encode(value)
    }
  }
}
