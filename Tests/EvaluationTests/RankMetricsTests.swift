import Evaluation
import Records
import Testing

@Suite struct RankMetricsTests {
  /// Scores on a coarse grid, so that many are equal; both classes present.
  private static func draw(_ seed: UInt64) -> (scores: [Double], labels: [Label]) {
    var random = KeyedRandom(seed: seed, key: "scores", stage: "test")
    let count = 2 + random.integer(below: 60)
    let levels = 1 + random.integer(below: 20)
    let scores = (0..<count).map { _ in Double(random.integer(below: levels)) / 16 }
    let labels: [Label] = (0..<count).map { $0 == 0 ? .real : $0 == 1 || random.chance(0.5) ? .fake : .real }
    return (scores, labels)
  }

  @Test(arguments: 0..<200) func `area equals the count of ordered pairs`(seed: UInt64) throws {
    let (scores, labels) = Self.draw(seed)
    var wins = 0.0
    var pairs = 0.0
    for fake in scores.indices where labels[fake] == .fake {
      for real in scores.indices where labels[real] == .real {
        pairs += 1
        wins += scores[fake] > scores[real] ? 1 : scores[fake] == scores[real] ? 0.5 : 0
      }
    }
    #expect(try RankMetrics.areaUnderCurve(scores: scores, labels: labels) == wins / pairs)
  }

  @Test(arguments: 0..<100) func `every threshold's rates and precision by direct counting`(seed: UInt64) throws {
    let (scores, labels) = Self.draw(seed)
    let fakes = Double(labels.count { $0 == .fake })
    let reals = Double(labels.count { $0 == .real })
    var points: [(falses: Double, trues: Double)] = []
    for threshold in Set(scores).sorted(by: >) {
      let called = scores.indices.filter { scores[$0] >= threshold }
      points.append((Double(called.count { labels[$0] == .real }), Double(called.count { labels[$0] == .fake })))
    }
    let curve = try #require(try RankMetrics.rocCurve(scores: scores, labels: labels))
    #expect(curve[0].threshold == nil && curve[0].falsePositiveRate == 0 && curve[0].truePositiveRate == 0)
    #expect(curve.dropFirst().map(\.falsePositiveRate) == points.map { $0.falses / reals })
    #expect(curve.dropFirst().map(\.truePositiveRate) == points.map { $0.trues / fakes })
    #expect(curve.dropFirst().compactMap(\.threshold) == Set(scores).sorted(by: >))

    var precision = 0.0
    var before = 0.0
    for point in points {
      precision += (point.trues - before) / fakes * point.trues / (point.trues + point.falses)
      before = point.trues
    }
    let measured = try #require(try RankMetrics.averagePrecision(scores: scores, labels: labels))
    #expect(abs(measured - precision) < 1e-12)
    let recallCurve = try #require(try RankMetrics.precisionRecallCurve(scores: scores, labels: labels))
    #expect(recallCurve.map(\.recall) == points.map { $0.trues / fakes })
    #expect(recallCurve.map(\.precision) == points.map { $0.trues / ($0.trues + $0.falses) })
    #expect(recallCurve.map(\.threshold) == Set(scores).sorted(by: >))

    for rate in [0, 0.1, 0.5, 1] {
      let best = points.filter { $0.falses / reals <= rate }.map { $0.trues / fakes }.max() ?? 0
      #expect(try RankMetrics.truePositiveRate(atFalsePositiveRate: rate, scores: scores, labels: labels) == best)
    }
  }

  @Test(arguments: 0..<100) func `the equal error rate lies on the curve and on its diagonal`(seed: UInt64) throws {
    let (scores, labels) = Self.draw(seed)
    let rate = try #require(try RankMetrics.equalErrorRate(scores: scores, labels: labels))
    let curve = try #require(try RankMetrics.rocCurve(scores: scores, labels: labels))
    // The point (rate, 1 - rate) must be on one of the curve's segments.
    let isOnCurve = zip(curve, curve.dropFirst()).contains { before, here in
      let span = (here.falsePositiveRate - before.falsePositiveRate, here.truePositiveRate - before.truePositiveRate)
      let offset = (rate - before.falsePositiveRate, 1 - rate - before.truePositiveRate)
      let share = (offset.0 * span.0 + offset.1 * span.1) / (span.0 * span.0 + span.1 * span.1)
      return abs(offset.0 * span.1 - offset.1 * span.0) < 1e-12 && (-1e-9...1 + 1e-9).contains(share)
    }
    #expect(isOnCurve)
  }

  @Test func `known values`() throws {
    let scores = [0.1, 0.4, 0.35, 0.8]
    let labels: [Label] = [.real, .real, .fake, .fake]
    #expect(try RankMetrics.areaUnderCurve(scores: scores, labels: labels) == 0.75)
    #expect(try RankMetrics.averagePrecision(scores: scores, labels: labels) == (1 + 2.0 / 3) / 2)
    #expect(try RankMetrics.equalErrorRate(scores: scores, labels: labels) == 0.5)
    #expect(try RankMetrics.equalErrorRate(scores: [0, 0, 1, 1], labels: labels) == 0)
    #expect(try RankMetrics.equalErrorRate(scores: [1, 1, 0, 0], labels: labels) == 1)
    #expect(try RankMetrics.areaUnderCurve(scores: [2, 2, 2, 2], labels: labels) == 0.5)
  }

  @Test func `one class has no ranking`() throws {
    #expect(try RankMetrics.areaUnderCurve(scores: [0.1, 0.2], labels: [.fake, .fake]) == nil)
    #expect(try RankMetrics.averagePrecision(scores: [0.1], labels: [.real]) == nil)
    #expect(try RankMetrics.equalErrorRate(scores: [], labels: []) == nil)
    #expect(try RankMetrics.rocCurve(scores: [1], labels: [.fake]) == nil)
    #expect(try RankMetrics.precisionRecallCurve(scores: [1], labels: [.fake]) == nil)
  }

  @Test func `NaN and unequal counts are errors`() {
    #expect { try RankMetrics.areaUnderCurve(scores: [0.1, .nan], labels: [.real, .fake]) } throws: {
      ($0 as? EvaluationError)?.code == .notANumber
    }
    #expect { try RankMetrics.areaUnderCurve(scores: [0.1], labels: [.real, .fake]) } throws: {
      ($0 as? EvaluationError)?.code == .countMismatch
    }
  }

  @Test func `half a million scores of one class order do not overflow`() throws {
    let scores = (0..<500_000).map { Double($0) }
    let labels: [Label] = (0..<500_000).map { $0 < 250_000 ? .real : .fake }
    #expect(try RankMetrics.areaUnderCurve(scores: scores, labels: labels) == 1)
  }
}
