internal import Records

/// How scores are judged.
package struct AssessmentOptions: Hashable, Sendable {
  package var aggregation: VideoAggregation
  /// Above it a sample is called fake.
  package var threshold: Double
  package var bootstrap: BootstrapOptions

  package init(aggregation: VideoAggregation = .mean, threshold: Double = 0.5, bootstrap: BootstrapOptions) {
    self.aggregation = aggregation
    self.threshold = threshold
    self.bootstrap = bootstrap
  }
}

/// Everything that is said of one detector on one set of samples.
package struct Assessment: Codable, Hashable, Sendable {
  /// What is said of one level.
  package struct Whole: Codable, Hashable, Sendable {
    /// The mean of the AUC within domains; `nil` for frames.
    package var headline: Headline?
    /// All items together: secondary, because it compares scores of different domains, and out of fold of different
    /// experts.
    package var pooled: Estimates
    /// AUC of the pooled items with those left out that have no score; `nil` where there are none such.
    package var pooledWithoutMissing: Double?
    package var curves: Curves
  }

  package var name: String
  package var aggregation: VideoAggregation
  package var threshold: Double
  package var draws: Int
  package var seed: UInt64
  /// Levels that have items.
  package var levels: [Level: Whole]
  /// Points only, of the videos: what another way of joining frames would have given.
  package var aggregations: [VideoAggregation: [Metric: Estimate]]
  package var breakdowns: [Breakdown]
  /// Items without any score, by level and reason.
  package var missing: [Level: [String: Int]]
  package var notes: [String]

  /// - Parameter samples: in any order; see ``Level/items(_:aggregation:)``.
  package init(
    name: String, _ samples: [Judgement], notes: [String] = [], options: AssessmentOptions
  ) throws(EvaluationError) {
    self.name = name
    self.notes = notes
    (aggregation, threshold) = (options.aggregation, options.threshold)
    (draws, seed) = (options.bootstrap.draws, options.bootstrap.seed)
    (levels, aggregations, breakdowns, missing) = ([:], [:], [], [:])
    let areProbabilities = samples.allSatisfy { $0.scores.allSatisfy { (0...1).contains($0) } }
    if !areProbabilities {
      self.notes.append(
        "scores are not within 0 ... 1: measures of probabilities are left out, and so are items without a score")
    }
    for level in [Level.videos, .images] {
      for item in try level.items(samples) where item.isMissing {
        missing[level, default: [:]][item.missing ?? "no-score", default: 0] += 1
      }
    }
    // A frame without a score is not made up, but counted.
    for sample in samples where sample.isMissing && !sample.isPicture {
      missing[.frames, default: [:]][sample.missing ?? "no-score", default: 0] += 1
    }
    let seeds = samples.first { !$0.isMissing }?.scores.count ?? 0
    guard seeds > 0 else { return }
    for level in Level.allCases {
      let items = try level.items(samples, aggregation: options.aggregation)
      guard !items.isEmpty else { continue }
      let scored = items.filter { !$0.isMissing }
      let filled = areProbabilities ? items.map { $0.filled(seeds: seeds) } : scored
      try add(level, filled, scored: scored, options)
    }
    guard levels[.videos] != nil, areProbabilities else { return }
    for aggregation in VideoAggregation.allCases {
      let items = try Level.videos.items(samples, aggregation: aggregation).map { $0.filled(seeds: seeds) }
      aggregations[aggregation] = try Estimates(items, threshold: threshold, bootstrap: nil).metrics
    }
  }

  private mutating func add(
    _ level: Level, _ items: [Judgement], scored: [Judgement], _ options: AssessmentOptions
  ) throws(EvaluationError) {
    guard !items.isEmpty else { return }
    func estimates(_ items: [Judgement], bootstrap: BootstrapOptions?) throws(EvaluationError) -> Estimates {
      try Estimates(
        items, threshold: options.threshold, missing: items.count(where: \.wasMissing), bootstrap: bootstrap)
    }
    let pooled = try estimates(items, bootstrap: options.bootstrap)
    // Of out-of-fold scores, what no fold validates on belongs to no expert.
    let isOutOfFold = items.contains { $0.fold != nil }
    func compared(_ items: [Judgement]) -> [Judgement] { isOutOfFold ? items.filter { $0.fold != nil } : items }
    let headline =
      level == .frames
      ? nil
      : try Headline(
        compared(items), scored: compared(scored), threshold: options.threshold, bootstrap: options.bootstrap)
    levels[level] = Whole(
      headline: headline, pooled: pooled,
      pooledWithoutMissing: scored.count == items.count || scored.isEmpty
        ? nil : try estimates(scored, bootstrap: nil)[.areaUnderCurve]?.value,
      curves: try Curves(items))
    for dimension in Dimension.allCases {
      for part in dimension.parts(items) {
        breakdowns.append(
          Breakdown(
            level: level, dimension: dimension, part: part.name, borrowsReals: part.borrowsReals,
            estimates: try estimates(part.items, bootstrap: options.bootstrap)))
      }
    }
  }
}

extension Judgement {
  /// The score that says nothing, where there is none: what a detector that has to answer would say.
  ///
  /// Source: the convention of the Deepfake Detection Challenge.
  fileprivate func filled(seeds: Int) -> Judgement {
    guard isMissing else { return self }
    var filled = self
    filled.scores = [Double](repeating: 0.5, count: seeds)
    return filled
  }

  /// Whether ``filled(seeds:)`` gave the score.
  fileprivate var wasMissing: Bool { missing != nil }
}
