import Evaluation
import Records
import Testing

@Suite struct ThresholdTests {
  private let scores = [0.1, 0.2, 0.6, 0.4, 0.8, 0.9]
  private let labels: [Label] = [.real, .real, .real, .fake, .fake, .fake]

  @Test func `thresholds lie between two scores`() throws {
    // Balanced accuracy: above 0.3 5/6, above 0.7 5/6; of equal ones the higher.
    #expect(try ThresholdRule.balancedAccuracy.threshold(scores: scores, labels: labels) == (0.8 + 0.6) / 2)
    // F1: above 0.3 6/7, above 0.7 4/5.
    #expect(try ThresholdRule.f1.threshold(scores: scores, labels: labels) == (0.4 + 0.2) / 2)
    #expect(try ThresholdRule.falsePositiveRate(0).threshold(scores: scores, labels: labels) == (0.8 + 0.6) / 2)
    #expect(try ThresholdRule.falsePositiveRate(0.4).threshold(scores: scores, labels: labels) == (0.4 + 0.2) / 2)
    #expect(try ThresholdRule.fixed(0.3).threshold(scores: [], labels: []) == 0.3)
    #expect(try ThresholdRule.f1.threshold(scores: [0.1], labels: [.real]) == nil)
  }

  @Test(arguments: 0..<60) func `no other threshold is better`(seed: UInt64) throws {
    var random = KeyedRandom(seed: seed, key: "threshold", stage: "test")
    let scores = (0..<30).map { _ in Double(random.integer(below: 20)) / 20 }
    let labels: [Label] = (0..<30).map { $0 == 0 ? .real : $0 == 1 || random.chance(0.5) ? .fake : .real }
    for rule in [ThresholdRule.balancedAccuracy, .f1] {
      func value(_ threshold: Double) throws -> Double {
        let found =
          rule == .f1
          ? try ProbabilityMetrics.f1(probabilities: scores, labels: labels, threshold: threshold)
          : try ProbabilityMetrics.balancedAccuracy(probabilities: scores, labels: labels, threshold: threshold)
        return try #require(found)
      }
      let chosen = try value(#require(try rule.threshold(scores: scores, labels: labels)))
      for other in stride(from: 0.0, through: 1, by: 0.025) { #expect(try value(other) <= chosen + 1e-12) }
    }
  }

  @Test func `texts`() {
    #expect(ThresholdRule("0.25") == .fixed(0.25) && ThresholdRule("f1") == .f1)
    #expect(
      ThresholdRule("fpr=0.001") == .falsePositiveRate(0.001) && ThresholdRule("balanced-accuracy") == .balancedAccuracy
    )
    #expect(["2", "best", "fpr=", "fpr=2", "nan"].allSatisfy { ThresholdRule($0) == nil })
    #expect(!ThresholdRule.fixed(0).isChosen && ThresholdRule.f1.isChosen)
  }
}
