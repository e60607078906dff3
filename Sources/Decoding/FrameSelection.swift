/// Which frames of a video to look at.
package enum FrameSelection {
  /// Frames nearest to `count` times spaced evenly from the first presentation time to the last, both included.
  ///
  /// A time midway between two frames takes the earlier; a frame nearest to several times is taken once, so a video
  /// of variable frame rate may give fewer than `count`. Where there are no more than `count` frames, all are taken. A
  /// count of 1 takes the first. Exact in integers.
  ///
  /// - Parameter timestamps: ascending, each once.
  /// - Returns: ascending presentation times, each once.
  package static func uniform(count: Int, of timestamps: [Int64]) -> [Int64] {
    guard count > 0 else { return [] }
    guard timestamps.count > count, let first = timestamps.first, let last = timestamps.last else { return timestamps }
    let steps = Int128(max(count - 1, 1))
    let span = Int128(last) - Int128(first)
    var selected: [Int64] = []
    var index = 0
    for step in 0..<count {
      // Distances are scaled by `steps`, so that every one is an integer.
      let target = span * Int128(step)
      func distance(_ index: Int) -> UInt128 {
        ((Int128(timestamps[index]) - Int128(first)) * steps - target).magnitude
      }
      while index + 1 < timestamps.count, distance(index + 1) < distance(index) { index += 1 }
      if selected.last != timestamps[index] { selected.append(timestamps[index]) }
    }
    return selected
  }
}
