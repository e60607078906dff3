import Records
import Testing

@testable import Decoding

/// Ways of choosing frames beside `uniform`, held against slow and obvious versions.
@Suite struct FrameSelectionKindsTests {
  private static let milliseconds = TimeBase(numerator: 1, denominator: 1000)

  /// A timeline of uneven gaps.
  private func timeline(seed: Int) -> Timeline {
    var random = KeyedRandom(seed: UInt64(seed), key: "timeline", stage: "test")
    var time = Int64(random.integer(below: 500)) - 250
    let times = (0..<5 + random.integer(below: 60)).map { _ in
      time += Int64(random.integer(below: 90)) + 1
      return time
    }
    return Timeline(
      times: times, keyframes: times.enumerated().filter { $0.offset % 7 == 0 }.map(\.element),
      lastDuration: Int64(random.integer(below: 40)), timeBase: Self.milliseconds)
  }

  /// The frame that is shown at `numerator / denominator` ticks after the first.
  private func shown(at numerator: Int64, _ denominator: Int64, in timeline: Timeline) -> Int64? {
    timeline.times.last { ($0 - timeline.first) * denominator <= numerator }
  }

  @Test(arguments: 0..<30) func segmentsTakeTheFramesShownAtTheirCentres(seed: Int) {
    let timeline = timeline(seed: seed)
    for count in [1, 2, 5, 11] where count < timeline.times.count {
      let span = timeline.end - timeline.first
      var expected: [Int64] = []
      for segment in 0..<Int64(count) {
        if let time = shown(at: span * (2 * segment + 1), 2 * Int64(count), in: timeline), expected.last != time {
          expected.append(time)
        }
      }
      #expect(FrameSelection.segments(count: count).times(of: timeline) == expected)
    }
  }

  @Test func segmentsOfAnEvenVideo() {
    let timeline = Timeline(times: (0..<100).map { $0 * 40 }, timeBase: Self.milliseconds)
    #expect(FrameSelection.segments(count: 4).times(of: timeline) == [480, 1480, 2480, 3480])
    #expect(FrameSelection.segments(count: 1).times(of: timeline) == [2000])
  }

  @Test func stridesCountFrames() {
    let timeline = timeline(seed: 3)
    #expect(FrameSelection.stride(1).times(of: timeline) == timeline.times)
    #expect(
      FrameSelection.stride(4).times(of: timeline)
        == timeline.times.enumerated().filter { $0.offset.isMultiple(of: 4) }.map(\.element))
    #expect(FrameSelection.stride(1000).times(of: timeline) == [timeline.first])
  }

  @Test(arguments: 0..<30) func ratesTakeTheFrameShownAtEverySamplingTime(seed: Int) {
    let timeline = timeline(seed: seed)
    for (numerator, denominator) in [(1, 1), (5, 1), (29_970, 1000), (1, 2), (1000, 1)] {
      // Sampling times in ticks: step * 1000 * denominator / numerator.
      var expected: [Int64] = []
      var step: Int64 = 0
      while step * 1000 * Int64(denominator) < (timeline.end - timeline.first) * Int64(numerator) {
        if let time = shown(at: step * 1000 * Int64(denominator), Int64(numerator), in: timeline), expected.last != time
        {
          expected.append(time)
        }
        step += 1
      }
      #expect(
        FrameSelection.rate(numerator: numerator, denominator: denominator).times(of: timeline) == expected,
        "\(numerator) / \(denominator)")
    }
  }

  @Test func keyframesAndAll() {
    let timeline = timeline(seed: 1)
    #expect(FrameSelection.keyframes.times(of: timeline) == timeline.keyframes && !timeline.keyframes.isEmpty)
    #expect(FrameSelection.all.times(of: timeline) == timeline.times)
  }

  @Test func randomFramesDependOnSeedAndKeyAlone() {
    let timeline = Timeline(times: (0..<50).map { $0 * 3 }, timeBase: Self.milliseconds)
    func draw(_ seed: UInt64, _ key: String, _ count: Int = 8) -> [Int64] {
      FrameSelection.random(count: count, seed: seed, key: key).times(of: timeline)
    }
    #expect(draw(1, "a") == draw(1, "a"))
    #expect(draw(1, "a") != draw(1, "b") && draw(1, "a") != draw(2, "a"))
    #expect(draw(1, "a") == draw(1, "a").sorted() && Set(draw(1, "a")).count == 8)
    #expect(draw(1, "a", 50) == timeline.times && draw(1, "a", 0) == [])
    // Every frame is as likely as any other.
    var hits: [Int64: Int] = [:]
    for seed in 0..<2000 { for time in draw(UInt64(seed), "c", 5) { hits[time, default: 0] += 1 } }
    #expect(hits.count == 50 && hits.values.allSatisfy { (140...260).contains($0) }, "\(hits.values.sorted())")
  }
}

/// Frames of a fake beside its original's.
@Suite struct FrameAlignmentTests {
  private static let milliseconds = TimeBase(numerator: 1, denominator: 1000)

  private func timeline(_ times: [Int64], base: TimeBase = milliseconds) -> Timeline {
    Timeline(times: times, timeBase: base)
  }

  @Test func equalVideosTakeTheSameFrames() {
    let video = timeline((0..<100).map { $0 * 40 })
    let chosen = FrameSelection.uniform(count: 8).times(of: video)
    let frames = FrameAlignment(chosen: chosen, of: video).frames(of: video, by: .uniform(count: 8))
    #expect(frames.map(\.pts) == chosen && frames.map(\.originalPTS) == chosen)
  }

  @Test func timesAreThoseSinceTheFirstWhateverTheTimeBase() {
    let original = timeline((0..<10).map { 500 + $0 * 40 })
    let fake = timeline((0..<10).map { $0 * 600 }, base: TimeBase(numerator: 1, denominator: 15_000))
    let frames = FrameAlignment(chosen: [500, 620, 860], of: original).frames(of: fake, by: .uniform(count: 3))
    #expect(frames.map(\.pts) == [0, 1800, 5400])
    #expect(frames.map(\.originalPTS) == [500, 620, 860])
  }

  @Test func aLongerFakeGetsWhatIsMissingFromItself() {
    let original = timeline((0..<20).map { $0 * 40 })
    let fake = timeline((0..<60).map { $0 * 40 })
    let chosen = FrameSelection.uniform(count: 4).times(of: original)
    let counted = FrameAlignment(chosen: chosen, of: original).frames(of: fake, by: .uniform(count: 6))
    #expect(counted.count == 6 && counted.compactMap(\.originalPTS) == chosen)
    let strided = FrameAlignment(chosen: [0, 400], of: original).frames(of: fake, by: .stride(10))
    #expect(strided.map(\.pts) == [0, 400, 800, 1200, 1600, 2000])
    #expect(strided.map(\.originalPTS) == [0, 400, nil, nil, nil, nil])
  }

  @Test func aShorterFakeLacksWhatIsBeyondItsEnd() {
    let original = timeline((0..<60).map { $0 * 40 })
    let fake = timeline((0..<20).map { $0 * 40 })
    let frames = FrameAlignment(chosen: [0, 400, 800, 1200], of: original).frames(of: fake, by: .stride(10))
    #expect(frames.map(\.pts) == [0, 400])
  }

  @Test func fewerFakesThanOriginalsAreThinnedEvenly() {
    let video = timeline((0..<32).map { $0 * 40 })
    let frames = FrameAlignment(chosen: video.times, of: video).frames(of: video, by: .uniform(count: 5))
    // Of the indices 7.75, 15.5 and 23.25 the nearest, a half down.
    #expect(frames.map(\.pts) == [0, 320, 600, 920, 1240])
    #expect(frames.allSatisfy { $0.originalPTS == $0.pts })
  }
}
