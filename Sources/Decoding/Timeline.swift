package import Records

/// When the frames of a video are shown, as its packets tell without decoding.
package struct Timeline: Hashable, Sendable {
  /// Presentation times of the frames in ticks of ``timeBase``, ascending, each once, at least one.
  package let times: [Int64]
  /// Those of ``times`` whose packets the container marks as key: for H.264 also recovery points that are no IDR
  /// pictures, for HEVC also CRA pictures.
  package let keyframes: [Int64]
  /// When the last frame ends, above the last of ``times``: its packet's duration, else as long as the one before it.
  package let end: Int64
  package let timeBase: TimeBase

  /// - Parameter lastDuration: of the last frame in ticks, where the packet says.
  package init(times: [Int64], keyframes: [Int64] = [], lastDuration: Int64? = nil, timeBase: TimeBase) {
    self.times = times
    self.keyframes = keyframes
    self.timeBase = timeBase
    let last = times.last ?? 0
    let gap = times.count > 1 ? last.subtractingReportingOverflow(times[times.count - 2]).partialValue : 1
    let duration = lastDuration.flatMap { $0 > 0 ? $0 : nil } ?? max(gap, 1)
    let (sum, isTooFar) = last.addingReportingOverflow(duration)
    end = isTooFar ? .max : sum
  }

  package var first: Int64 { times.first ?? 0 }
}
