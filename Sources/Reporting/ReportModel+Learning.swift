package import Records

/// What clustering, training and evaluation contribute to a report.
extension ReportModel {
  /// One cluster of samples.
  package struct Cluster: Codable, Hashable, Sendable {
    package var index: Int
    package var real: Int
    package var fake: Int
    /// Most frequent first.
    package var topMethods: [Count]
    /// Indexes into ``ReportModel/pictures``.
    package var montage: [Int]

    package var size: Int { real + fake }

    package init(index: Int, real: Int, fake: Int, topMethods: [Count] = [], montage: [Int] = []) {
      self.index = index
      self.real = real
      self.fake = fake
      self.topMethods = topMethods
      self.montage = montage
    }
  }

  /// Samples in two dimensions.
  package struct ClusterMap: Codable, Hashable, Sendable {
    /// What the axes are: `PCA`, `t-SNE`.
    package var method: String
    package var points: [MapPoint]
    /// Share of the variance along x and y, 0 ... 1 each; empty where that means nothing.
    package var explainedVariance: [Double]

    package init(method: String, points: [MapPoint], explainedVariance: [Double] = []) {
      self.method = method
      self.points = points
      self.explainedVariance = explainedVariance
    }
  }

  /// One sample of a ``ClusterMap``.
  package struct MapPoint: Codable, Hashable, Sendable {
    package var x: Double
    package var y: Double
    package var cluster: Int
    package var label: Label
    package var key: String
    /// Index into ``ReportModel/pictures``, shown when the point is pointed at.
    package var picture: Int?

    package init(x: Double, y: Double, cluster: Int, label: Label, key: String, picture: Int? = nil) {
      self.x = x
      self.y = y
      self.cluster = cluster
      self.label = label
      self.key = key
      self.picture = picture
    }
  }

  /// How the number of clusters was chosen.
  package struct ClusterCounts: Codable, Hashable, Sendable {
    /// Name of the score that decided (`silhouette`).
    package var scoreName: String
    /// By rising k.
    package var candidates: [Candidate]
    package var chosen: Int

    package init(scoreName: String, candidates: [Candidate], chosen: Int) {
      self.scoreName = scoreName
      self.candidates = candidates
      self.chosen = chosen
    }

    /// One number of clusters that was tried.
    package struct Candidate: Codable, Hashable, Sendable {
      package var k: Int
      package var score: Double
      /// Sum of squared distances to the centroids.
      package var inertia: Double?

      package init(k: Int, score: Double, inertia: Double? = nil) {
        self.k = k
        self.score = score
        self.inertia = inertia
      }
    }
  }

  /// Normalised mutual information of the clusters with one attribute, 0 ... 1.
  package struct Agreement: Codable, Hashable, Sendable {
    /// `label`, `method`, `dataset`.
    package var attribute: String
    package var value: Double

    package init(attribute: String, value: Double) {
      self.attribute = attribute
      self.value = value
    }
  }

  /// The curves of one expert, or of any trained model.
  package struct Expert: Codable, Hashable, Sendable {
    package var name: String
    package var epochs: [Epoch]

    package init(name: String, epochs: [Epoch]) {
      self.name = name
      self.epochs = epochs
    }
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

  /// A receiver operating characteristic; both rates 0 ... 1, of equal count.
  package struct ROCCurve: Codable, Hashable, Sendable {
    package var name: String
    package var falsePositiveRate: [Double]
    package var truePositiveRate: [Double]

    package init(name: String, falsePositiveRate: [Double], truePositiveRate: [Double]) {
      self.name = name
      self.falsePositiveRate = falsePositiveRate
      self.truePositiveRate = truePositiveRate
    }
  }
}
