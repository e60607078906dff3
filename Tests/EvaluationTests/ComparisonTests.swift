import Evaluation
import Records
import Testing

@Suite struct ComparisonTests {
  private let options = AssessmentTests.options()

  @Test func `a detector is no better than itself, by an interval of no width`() throws {
    let samples = AssessmentTests.samples("known", groups: 8)
    let comparison = try Comparison(samples, samples, options: options)
    let headline = try #require(comparison.headlines[.videos])
    #expect(headline.difference == 0 && headline.low == 0 && headline.high == 0)
    #expect(comparison.parts.map(\.level) == [.videos, .videos, .frames, .frames])
    #expect(comparison.parts.map(\.domain) == [nil, "known", nil, "known"])
    #expect(comparison.parts.allSatisfy { $0.metrics.values.allSatisfy { $0.difference == 0 } })
  }

  @Test func `differences are second less first, and pairs make them surer than two intervals`() throws {
    let first = AssessmentTests.samples("known", groups: 12) + AssessmentTests.samples("post", groups: 12, shift: 0.3)
    var second = first
    for index in second.indices where second[index].label == .fake { second[index].scores[0] += 0.02 }
    let comparison = try Comparison(first, second, options: options)
    let headline = try #require(comparison.headlines[.videos])
    let one = try #require(try Assessment(name: "", first, options: options).levels[.videos]?.headline?.estimate)
    let other = try #require(try Assessment(name: "", second, options: options).levels[.videos]?.headline?.estimate)
    #expect(headline.first == one.value && headline.second == other.value)
    #expect(headline.difference == other.value - one.value && headline.difference > 0)
    let width = try #require(headline.high) - #require(headline.low)
    #expect(width < (one.high ?? 0) - (one.low ?? 0), "paired draws must be narrower than unpaired ones")
    #expect(
      try Comparison(second.reversed(), first, options: options).headlines[.videos]?.difference == -headline.difference)
  }

  @Test func `what only one has is listed and in no number`() throws {
    let samples = AssessmentTests.samples("known", groups: 7)
    let comparison = try Comparison(Array(samples.dropFirst(2)), Array(samples.dropLast()), options: options)
    #expect(comparison.onlySecond == samples.prefix(2).map(\.key))
    #expect(comparison.onlyFirst == [samples[samples.count - 1].key])
    #expect(comparison.pairs == samples.count - 3)
    var silent = samples
    silent[3].scores = []
    let other = try Comparison(samples, silent, options: options)
    #expect(other.onlyFirst == [samples[3].key] && other.pairs == samples.count - 1 && other.notes.count == 1)
  }

  @Test func `facts that one table lacks are taken from the other`() throws {
    let full = AssessmentTests.samples("known", groups: 7)
    let bare = full.map {
      Judgement(key: $0.key, video: $0.key, group: $0.key, dataset: "", label: $0.label, scores: $0.scores)
    }
    let one = try Comparison(full, bare, options: options)
    let other = try Comparison(bare, full, options: options)
    #expect(one.parts == other.parts && one.headlines == other.headlines && one.notes.isEmpty)
  }

  @Test func `another label, no common sample and a key twice are errors`() {
    let samples = AssessmentTests.samples("known", groups: 6)
    var turned = samples
    turned[0].label = .fake
    var renamed = samples
    for index in renamed.indices { renamed[index].key += "x" }
    for wrong in [turned, renamed, samples + [samples[0]]] {
      #expect { try Comparison(samples, wrong, options: options) } throws: {
        ($0 as? EvaluationError)?.code == .differentSamples
      }
    }
  }
}
