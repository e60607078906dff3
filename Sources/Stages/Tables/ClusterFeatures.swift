internal import Clustering
internal import Engine
private import Foundation
internal import Records

/// The features that `cluster` sees: those of one stage, made ready by what was fitted on the training samples alone.
///
/// Training and held-out rows are worked on apart, so that no bit of the former depends on the latter.
struct ClusterFeatures {
  /// All but perturbed copies, which go wherever the crop goes that they were made of; in key order.
  let samples: [Sample]
  /// Id of the stage that put the features.
  let stage: String
  /// Places of the training samples, and of the others, in ``samples``.
  let trainingPlaces: [Int]
  let heldOutPlaces: [Int]
  let training: FeatureMatrix
  let heldOut: FeatureMatrix

  init(_ inputs: TableInputs, stage: String, preparation: FeaturePreparation.Options) throws {
    samples = try inputs.samples().map(\.sample).filter { !$0.isAugmentedCopy }
    let features = try inputs.features(from: stage.isEmpty ? nil : stage)
    guard samples.map(\.key) == features.keys else {
      throw InternalFault("\(features.rows) rows of features for \(samples.count) samples")
    }
    guard let latest = inputs.products(.features).last else { throw InternalFault("no features before cluster") }
    self.stage = stage.isEmpty ? latest.stageID : stage
    trainingPlaces = samples.indices.filter { [samples] in samples[$0].role == .train }
    heldOutPlaces = samples.indices.filter { [samples] in samples[$0].role != .train }
    let rows = samples.map { FeaturePreparation.Row(kind: $0.label.name, clip: $0.sourceName) }
    func prepared(_ places: [Int], _ prepare: FeaturePreparation) throws -> FeatureMatrix {
      try prepare(features.selecting(places), places.map { rows[$0] })
    }
    guard trainingPlaces.count > 1 else {
      throw ToolError(
        .failed, "\(trainingPlaces.count) training samples are there to cluster; put more into `datasets`")
    }
    do {
      let prepare = try FeaturePreparation(
        fittedOn: features.selecting(trainingPlaces), trainingPlaces.map { rows[$0] }, options: preparation)
      training = try prepared(trainingPlaces, prepare)
      heldOut = try prepared(heldOutPlaces, prepare)
    } catch let error as ClusteringError { throw ToolError(.failed, error.message) }
  }

  /// Values of training and held-out rows in the order of ``samples``.
  func inOrder<Value>(_ training: [Value], _ heldOut: [Value]) -> [Value] {
    var result: [(place: Int, value: Value)] = []
    result.reserveCapacity(samples.count)
    result += zip(trainingPlaces, training).map { ($0, $1) }
    result += zip(heldOutPlaces, heldOut).map { ($0, $1) }
    return result.sorted { $0.place < $1.place }.map(\.value)
  }
}

/// `features.json`: what was clustered.
struct ClusteredFeatures: Codable {
  /// Id of the stage that put the features.
  var stage: String
  var preparation: FeaturePreparation.Options
  /// Rows that k, centroids and everything else was fitted on, and their columns when made ready.
  var rows: Int
  var columns: Int
}

/// `agreement.json`: normalised mutual information of the clusters with what is known of the samples, over the training
/// samples that were clustered. `nil` for what all of them have alike: there is nothing that clusters could tell of it.
struct ClusterAgreements: Codable {
  var label: Double?
  var method: Double?
  var dataset: Double?
  var source: Double?

  init(_ samples: [Sample], clusters: [Int]) throws {
    func agreement(_ value: (Sample) -> String) throws -> Double? {
      let values = samples.map(value)
      guard Set(values).count > 1 else { return nil }
      return try ClusterAgreement.normalizedMutualInformation(clusters, values)
    }
    label = try agreement(\.label.name)
    method = try agreement { $0.method ?? "none" }
    dataset = try agreement(\.dataset)
    source = try agreement(\.sourceName)
  }

  /// By name, in the order of reading.
  var parts: [(name: String, value: Double?)] {
    [("label", label), ("method", method), ("dataset", dataset), ("source", source)]
  }

  /// In words, for the stage's summary.
  var line: String {
    let parts = parts.map { "\($0) \($1.map { String(format: "%.3f", $0) } ?? "the same in all")" }
    return "information shared with the clusters (0 none, 1 all): \(parts.joined(separator: ", "))"
  }
}
