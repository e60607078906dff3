/// What clustering, training and evaluation contribute to a report.
extension ReportModel {
  /// One cluster of samples.
  package struct Cluster: Codable, Hashable, Sendable {
    package var index: Int
    package var real: Int
    package var fake: Int
    /// Most frequent first.
    package var topMethods: [Count]
    /// Those nearest to the cluster's centre, nearest first; indexes into ``ReportModel/pictures``.
    package var nearest: [Int]
    /// Those farthest from it, farthest first.
    package var farthest: [Int]

    package var size: Int { real + fake }

    package init(
      index: Int, real: Int, fake: Int, topMethods: [Count] = [], nearest: [Int] = [], farthest: [Int] = []
    ) {
      self.index = index
      self.real = real
      self.fake = fake
      self.topMethods = topMethods
      self.nearest = nearest
      self.farthest = farthest
    }
  }

  /// How many samples of each cluster have each value of something.
  package struct Contingency: Codable, Hashable, Sendable {
    /// `label`, `method`, `dataset`.
    package var attribute: String
    /// In the order of the columns.
    package var values: [String]
    /// By cluster, then by value.
    package var counts: [[Int]]

    package init(attribute: String, values: [String], counts: [[Int]]) {
      (self.attribute, self.values, self.counts) = (attribute, values, counts)
    }
  }

  /// How the number of clusters was chosen.
  package struct ClusterCounts: Codable, Hashable, Sendable {
    /// Why the chosen one, in words.
    package var reason: String?
    /// By rising k.
    package var candidates: [Candidate]
    package var chosen: Int

    package init(candidates: [Candidate], chosen: Int, reason: String? = nil) {
      (self.candidates, self.chosen, self.reason) = (candidates, chosen, reason)
    }

    /// One number of clusters that was tried.
    package struct Candidate: Codable, Hashable, Sendable {
      package var k: Int
      /// Sum of squared distances to the centroids.
      package var inertia: Double
      /// -1 ... 1, with the bounds of its interval; `nil` where fewer than two clusters were seen.
      package var silhouette: Double?
      package var silhouetteLow: Double?
      package var silhouetteHigh: Double?
      /// How alike fits from different seeds are, 1 for the same.
      package var stability: Double?

      package init(
        k: Int, inertia: Double, silhouette: Double? = nil, silhouetteLow: Double? = nil, silhouetteHigh: Double? = nil,
        stability: Double? = nil
      ) {
        (self.k, self.inertia, self.silhouette, self.stability) = (k, inertia, silhouette, stability)
        (self.silhouetteLow, self.silhouetteHigh) = (silhouetteLow, silhouetteHigh)
      }
    }
  }

  /// Normalised mutual information of the clusters with one attribute, 0 ... 1.
  package struct Agreement: Codable, Hashable, Sendable {
    /// `label`, `method`, `dataset`.
    package var attribute: String
    /// `nil` where all samples have it alike.
    package var value: Double?

    package init(attribute: String, value: Double?) {
      self.attribute = attribute
      self.value = value
    }
  }

  /// The curves of one expert, or of any trained model.
  package struct Expert: Codable, Hashable, Sendable {
    package var name: String
    /// Id of the stage that trained it.
    package var stage: String
    package var epochs: [Epoch]
    /// What was noted of every step.
    package var steps: [StepCurve] = []
    /// Of recipes that go by phases in place of epochs, in order.
    package var phases: [Phase] = []

    package init(name: String, stage: String, epochs: [Epoch], steps: [StepCurve] = [], phases: [Phase] = []) {
      (self.name, self.stage, self.epochs) = (name, stage, epochs)
      (self.steps, self.phases) = (steps, phases)
    }
  }

  /// One number, by steps of training.
  package struct StepCurve: Codable, Hashable, Sendable {
    /// `loss`, `learning rate`.
    package var name: String
    /// One per step, from the first; `nil` where the step has no such number.
    package var values: [Double?]

    package init(name: String, values: [Double?]) { (self.name, self.values) = (name, values) }
  }

  /// A part of training with a loss of its own.
  package struct Phase: Codable, Hashable, Sendable {
    package var name: String
    /// Steps done before it.
    package var start: Int

    package init(name: String, start: Int) { (self.name, self.start) = (name, start) }
  }

  /// One epoch of training.
  package struct Epoch: Codable, Hashable, Sendable {
    package var epoch: Int
    package var trainLoss: Double
    package var validationLoss: Double?
    /// 0 ... 1.
    package var validationAUC: Double?

    package init(epoch: Int, trainLoss: Double, validationLoss: Double? = nil, validationAUC: Double? = nil) {
      self.epoch = epoch
      self.trainLoss = trainLoss
      self.validationLoss = validationLoss
      self.validationAUC = validationAUC
    }
  }

  /// An area under the ROC curve and the bounds of its interval, 0 ... 1.
  package struct AUC: Codable, Hashable, Sendable {
    package var value: Double
    package var low: Double?
    package var high: Double?

    package init(_ value: Double, low: Double? = nil, high: Double? = nil) {
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// How well a model did on one fold or test set.
  package struct EvaluationRow: Codable, Hashable, Sendable {
    package var name: String
    /// Absent where only one class is present.
    package var frameAUC: AUC?
    package var videoAUC: AUC?
    package var frames: Int
    package var videos: Int

    package init(name: String, frameAUC: AUC?, videoAUC: AUC?, frames: Int, videos: Int) {
      self.name = name
      self.frameAUC = frameAUC
      self.videoAUC = videoAUC
      self.frames = frames
      self.videos = videos
    }
  }

  /// How one judge's scores tell fakes from reals; all values 0 ... 1, empty where a curve cannot be drawn.
  package struct DetectorCurves: Codable, Hashable, Sendable {
    package struct Point: Codable, Hashable, Sendable {
      package var x: Double
      package var y: Double

      package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }

    package var name: String
    /// True against false positive rate.
    package var roc: [Point]
    /// Precision against recall.
    package var precisionRecall: [Point]
    /// Share of fakes against mean score, by bins of the score.
    package var calibration: [Point]

    package init(name: String, roc: [Point], precisionRecall: [Point] = [], calibration: [Point] = []) {
      (self.name, self.roc) = (name, roc)
      (self.precisionRecall, self.calibration) = (precisionRecall, calibration)
    }
  }
}
