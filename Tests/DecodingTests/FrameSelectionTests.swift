import Records
import Testing

@testable import Decoding

@Suite struct FrameSelectionTests {
  @Test func evenlySpacedTimesOfAConstantRate() {
    #expect(FrameSelection.uniform(count: 4, of: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]) == [0, 30, 60, 90])
  }

  @Test func aTieTakesTheEarlierFrame() {
    #expect(FrameSelection.uniform(count: 3, of: [0, 40, 60, 100]) == [0, 40, 100])
  }

  @Test func timesCountAndNotIndices() {
    // Nine frames in the first tenth of the video: the middle is nearest to the ninth, not the fifth.
    #expect(FrameSelection.uniform(count: 3, of: [0, 1, 2, 3, 4, 5, 6, 7, 10, 100]) == [0, 10, 100])
  }

  @Test func aFrameNearestToSeveralTimesIsTakenOnce() {
    #expect(FrameSelection.uniform(count: 4, of: [0, 1, 2, 3, 4, 100]) == [0, 4, 100])
  }

  @Test(arguments: [([Int64](), 5), ([7], 5), ([7, 8, 9], 3), ([7, 8, 9], 4)])
  func fewFramesAreAllTaken(timestamps: [Int64], count: Int) {
    #expect(FrameSelection.uniform(count: count, of: timestamps) == timestamps)
  }

  @Test func countsOfNoneAndOne() {
    #expect(FrameSelection.uniform(count: 0, of: [1, 2]) == [])
    #expect(FrameSelection.uniform(count: 1, of: [1, 2]) == [1])
  }

  @Test func extremeTimesDoNotOverflow() {
    let times: [Int64] = [.min, -1, 0, 5, .max]
    #expect(FrameSelection.uniform(count: 3, of: times) == [.min, -1, .max])
  }

  @Test(arguments: 0..<40) func agreesWithSearchingAllFrames(seed: Int) {
    var random = KeyedRandom(seed: UInt64(seed), key: "frames", stage: "test")
    var time = Int64(random.next() % 1000)
    let times = (0..<20 + seed * 7).map { _ in
      time += Int64(random.next() % 90) + 1
      return time
    }
    let count = 2 + Int(random.next() % 18)
    var expected: [Int64] = []
    for step in 0..<count {
      // Whole numbers: distances times (count - 1).
      let target = (times[times.count - 1] - times[0]) * Int64(step)
      let nearest = times.min { left, right in
        (abs((left - times[0]) * Int64(count - 1) - target), left)
          < (abs((right - times[0]) * Int64(count - 1) - target), right)
      }
      if let nearest, expected.last != nearest { expected.append(nearest) }
    }
    #expect(FrameSelection.uniform(count: count, of: times) == expected)
  }
}
