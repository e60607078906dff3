package import Records

/// A measure, and where it lies with 95 % confidence; no bounds where there are too few groups to say.
package struct Estimate: Codable, Hashable, Sendable {
  package var value: Double
  package var low: Double?
  package var high: Double?

  init(_ value: Double, _ interval: ConfidenceInterval? = nil) {
    self.value = value
    (low, high) = (interval?.low, interval?.high)
  }
}

/// What one detector's scores of one set of items amount to.
package struct Estimates: Codable, Hashable, Sendable {
  /// Groups of a class that an interval needs.
  package static let fewestGroups = 6

  /// The mean score of one group's items of one class.
  package struct GroupScore: Codable, Hashable, Sendable {
    package var group: String
    package var label: Label
    package var score: Double
  }

  package var reals: Int
  package var fakes: Int
  package var realGroups: Int
  package var fakeGroups: Int
  /// Of the items, those without any score, which count as 0.5.
  package var missing: Int
  /// Median score of each class that is there.
  package var medianScoreOfReals: Double?
  package var medianScoreOfFakes: Double?
  /// Those that are defined. With several seeds, their means.
  package var metrics: [Metric: Estimate]
  /// The scores of a class with fewer than ``fewestGroups`` groups, instead of intervals; `nil` where there are intervals.
  package var scores: [GroupScore]?
  /// The metrics of each seed by itself; `nil` for one.
  package var seeds: [[Metric: Double]]?

  package var count: Int { reals + fakes }

  package subscript(metric: Metric) -> Estimate? { metrics[metric] }

  /// - Parameter items: each with equally many scores, at least one.
  init(_ items: [Judgement], threshold: Double, missing: Int = 0, bootstrap: BootstrapOptions?) throws(EvaluationError)
  {
    let labels = items.map(\.label)
    let measured = try Detector(items, threshold: threshold)
    func groups(_ label: Label) -> Set<String> { Set(items.filter { $0.label == label }.map(\.group)) }
    let groupCounts = [Label.real: groups(.real).count, .fake: groups(.fake).count]
    reals = labels.count { $0 == .real }
    fakes = labels.count - reals
    (realGroups, fakeGroups) = (groupCounts[.real] ?? 0, groupCounts[.fake] ?? 0)
    self.missing = missing
    func median(_ label: Label) -> Double? {
      let scores = items.filter { $0.label == label }.map { VideoAggregation.mean.score($0.scores) }
      return scores.isEmpty ? nil : VideoAggregation.median.score(scores)
    }
    (medianScoreOfReals, medianScoreOfFakes) = (median(.real), median(.fake))
    let values = measured.values()
    if measured.seeds > 1 { seeds = (0..<measured.seeds).map { Self.named(measured.values(seeds: [$0])) } }
    let fewest = groupCounts.values.filter { $0 > 0 }.min() ?? 0
    var intervals: [ConfidenceInterval?] = []
    if let bootstrap, fewest >= Self.fewestGroups {
      let draws = GroupDraws(groups: items.map(\.group), kinds: labels.map(\.rawValue), options: bootstrap)
      intervals = draws.columns(seeds: [measured.seeds]) { measured.values(weights: $0, seeds: $1[0]).all }
        .map { ConfidenceInterval($0, groups: fewest) }
    } else if fewest < Self.fewestGroups {
      scores = Label.allCases.filter { (1..<Self.fewestGroups).contains(groupCounts[$0] ?? 0) }
        .flatMap { Self.groupScores(items, $0) }
    }
    metrics = [:]
    for (place, metric) in Metric.allCases.enumerated() {
      guard let value = values[metric] else { continue }
      metrics[metric] = Estimate(value, intervals.isEmpty ? nil : intervals[place])
    }
  }

  private static func named(_ values: MetricValues) -> [Metric: Double] {
    Dictionary(uniqueKeysWithValues: Metric.allCases.compactMap { metric in values[metric].map { (metric, $0) } })
  }

  private static func groupScores(_ items: [Judgement], _ label: Label) -> [GroupScore] {
    Dictionary(grouping: items.filter { $0.label == label }, by: \.group).map { group, items in
      GroupScore(
        group: group, label: label,
        score: VideoAggregation.mean.score(items.map { VideoAggregation.mean.score($0.scores) }.sorted()))
    }.sorted { $0.group < $1.group }
  }
}

/// The scores of one detector, by each of its seeds.
struct Detector: Sendable {
  private let measured: [MeasuredItems]
  var seeds: Int { measured.count }

  /// - Throws: where items have different numbers of scores.
  init(_ items: [Judgement], threshold: Double) throws(EvaluationError) {
    let seeds = items.first?.scores.count ?? 1
    if let other = items.first(where: { $0.scores.count != seeds }) {
      throw EvaluationError(
        code: .mixedScores, message: "\(other.key) has \(other.scores.count) scores, others \(seeds)")
    }
    let labels = items.map(\.label)
    var measured: [MeasuredItems] = []
    for seed in 0..<seeds {
      measured.append(try MeasuredItems(scores: items.map { $0.scores[seed] }, labels: labels, threshold: threshold))
    }
    self.measured = measured
  }

  /// The mean of some seeds' metrics, of all unless given.
  func values(weights: [Int32]? = nil, seeds: [Int]? = nil) -> MetricValues {
    MetricValues.mean((seeds ?? Array(measured.indices)).map { measured[$0].values(weights: weights) })
  }

  /// The mean of some seeds' areas, of all unless given.
  func areaUnderCurve(weights: [Int32]? = nil, seeds: [Int]? = nil) -> Double? {
    let areas = (seeds ?? Array(measured.indices)).map { measured[$0].areaUnderCurve(weights: weights) }
    let present = areas.compactMap(\.self)
    return present.count == areas.count && !areas.isEmpty ? present.reduce(0, +) / Double(areas.count) : nil
  }
}
