internal import Evaluation
internal import Foundation
internal import Records
internal import Sharding

/// Scores the crops of dfprep's own shards: the same for the stage and for the verb.
enum ShardJudging {
  /// One prediction per sample, in the order of the shards.
  ///
  /// - Parameters:
  ///   - asked: the models that judge; of held-out samples their mean is the mixture's score.
  ///   - fold: whose validation samples these are; `nil` for held-out ones.
  ///   - clusters: by key, of the samples that were clustered.
  static func predictions(
    _ shards: [ShardReader], by mixture: Mixture, asked: [Int], fold: Int?, clusters: [String: Int] = [:]
  ) throws -> [Prediction] {
    try shards.flatMap { shard in
      let scores = try mixture.probabilities(count: shard.entries.count, asked: asked) { try shard.image(at: $0) }
      return try shard.entries.indices.map { index in
        let sample = try shard.sample(at: index)
        return Prediction(
          sample, group: shard.entries[index].group ?? sample.family, fold: fold, cluster: clusters[sample.key],
          scores: scores[index])
      }
    }
  }
}

extension Prediction {
  /// What was said of a sample; of a held-out one, the mean of all that were asked is the mixture's score.
  init(_ sample: Sample, group: String, fold: Int?, cluster: Int?, scores: [Double?]) {
    let asked = scores.compactMap(\.self)
    self.init(
      key: sample.key, video: sample.sourceName, group: group, dataset: sample.dataset, method: sample.method,
      domain: sample.domain, label: sample.label, fold: fold, role: sample.role, isMade: sample.isMade,
      cluster: cluster, facePixels: sample.quality.facePixels, sharpness: sample.quality.sharpness, scores: scores,
      mixture: fold == nil ? asked.reduce(0, +) / Double(asked.count) : nil)
  }

  /// A source of which there is nothing to judge.
  init(missing source: Source, group: String, fold: Int?, reason: String) {
    self.init(
      key: source.name, video: source.name, group: group, dataset: source.dataset, method: source.method,
      domain: source.domain, label: source.label, fold: fold, role: source.role, missing: reason)
  }
}
