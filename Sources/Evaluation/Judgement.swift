package import Records

/// What one detector says of one sample, and where the sample is from.
package struct Judgement: Hashable, Sendable {
  package var key: String
  /// What samples of one clip have in common; the picture itself where there is no clip.
  package var video: String
  /// What is drawn as a whole: the samples of one group repeat each other.
  package var group: String
  /// Empty where nobody says.
  package var dataset: String
  package var method: String?
  /// `known`, `unknown-current`, `unknown-post`, or anything else; `nil` where nobody says.
  package var domain: String?
  package var label: Label
  /// Fold that validates on the sample; `nil` for held-out ones.
  package var fold: Int?
  package var cluster: Int?
  /// The shorter side of the face, pixels of the frame.
  package var facePixels: Double?
  /// Variance of the Laplacian of the crop.
  package var sharpness: Double?
  /// Higher means more fake; one for each repetition (seed) of the detector. Empty where there is none.
  package var scores: [Double]
  /// Why there is no score.
  package var missing: String?

  package init(
    key: String, video: String, group: String, dataset: String, method: String? = nil, domain: String? = nil,
    label: Label, fold: Int? = nil, cluster: Int? = nil, facePixels: Double? = nil, sharpness: Double? = nil,
    scores: [Double], missing: String? = nil
  ) {
    self.key = key
    self.video = video
    self.group = group
    self.dataset = dataset
    self.method = method
    self.domain = domain
    self.label = label
    self.fold = fold
    self.cluster = cluster
    self.facePixels = facePixels
    self.sharpness = sharpness
    self.scores = scores
    self.missing = missing
  }

  package var isMissing: Bool { scores.isEmpty }

  /// Whether the sample is of a still picture, told by the name of its file.
  package var isPicture: Bool {
    let name = video.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return false }
    return Self.pictureExtensions.contains(name[name.index(after: dot)...].lowercased())
  }

  private static let pictureExtensions: Set = ["bmp", "jpeg", "jpg", "png", "tif", "tiff", "webp"]

  /// Within which scores are compared for the headline: the domain, or the dataset where no domain is named; for
  /// out-of-fold scores, of one fold, because each fold has an expert of its own.
  var cell: String {
    let name = domain ?? (dataset.isEmpty ? "unnamed" : dataset)
    return fold.map { "\(name), fold \($0)" } ?? name
  }
}

/// What is counted as one item.
package enum Level: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
  /// Clips, by the aggregated scores of their samples.
  case videos
  /// Still pictures.
  case images
  /// Samples of clips.
  case frames
}

/// How the scores of a clip's samples become one.
package enum VideoAggregation: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
  case mean, median, max
  /// The mean of the sure ones, where nearly all are sure, or enough are sure of a fake.
  ///
  /// Source: the inference of the winner of the Deepfake Detection Challenge 2020 (selimsef): of n scores, if more than
  /// n / 2.5 and more than 11 are above 0.8, the mean of those; else if more than 0.9 n are below 0.2, the mean of those;
  /// else the mean of all.
  case confident

  /// One score.
  ///
  /// - Requires: `scores` is not empty.
  package func score(_ scores: [Double]) -> Double {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    switch self {
    case .mean: return mean(scores)
    case .max: return scores.max() ?? 0
    case .median:
      let sorted = scores.sorted()
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    case .confident:
      let fakes = scores.filter { $0 > 0.8 }
      if Double(fakes.count) > Double(scores.count) / 2.5, fakes.count > 11 { return mean(fakes) }
      let reals = scores.filter { $0 < 0.2 }
      return Double(reals.count) > 0.9 * Double(scores.count) ? mean(reals) : mean(scores)
    }
  }
}
