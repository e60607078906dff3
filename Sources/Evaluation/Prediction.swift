package import Records

/// What the experts say about one sample, or, after ``videoLevel(_:)``, about one video.
package struct Prediction: Codable, Hashable, Sendable {
  /// Key of the sample; name of the video at video level.
  package var key: String
  /// ``Records/Sample/sourceName``.
  package var video: String
  /// Group that splits keep together.
  package var group: String
  package var dataset: String
  package var method: String?
  package var domain: String?
  package var label: Label
  /// Fold that validates on this sample; `nil` for held-out ones.
  package var fold: Int?
  /// Probability of being fake by each expert, in the experts' order; `nil` for one that was not asked, as who trained on
  /// the sample; empty where only ``mixture`` is known.
  package var scores: [Double?]
  /// Probability of being fake by all experts that were asked, together.
  package var mixture: Double?

  package init(
    key: String, video: String, group: String, dataset: String, method: String? = nil, domain: String? = nil,
    label: Label, fold: Int? = nil, scores: [Double?] = [], mixture: Double? = nil
  ) {
    self.key = key
    self.video = video
    self.group = group
    self.dataset = dataset
    self.method = method
    self.domain = domain
    self.label = label
    self.fold = fold
    self.scores = scores
    self.mixture = mixture
  }

  /// One prediction per video, by the mean of its samples' probabilities; sorted by video.
  ///
  /// Samples of one video that differ in label, method or fold (a made fake bears the name of the real video it was
  /// made from) are averaged apart.
  ///
  /// - Throws: when samples of one video have different numbers of experts, or only some have a mixture, or a score is
  ///   NaN.
  package static func videoLevel(_ predictions: [Prediction]) throws(EvaluationError) -> [Prediction] {
    var members: [VideoKey: [Prediction]] = [:]
    for prediction in predictions { members[VideoKey(prediction), default: []].append(prediction) }
    var videos: [Prediction] = []
    for (_, samples) in members.sorted(by: { $0.key < $1.key }) { videos.append(try mean(of: samples)) }
    return videos
  }

  /// - Requires: `samples` is not empty and of one video.
  private static func mean(of samples: [Prediction]) throws(EvaluationError) -> Prediction {
    // Key order, so that the sum's rounding does not depend on the order of the input.
    let samples = samples.sorted { $0.key < $1.key }
    var video = samples[0]
    video.key = video.video
    let mixed = EvaluationError(
      code: .mixedScores,
      message:
        "samples of \(video.video) were judged by different sets of experts; predict all of a video's samples alike")
    guard samples.allSatisfy({ $0.scores.count == video.scores.count }) else { throw mixed }
    /// `nil` when no sample has a value.
    func mean(_ optional: [Double?]) throws(EvaluationError) -> Double? {
      let values = optional.compactMap(\.self)
      guard !values.isEmpty else { return nil }
      guard values.count == optional.count else { throw mixed }
      if let index = values.firstIndex(where: \.isNaN) {
        throw EvaluationError(
          code: .notANumber, message: "a score of \(samples[index].key) is NaN; the model has diverged")
      }
      return values.reduce(0, +) / Double(values.count)
    }
    for expert in video.scores.indices { video.scores[expert] = try mean(samples.map { $0.scores[expert] }) }
    video.mixture = try mean(samples.map(\.mixture))
    return video
  }
}

/// What the averaged samples have in common.
private struct VideoKey: Hashable, Comparable {
  let video: String
  let label: Int
  let method: String
  let fold: Int

  init(_ prediction: Prediction) {
    video = prediction.video
    label = prediction.label.rawValue
    method = prediction.method ?? ""
    fold = prediction.fold ?? -1
  }

  static func < (left: VideoKey, right: VideoKey) -> Bool {
    (left.video, left.label, left.method, left.fold) < (right.video, right.label, right.method, right.fold)
  }
}
