package import Records

/// One decoded frame, upright.
package struct VideoFrame: Sendable {
  package let picture: DecodedPicture
  /// Presentation time in ticks of ``timeBase``.
  package let pts: Int64
  package let timeBase: TimeBase

  package init(picture: DecodedPicture, pts: Int64, timeBase: TimeBase) {
    self.picture = picture
    self.pts = pts
    self.timeBase = timeBase
  }
}

/// What became of the frames that one call of ``VideoFile/decode(_:onFrame:)`` asked for.
package struct DecodingSummary: Codable, Hashable, Sendable {
  /// Frames that came out of the decoder, wanted or not.
  package var framesDecoded = 0
  package var framesDelivered = 0
  /// Wanted presentation times that never came out, ascending.
  package var missing: [Int64] = []
  /// Delivered presentation times of frames that the decoder had to patch, ascending.
  package var damaged: [Int64] = []
  /// Packets that the decoder refused, and a break in the container counted as one.
  package var decoderErrors = 0
  /// FFmpeg's text of the first of them.
  package var firstDecoderError: String?

  package init() {}
}
