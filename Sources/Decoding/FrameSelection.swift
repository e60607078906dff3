private import Records

/// Which frames of a video to look at. Every choice is of presentation times, exact in integers.
package enum FrameSelection: Hashable, Sendable {
  /// Frames nearest to `count` times spaced evenly from the first presentation time to the last, both included.
  ///
  /// A time midway between two frames takes the earlier; a frame nearest to several times is taken once, so a video
  /// of variable frame rate may give fewer than `count`. A count of 1 takes the first.
  case uniform(count: Int)
  /// Frames shown at the centres of `count` equal segments of the time from the first frame's start to the last one's
  /// end; a frame shown at several centres is taken once.
  case segments(count: Int)
  /// The first frame and every `interval`-th after it.
  case stride(Int)
  /// Frames shown at the first presentation time and every `denominator / numerator` seconds after it, each once.
  case rate(numerator: Int, denominator: Int)
  /// Frames whose packets the container marks as key.
  case keyframes
  /// `count` different frames, all sets of that size equally likely: a function of seed and key alone.
  case random(count: Int, seed: UInt64, key: String)
  /// Every frame.
  case all

  /// The chosen presentation times, ascending, each once. Where a `count` is no less than the frames there are, all.
  package func times(of timeline: Timeline) -> [Int64] {
    let times = timeline.times
    switch self {
    case .uniform(let count): return count < times.count ? Self.evenly(count, of: times) : times
    case .segments(let count): return count < times.count ? Self.centres(count, of: timeline) : times
    case .stride(let interval):
      return Swift.stride(from: 0, to: times.count, by: max(interval, 1)).map { times[$0] }
    case .rate(let numerator, let denominator):
      return Self.sampled(numerator: max(numerator, 1), denominator: max(denominator, 1), of: timeline)
    case .keyframes: return timeline.keyframes
    case .random(let count, let seed, let key):
      return count < times.count ? Self.drawn(count, of: times, seed: seed, key: key) : times
    case .all: return times
    }
  }

  /// Frames taken of each video, where the choice is of a number; `nil` where it depends on the video.
  package var count: Int? {
    switch self {
    case .uniform(let count), .segments(let count), .random(let count, _, _): count
    case .stride, .rate, .keyframes, .all: nil
    }
  }

  private static func evenly(_ count: Int, of times: [Int64]) -> [Int64] {
    guard count > 0, let first = times.first, let last = times.last else { return [] }
    let steps = Int128(max(count - 1, 1))
    let span = Int128(last) - Int128(first)
    var selected: [Int64] = []
    var index = 0
    for step in 0..<count {
      // Distances are scaled by `steps`, so that every one is an integer.
      let target = span * Int128(step)
      func distance(_ index: Int) -> UInt128 { ((Int128(times[index]) - Int128(first)) * steps - target).magnitude }
      while index + 1 < times.count, distance(index + 1) < distance(index) { index += 1 }
      if selected.last != times[index] { selected.append(times[index]) }
    }
    return selected
  }

  private static func centres(_ count: Int, of timeline: Timeline) -> [Int64] {
    guard count > 0 else { return [] }
    let times = timeline.times
    let span = Int128(timeline.end) - Int128(timeline.first)
    var selected: [Int64] = []
    var index = 0
    for segment in 0..<count {
      // Times since the first are scaled by 2 * count, so that every centre is an integer.
      let centre = span * Int128(2 * segment + 1)
      func start(_ index: Int) -> Int128 { (Int128(times[index]) - Int128(timeline.first)) * Int128(2 * count) }
      while index + 1 < times.count, start(index + 1) <= centre { index += 1 }
      if selected.last != times[index] { selected.append(times[index]) }
    }
    return selected
  }

  private static func sampled(numerator: Int, denominator: Int, of timeline: Timeline) -> [Int64] {
    // A time t is t * perTick / scale sampling intervals after the first; the frame that is shown from a to b intervals
    // is taken where a whole number lies in a ..< b.
    let perTick = Int128(timeline.timeBase.numerator) * Int128(numerator)
    let scale = Int128(timeline.timeBase.denominator) * Int128(denominator)
    let ends = timeline.times.dropFirst() + [timeline.end]
    return zip(timeline.times, ends).compactMap { time, end in
      let start = (Int128(time) - Int128(timeline.first)) * perTick
      let firstSample = (start + scale - 1) / scale
      return firstSample * scale < (Int128(end) - Int128(timeline.first)) * perTick ? time : nil
    }
  }

  /// Source: Floyd's sampling without replacement, Bentley and Floyd 1987.
  private static func drawn(_ count: Int, of times: [Int64], seed: UInt64, key: String) -> [Int64] {
    guard count > 0 else { return [] }
    var random = KeyedRandom(seed: seed, key: key, stage: "frame-selection")
    var chosen: Set<Int> = []
    for upper in times.count - count..<times.count {
      let index = random.integer(below: upper + 1)
      chosen.insert(chosen.contains(index) ? upper : index)
    }
    return chosen.sorted().map { times[$0] }
  }
}
