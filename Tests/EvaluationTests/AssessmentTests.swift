import Evaluation
import Foundation
import Records
import Testing

@Suite struct AssessmentTests {
  static func options(draws: Int = 60, threads: Int = 1, seed: UInt64 = 1) -> AssessmentOptions {
    AssessmentOptions(bootstrap: BootstrapOptions(draws: draws, seed: seed, threads: threads))
  }

  /// Videos of `frames` frames in groups of a real and a fake, with scores on a coarse grid.
  static func samples(
    _ domain: String?, groups: Int, frames: Int = 2, shift: Double = 0, seed: UInt64 = 0, dataset: String = "d"
  ) -> [Judgement] {
    var random = KeyedRandom(seed: seed, key: domain ?? "", stage: "test")
    var samples: [Judgement] = []
    for group in 0..<groups {
      for label in Label.allCases {
        let video = "\(dataset)/\(domain ?? "")\(group)\(label.name).mp4"
        for frame in 0..<frames {
          let level = random.integer(below: 8) + (label == .fake ? 3 : 0)
          samples.append(
            Judgement(
              key: "\(video)/\(frame)", video: video, group: "\(domain ?? "")\(group)", dataset: dataset,
              method: label == .fake ? "m\(group % 2)" : nil, domain: domain, label: label, facePixels: 100,
              scores: [min(1, Double(level) / 16 + shift)]))
        }
      }
    }
    return samples
  }

  /// The area over all pairs of videos, one after the other.
  static func area(_ samples: [Judgement]) -> Double {
    var videos: [(label: Label, score: Double)] = []
    for (_, frames) in Dictionary(grouping: samples, by: \.video) {
      var sum = 0.0
      for frame in frames { sum += frame.scores[0] }
      videos.append((frames[0].label, sum / Double(frames.count)))
    }
    var (wins, pairs) = (0.0, 0.0)
    for fake in videos where fake.label == .fake {
      for real in videos where real.label == .real {
        pairs += 1
        wins += fake.score > real.score ? 1 : fake.score == real.score ? 0.5 : 0
      }
    }
    return wins / pairs
  }

  @Test func `the headline is the mean over domains, not the pooled area`() throws {
    let known = Self.samples("known", groups: 8)
    let post = Self.samples("unknown-post", groups: 7, shift: 0.4)
    let assessment = try Assessment(name: "x", known + post, options: Self.options())
    let whole = try #require(assessment.levels[.videos])
    let headline = try #require(whole.headline?.estimate)
    #expect(abs(headline.value - (Self.area(known) + Self.area(post)) / 2) < 1e-12)
    #expect(whole.headline?.domains.map(\.name) == ["known", "unknown-post"])
    #expect(abs((whole.pooled[.areaUnderCurve]?.value ?? 0) - Self.area(known + post)) < 1e-12)
    #expect(abs(headline.value - Self.area(known + post)) > 0.01)
    let (low, high) = (try #require(headline.low), try #require(headline.high))
    #expect(low < headline.value && headline.value < high)
    #expect(assessment.levels[.images] == nil && assessment.levels[.frames]?.headline == nil)
  }

  @Test func `every metric of the pooled videos is that of the pure functions`() throws {
    let samples = Self.samples("known", groups: 9, seed: 5)
    let whole = try #require(try Assessment(name: "x", samples, options: Self.options()).levels[.videos])
    let items = try Level.videos.items(samples)
    let (scores, labels) = (items.map { $0.scores[0] }, items.map(\.label))
    let expected: [Metric: Double?] = [
      .areaUnderCurve: try RankMetrics.areaUnderCurve(scores: scores, labels: labels),
      .averagePrecision: try RankMetrics.averagePrecision(scores: scores, labels: labels),
      .equalErrorRate: try RankMetrics.equalErrorRate(scores: scores, labels: labels),
      .truePositiveRate: try RankMetrics.truePositiveRate(
        atFalsePositiveRate: 1e-3, scores: scores, labels: labels),
      .accuracy: try ProbabilityMetrics.accuracy(probabilities: scores, labels: labels),
      .balancedAccuracy: try ProbabilityMetrics.balancedAccuracy(probabilities: scores, labels: labels),
      .f1: try ProbabilityMetrics.f1(probabilities: scores, labels: labels),
      .logLoss: try ProbabilityMetrics.logLoss(probabilities: scores, labels: labels),
      .calibrationError: try ProbabilityMetrics.calibrationError(probabilities: scores, labels: labels),
    ]
    for metric in Metric.allCases { #expect(whole.pooled[metric]?.value == expected[metric] ?? nil, "\(metric)") }
  }

  @Test func `intervals are the same bits for any number of threads and any order of samples`() throws {
    let samples = Self.samples("known", groups: 8) + Self.samples("unknown-post", groups: 6, seed: 2)
    let one = try Assessment(name: "x", samples, options: Self.options())
    #expect(try Assessment(name: "x", samples.reversed(), options: Self.options(threads: 3)) == one)
    #expect(try Assessment(name: "x", samples, options: Self.options(seed: 2)) != one)
  }

  @Test func `below six groups of a class there is no interval, but its scores`() throws {
    let five = try #require(
      try Assessment(name: "x", Self.samples("known", groups: 5), options: Self.options()).levels[.videos])
    #expect(five.headline?.estimate?.low == nil && five.pooled[.areaUnderCurve]?.low == nil)
    #expect(five.pooled.scores?.count == 10)
    #expect(five.pooled.scores?.filter { $0.label == .real }.map(\.group) == (0..<5).map { "known\($0)" })
    let six = try #require(
      try Assessment(name: "x", Self.samples("known", groups: 6), options: Self.options()).levels[.videos])
    #expect(six.headline?.estimate?.low != nil && six.pooled.scores == nil)
  }

  @Test func `one class has scores, accuracy and log loss, but no area`() throws {
    let fakes = Self.samples("known", groups: 7).filter { $0.label == .fake }
    let whole = try #require(try Assessment(name: "x", fakes, options: Self.options()).levels[.videos])
    #expect(whole.headline?.estimate == nil && whole.pooled[.areaUnderCurve] == nil && whole.pooled[.f1] == nil)
    #expect(whole.pooled.medianScoreOfFakes != nil && whole.pooled.medianScoreOfReals == nil)
    #expect(whole.pooled[.accuracy]?.low != nil && whole.pooled[.logLoss] != nil)
    #expect(whole.curves.roc.isEmpty && !whole.curves.calibration.isEmpty)
  }

  @Test func `a video without a score counts as 0.5, and the table says what that does`() throws {
    let samples = Self.samples("known", groups: 7)
    let lost = Judgement(
      key: "lost", video: "d/lost.mp4", group: "lost", dataset: "d", domain: "known", label: .fake, scores: [],
      missing: "no-face")
    let with = try Assessment(name: "x", samples + [lost], options: Self.options())
    let without = try Assessment(name: "x", samples, options: Self.options())
    let whole = try #require(with.levels[.videos])
    #expect(whole.pooled.count == 15 && whole.pooled.missing == 1)
    #expect(with.missing == [.videos: ["no-face": 1], .frames: ["no-face": 1]])
    #expect(whole.headline?.withoutMissing == without.levels[.videos]?.headline?.estimate?.value)
    var half = lost
    half.scores = [0.5]
    #expect(abs((whole.headline?.estimate?.value ?? 0) - Self.area(samples + [half])) < 1e-12)
    #expect(without.levels[.videos]?.headline?.withoutMissing == nil)
  }

  @Test func `fakes alone are held against the reals of their dataset, and of their fold`() throws {
    var samples = Self.samples("known", groups: 6) + Self.samples("known", groups: 3, seed: 1, dataset: "e")
    let methods = try Assessment(name: "x", samples, options: Self.options()).breakdowns
      .filter { $0.level == .videos && $0.dimension == .method }
    #expect(methods.map(\.part) == ["m0", "m1"] && methods.allSatisfy(\.borrowsReals))
    #expect(methods[0].estimates.reals == 9 && methods[0].estimates.fakes == 5)
    for index in samples.indices { samples[index].fold = samples[index].dataset == "d" ? 0 : 1 }
    samples.removeAll { $0.dataset == "e" && $0.method == "m1" }
    let folds = try Assessment(name: "x", samples, options: Self.options())
    #expect(folds.levels[.videos]?.headline?.domains.map(\.name) == ["known, fold 0", "known, fold 1"])
    let second = folds.breakdowns.first { $0.level == .videos && $0.dimension == .method && $0.part == "m1" }
    #expect(second?.estimates.reals == 6)
  }

  @Test func `seeds are averaged, listed and drawn`() throws {
    var samples = Self.samples("known", groups: 8)
    for index in samples.indices { samples[index].scores = [samples[index].scores[0], 1 - samples[index].scores[0]] }
    let whole = try #require(try Assessment(name: "x", samples, options: Self.options()).levels[.videos])
    #expect(abs((whole.pooled[.areaUnderCurve]?.value ?? 0) - 0.5) < 1e-12)
    #expect(whole.pooled.seeds?.count == 2)
    // Two seeds that disagree so much make an interval as wide as their difference.
    let first = whole.pooled.seeds?[0][.areaUnderCurve] ?? 0
    #expect((whole.pooled[.areaUnderCurve]?.high ?? 0) > first - 0.1)
  }

  @Test func `scores that are no probabilities have measures of order alone`() throws {
    var samples = Self.samples("known", groups: 7)
    for index in samples.indices { samples[index].scores[0] = samples[index].scores[0] * 8 - 4 }
    let assessment = try Assessment(name: "x", samples, options: Self.options())
    let pooled = try #require(assessment.levels[.videos]?.pooled)
    #expect(pooled[.areaUnderCurve] != nil && pooled[.accuracy] == nil && pooled[.logLoss] == nil)
    #expect(assessment.notes.count == 1)
  }

  @Test func `an assessment is read back from JSON as it was written`() throws {
    let assessment = try Assessment(name: "x", Self.samples("known", groups: 6), options: Self.options())
    let data = try JSONEncoder().encode(assessment)
    #expect(try JSONDecoder().decode(Assessment.self, from: data) == assessment)
    #expect(String(decoding: data, as: UTF8.self).contains(#""auc":{"#))
  }

  @Test func `samples of no named dataset are no part of the table, and unnamed in the headline`() throws {
    let assessment = try Assessment(
      name: "x", Self.samples(nil, groups: 8, dataset: ""), options: Self.options())
    #expect(assessment.levels[.videos]?.headline?.domains.map(\.name) == ["unnamed"])
    #expect(!assessment.breakdowns.contains { $0.dimension == .dataset })
  }
}
