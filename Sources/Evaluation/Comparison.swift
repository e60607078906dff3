internal import Records

/// A measure of two detectors on the same items, and their difference.
package struct PairedEstimate: Codable, Hashable, Sendable {
  package var first: Double
  package var second: Double
  /// Second less first.
  package var difference: Double
  /// Bounds of the difference, 95 %; `nil` where there are too few groups.
  package var low: Double?
  package var high: Double?

  init(_ first: Double, _ second: Double, _ interval: ConfidenceInterval?) {
    (self.first, self.second, difference) = (first, second, second - first)
    (low, high) = (interval?.low, interval?.high)
  }
}

/// Two detectors on the same samples: the same groups are drawn for both, so that what makes a sample hard for either
/// does not widen the interval of the difference.
package struct Comparison: Codable, Hashable, Sendable {
  /// What is said of one level, or of one domain of it.
  package struct Part: Codable, Hashable, Sendable {
    package var level: Level
    /// `nil` for all items together, which is secondary.
    package var domain: String?
    package var reals: Int
    package var fakes: Int
    package var realGroups: Int
    package var fakeGroups: Int
    package var metrics: [Metric: PairedEstimate]
  }

  package var aggregation: VideoAggregation
  package var threshold: Double
  package var draws: Int
  package var seed: UInt64
  /// Samples that both have judged.
  package var pairs: Int
  /// Keys that only one has judged; they are in no number here.
  package var onlyFirst: [String]
  package var onlySecond: [String]
  /// Mean of the AUC within domains, of videos and of images apart; those that are defined.
  package var headlines: [Level: PairedEstimate]
  package var parts: [Part]
  package var notes: [String]

  /// - Throws: ``EvaluationError`` where one key has two labels, or nothing is in both.
  package init(
    _ first: [Judgement], _ second: [Judgement], notes: [String] = [], options: AssessmentOptions
  ) throws(EvaluationError) {
    let paired = try PairedSamples(first, second)
    (aggregation, threshold) = (options.aggregation, options.threshold)
    (draws, seed) = (options.bootstrap.draws, options.bootstrap.seed)
    pairs = paired.first.count
    (onlyFirst, onlySecond) = (paired.onlyFirst, paired.onlySecond)
    self.notes = notes + paired.notes
    (headlines, parts) = ([:], [])
    for level in Level.allCases {
      let items = (
        try level.items(paired.first, aggregation: options.aggregation),
        try level.items(paired.second, aggregation: options.aggregation)
      )
      guard !items.0.isEmpty else { continue }
      if level != .frames { headlines[level] = try Self.headline(items.0, items.1, options) }
      parts.append(try Part(level, nil, items.0, items.1, options))
      let cells = Set(items.0.map(\.cell)).sorted()
      for cell in cells {
        let inside = items.0.indices.filter { items.0[$0].cell == cell }
        parts.append(try Part(level, cell, inside.map { items.0[$0] }, inside.map { items.1[$0] }, options))
      }
    }
  }

  private static func headline(
    _ first: [Judgement], _ second: [Judgement], _ options: AssessmentOptions
  ) throws(EvaluationError) -> PairedEstimate? {
    let (left, right) = (
      try DomainAreas(first, threshold: options.threshold), try DomainAreas(second, threshold: options.threshold)
    )
    guard let one = left.detector.mean, let other = right.detector.mean else { return nil }
    let (leftDetector, rightDetector) = (left.detector, right.detector)
    let columns = left.draws(options.bootstrap)?.columns(seeds: [leftDetector.seeds, rightDetector.seeds]) {
      let (one, other) = (
        leftDetector.mean(weights: $0, seeds: $1[0]), rightDetector.mean(weights: $0, seeds: $1[1])
      )
      return [one.flatMap { one in other.map { $0 - one } }]
    }
    return PairedEstimate(
      one, other, columns.flatMap { ConfidenceInterval($0[0], groups: left.fewestGroups) })
  }
}

extension Comparison.Part {
  /// - Parameters:
  ///   - first: the items with the first detector's scores.
  ///   - second: the same items, in the same order, with the second's.
  init(
    _ level: Level, _ domain: String?, _ first: [Judgement], _ second: [Judgement], _ options: AssessmentOptions
  ) throws(EvaluationError) {
    self.level = level
    self.domain = domain
    func groups(_ label: Label) -> Int { Set(first.filter { $0.label == label }.map(\.group)).count }
    reals = first.count { $0.label == .real }
    fakes = first.count - reals
    (realGroups, fakeGroups) = (groups(.real), groups(.fake))
    let (left, right) = (
      try Detector(first, threshold: options.threshold), try Detector(second, threshold: options.threshold)
    )
    let fewest = [realGroups, fakeGroups].filter { $0 > 0 }.min() ?? 0
    var intervals: [ConfidenceInterval?] = []
    if fewest >= Estimates.fewestGroups {
      let draws = GroupDraws(
        groups: first.map(\.group), kinds: first.map(\.label.rawValue), options: options.bootstrap)
      intervals = draws.columns(seeds: [left.seeds, right.seeds]) { weights, seeds in
        let (one, other) = (
          left.values(weights: weights, seeds: seeds[0]).all, right.values(weights: weights, seeds: seeds[1]).all
        )
        return zip(one, other).map { one, other in one.flatMap { one in other.map { $0 - one } } }
      }.map { ConfidenceInterval($0, groups: fewest) }
    }
    let (one, other) = (left.values(), right.values())
    metrics = [:]
    for (place, metric) in Metric.allCases.enumerated() {
      guard let one = one[metric], let other = other[metric] else { continue }
      metrics[metric] = PairedEstimate(one, other, intervals.isEmpty ? nil : intervals[place])
    }
  }
}
