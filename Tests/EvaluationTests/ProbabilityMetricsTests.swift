import Evaluation
import Foundation
import Records
import Testing

@Suite struct ProbabilityMetricsTests {
  private let labels: [Label] = [.real, .real, .real, .fake]

  @Test func `accuracy counts decisions above the threshold`() throws {
    let probabilities = [0.1, 0.5, 0.9, 0.6]
    #expect(try ProbabilityMetrics.accuracy(probabilities: probabilities, labels: labels) == 0.75)
    #expect(try ProbabilityMetrics.balancedAccuracy(probabilities: probabilities, labels: labels) == (2.0 / 3 + 1) / 2)
    #expect(try ProbabilityMetrics.accuracy(probabilities: probabilities, labels: labels, threshold: 0.95) == 0.75)
    #expect(try ProbabilityMetrics.balancedAccuracy(probabilities: [0.5], labels: [.real]) == nil)
    #expect(try ProbabilityMetrics.accuracy(probabilities: [], labels: []) == nil)
  }

  @Test func `log loss is the mean surprise, clipped`() throws {
    let loss = try #require(try ProbabilityMetrics.logLoss(probabilities: [0.25, 0.5], labels: [.real, .fake]))
    #expect(abs(loss - (-log(0.75) - log(0.5)) / 2) < 1e-15)
    #expect(try ProbabilityMetrics.logLoss(probabilities: [1], labels: [.real]) == -log(1e-15))
    #expect(try ProbabilityMetrics.logLoss(probabilities: [0, 1], labels: [.real, .fake]) == 0)
  }

  @Test func `balanced log loss weighs the classes alike`() throws {
    let balanced = try #require(
      try ProbabilityMetrics.balancedLogLoss(probabilities: [0.5, 0.5, 0.5, 0.25], labels: labels))
    #expect(abs(balanced - (-log(0.5) - log(0.25)) / 2) < 1e-15)
    #expect(try ProbabilityMetrics.balancedLogLoss(probabilities: [0.5], labels: [.fake]) == nil)
  }

  @Test func `F1 is of the class fake`() throws {
    // 1 of 2 fakes found, 1 real called fake: precision 1/2, recall 1/2.
    let labels: [Label] = [.fake, .fake, .real, .real]
    #expect(try ProbabilityMetrics.f1(probabilities: [0.9, 0.1, 0.9, 0.1], labels: labels) == 0.5)
    #expect(try ProbabilityMetrics.f1(probabilities: [0.1, 0.1, 0.1, 0.1], labels: labels) == 0)
    #expect(try ProbabilityMetrics.f1(probabilities: [0.9], labels: [.fake]) == nil)
  }

  @Test func `calibration error by hand`() throws {
    // Bins of 1/15: 0 and 0.05 are in the first, 0.1 in the second, 1 in the last.
    let probabilities = [0, 0.05, 0.1, 1, 1]
    let labels: [Label] = [.real, .fake, .real, .fake, .real]
    let error = try #require(try ProbabilityMetrics.calibrationError(probabilities: probabilities, labels: labels))
    #expect(abs(error - (0.95 + 0.1 + 1) / 5) < 1e-12)
    let curve = try ProbabilityMetrics.calibrationCurve(probabilities: probabilities, labels: labels)
    #expect(curve.map(\.count) == [2, 1, 2])
    #expect(curve.map(\.fakeShare) == [0.5, 0, 0.5])
    #expect(curve[0].meanProbability == 0.025 && curve[1].low == 1.0 / 15 && curve[2].high == 1)
    #expect(try ProbabilityMetrics.calibrationError(probabilities: [], labels: []) == nil)
  }

  @Test func `a bin holds its upper bound and not its lower`() throws {
    for bin in 1..<15 {
      let edge = Double(bin) / 15
      let curve = try ProbabilityMetrics.calibrationCurve(
        probabilities: [edge, edge.nextUp], labels: [.real, .real])
      #expect(curve.map(\.low) == [Double(bin - 1) / 15, edge])
    }
  }

  @Test(arguments: 0..<50) func `calibration error equals a sum over bins, one after the other`(seed: UInt64) throws {
    var random = KeyedRandom(seed: seed, key: "calibration", stage: "test")
    let count = 1 + random.integer(below: 80)
    let probabilities = (0..<count).map { _ in Double(random.integer(below: 31)) / 30 }
    let labels: [Label] = (0..<count).map { _ in random.chance(0.5) ? .fake : .real }
    var expected = 0.0
    for bin in 0..<15 {
      let inside = probabilities.indices.filter {
        probabilities[$0] <= Double(bin + 1) / 15 && (probabilities[$0] > Double(bin) / 15 || bin == 0)
      }
      guard !inside.isEmpty else { continue }
      let mean = inside.reduce(0) { $0 + probabilities[$1] } / Double(inside.count)
      let share = Double(inside.count { labels[$0] == .fake }) / Double(inside.count)
      expected += abs(mean - share) * Double(inside.count) / Double(count)
    }
    let error = try #require(try ProbabilityMetrics.calibrationError(probabilities: probabilities, labels: labels))
    #expect(abs(error - expected) < 1e-12)
  }

  @Test(arguments: [Double.nan, -0.01, 1.01, .infinity]) func `what is no probability is an error`(value: Double) {
    #expect { try ProbabilityMetrics.logLoss(probabilities: [value], labels: [.real]) } throws: {
      ($0 as? EvaluationError)?.code == (value.isNaN ? .notANumber : .notAProbability)
    }
  }
}
