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

  @Test(arguments: [Double.nan, -0.01, 1.01, .infinity]) func `what is no probability is an error`(value: Double) {
    #expect { try ProbabilityMetrics.logLoss(probabilities: [value], labels: [.real]) } throws: {
      ($0 as? EvaluationError)?.code == (value.isNaN ? .notANumber : .notAProbability)
    }
  }
}
