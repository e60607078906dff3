/// What a report says of ways to divide the data.
extension ReportModel {
  /// One way to divide the samples of the map, in one of its folds.
  package struct SplitView: Codable, Hashable, Sendable {
    /// `random`, `official`, `cluster`.
    package var name: String
    /// What it is, in a sentence.
    package var detail: String
    /// For each sample of ``SampleMap/keys`` whether it is validated on; `nil` for what is on neither side.
    package var isValidation: [Bool?]

    package init(name: String, detail: String, isValidation: [Bool?]) {
      (self.name, self.detail, self.isValidation) = (name, detail, isValidation)
    }
  }

  /// How far validation is from training under several ways to divide the data.
  package struct Hardness: Codable, Hashable, Sendable {
    /// By what samples were compared.
    package var features: String?
    package var splits: [Row]
    /// What was not compared, and why.
    package var notes: [String]?

    package init(features: String? = nil, splits: [Row], notes: [String]? = nil) {
      (self.features, self.splits, self.notes) = (features, splits, notes)
    }

    /// One fold of one way to divide, or the mean over its folds.
    package struct Row: Codable, Hashable, Sendable {
      package var name: String
      package var fold: Int?
      package var trainSamples: Int?
      package var validationSamples: Int?
      /// Area under the ROC curve of a classifier that tells validation from training: 0.5 where nothing does.
      package var twoSampleAUC: Double?
      package var twoSampleAUCLow: Double?
      package var twoSampleAUCHigh: Double?
      package var frechetDistance: Double?
      /// From a validation sample to the nearest training sample, on average.
      package var nearestNeighbourDistance: Double?

      package init(
        name: String, fold: Int? = nil, trainSamples: Int? = nil, validationSamples: Int? = nil,
        twoSampleAUC: Double? = nil, twoSampleAUCLow: Double? = nil, twoSampleAUCHigh: Double? = nil,
        frechetDistance: Double? = nil, nearestNeighbourDistance: Double? = nil
      ) {
        (self.name, self.fold) = (name, fold)
        (self.trainSamples, self.validationSamples) = (trainSamples, validationSamples)
        (self.twoSampleAUC, self.twoSampleAUCLow) = (twoSampleAUC, twoSampleAUCLow)
        self.twoSampleAUCHigh = twoSampleAUCHigh
        (self.frechetDistance, self.nearestNeighbourDistance) = (frechetDistance, nearestNeighbourDistance)
      }
    }
  }

  /// Things of one kind that both sides of a fold have in common.
  package struct Leak: Codable, Hashable, Sendable {
    /// `fold 0`, `held-out test`.
    package var place: String
    /// `donor`, `scene`.
    package var kind: String
    package var links: Int
    /// Samples of the side that is judged which such a thing ties to training ones.
    package var samples: Int
    /// Whether no split should have any.
    package var isHard: Bool

    package init(place: String, kind: String, links: Int, samples: Int, isHard: Bool = false) {
      (self.place, self.kind, self.links) = (place, kind, links)
      (self.samples, self.isHard) = (samples, isHard)
    }
  }
}
