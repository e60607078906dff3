package import Records

/// What the experts say about one sample, or that there is nothing to say of a video: one line of `predictions.csv`.
package struct Prediction: Codable, Hashable, Sendable {
  /// Key of the sample; name of the video where no sample of it has a face.
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
  package var role: Role
  /// Whether dfprep made the sample; such samples are easy for who trained on their like, and count in no measure.
  package var isMade: Bool
  package var cluster: Int?
  /// The shorter side of the face, pixels of the frame.
  package var facePixels: Double?
  /// Variance of the Laplacian of the crop.
  package var sharpness: Double?
  /// Why the video has no sample; `nil` for samples.
  package var missing: String?
  /// Probability of being fake by each expert, in the experts' order; `nil` for one that was not asked, as who trained on
  /// the sample; empty where only ``mixture`` is known.
  package var scores: [Double?]
  /// Probability of being fake by all experts that were asked, together.
  package var mixture: Double?

  package init(
    key: String, video: String, group: String, dataset: String, method: String? = nil, domain: String? = nil,
    label: Label, fold: Int? = nil, role: Role = .train, isMade: Bool = false, cluster: Int? = nil,
    facePixels: Double? = nil, sharpness: Double? = nil, missing: String? = nil, scores: [Double?] = [],
    mixture: Double? = nil
  ) {
    self.key = key
    self.video = video
    self.group = group
    self.dataset = dataset
    self.method = method
    self.domain = domain
    self.label = label
    self.fold = fold
    self.role = role
    self.isMade = isMade
    self.cluster = cluster
    self.facePixels = facePixels
    self.sharpness = sharpness
    self.missing = missing
    self.scores = scores
    self.mixture = mixture
  }

  /// What it says as one detector: the mixture, or the mean of the experts that were asked.
  package var judgement: Judgement {
    let asked = scores.compactMap(\.self)
    let score = mixture ?? (asked.isEmpty ? nil : asked.reduce(0, +) / Double(asked.count))
    return Judgement(
      key: key, video: video, group: group, dataset: dataset, method: method, domain: domain, label: label, fold: fold,
      cluster: cluster, facePixels: facePixels, sharpness: sharpness, scores: score.map { [$0] } ?? [],
      missing: score == nil ? missing ?? "no-score" : nil)
  }
}
