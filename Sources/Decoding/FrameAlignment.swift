private import Records

/// Frames of a fake beside those of its original: taken at the same times since each video's first presentation time.
package struct FrameAlignment: Sendable {
  /// The original's chosen frames, ascending, at least one, in ticks of its own time base.
  package let chosen: [Int64]
  package let timeline: Timeline

  package init(chosen: [Int64], of timeline: Timeline) {
    self.chosen = chosen
    self.timeline = timeline
  }

  /// The frames of a fake: presentation times, ascending, each once, and for those taken beside a frame of the original
  /// its presentation time.
  ///
  /// Each chosen frame of the original takes the fake's frame nearest in time, of two as near the earlier; one after
  /// the fake's end takes none. Where fewer are wanted than the original has, its chosen frames are thinned evenly;
  /// what is wanted beyond them comes from the fake's own choice: spread evenly over it for a count, else
  /// the frames after the original's end.
  package func frames(of fake: Timeline, by selection: FrameSelection) -> [(pts: Int64, originalPTS: Int64?)] {
    var partners: [Int64: Int64] = [:]
    for original in thinned(to: selection.count) {
      guard let pts = nearest(to: original, in: fake), partners[pts] == nil else { continue }
      partners[pts] = original
    }
    let own = selection.times(of: fake).filter { partners[$0] == nil }
    let further: [Int64]
    if let count = selection.count {
      let missing = max(count - partners.count, 0)
      further = missing < own.count ? Self.evenIndices(missing, of: own.count).map { own[$0] } : own
    } else {
      further = own.filter { scaled(timeline.end, for: fake) <= scaled($0, of: fake) }
    }
    return (partners.keys + further).sorted().map { ($0, partners[$0]) }
  }

  private func thinned(to count: Int?) -> [Int64] {
    guard let count, count < chosen.count else { return chosen }
    return Self.evenIndices(count, of: chosen.count).map { chosen[$0] }
  }

  /// `count` indices from 0 to `total - 1`, both included, evenly spaced; `count` is less than `total`.
  private static func evenIndices(_ count: Int, of total: Int) -> [Int] {
    guard count > 1 else { return count == 1 ? [0] : [] }
    // Rounded to the nearest, halves down.
    return (0..<count).map { (2 * $0 * (total - 1) + count - 2) / (2 * (count - 1)) }
  }

  /// Seconds since the first presentation time, times the denominators of both time bases.
  private func scaled(_ original: Int64, for fake: Timeline) -> Int128 {
    (Int128(original) - Int128(timeline.first)) * Int128(timeline.timeBase.numerator)
      * Int128(fake.timeBase.denominator)
  }

  private func scaled(_ pts: Int64, of fake: Timeline) -> Int128 {
    (Int128(pts) - Int128(fake.first)) * Int128(fake.timeBase.numerator) * Int128(timeline.timeBase.denominator)
  }

  private func nearest(to original: Int64, in fake: Timeline) -> Int64? {
    let target = scaled(original, for: fake)
    guard target < scaled(fake.end, of: fake) else { return nil }
    let place = fake.times.indices.partitionIndex { scaled(fake.times[$0], of: fake) >= target }
    let candidates = fake.times[max(place - 1, 0)..<min(place + 1, fake.times.count)]
    return candidates.min { left, right in
      (scaled(left, of: fake) - target).magnitude < (scaled(right, of: fake) - target).magnitude
    }
  }
}
