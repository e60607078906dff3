/// The wanted presentation times and what has become of them so far.
struct FrameRequest {
  /// Ascending.
  let wanted: [Int64]
  private(set) var pending: Set<Int64>
  /// Index in `wanted`.
  private var firstPending = 0
  private var damaged: [Int64] = []
  private var summary = DecodingSummary()
  private var framesDecoded = 0
  private var pixelsLeft: Int
  private let limits: DecodingLimits

  init(_ wanted: [Int64], limits: DecodingLimits) {
    self.wanted = wanted
    self.limits = limits
    pixelsLeft = limits.maximumDecodedPixels
    pending = Set(wanted)
  }

  var isComplete: Bool { pending.isEmpty }
  func isPending(_ pts: Int64) -> Bool { pending.contains(pts) }

  /// Whether a frame before `pts`, which should have come first, is still pending.
  func hasPassedOver(_ pts: Int64) -> Bool { firstPending < wanted.count && wanted[firstPending] < pts }

  /// Counts a frame that came out of the decoder.
  ///
  /// - Throws: ``DecodingError`` `too-long` where all frames until now have more pixels than they may.
  mutating func count(width: Int32, height: Int32, path: String) throws(DecodingError) {
    framesDecoded += 1
    pixelsLeft -= Int(width) * Int(height)
    guard pixelsLeft >= 0 else {
      throw DecodingError(
        .tooLong, path: path,
        message: "\(framesDecoded) frames of more than \(limits.maximumDecodedPixels) pixels in all, and no end; "
          + "cut the file or raise the limit")
    }
  }

  /// Counts a frame as delivered if it is wanted and has not been.
  mutating func take(_ pts: Int64, isDamaged: Bool) -> Bool {
    guard pending.remove(pts) != nil else { return false }
    summary.framesDelivered += 1
    if isDamaged { damaged.append(pts) }
    while firstPending < wanted.count, !pending.contains(wanted[firstPending]) { firstPending += 1 }
    return true
  }

  mutating func note(_ decoder: FrameDecoder, _ demuxer: Demuxer) {
    summary.decoderErrors = decoder.errors + (demuxer.damage == nil ? 0 : 1)
    summary.firstDecoderError = decoder.firstError ?? demuxer.damage
  }

  func finish() -> DecodingSummary {
    var summary = summary
    summary.framesDecoded = framesDecoded
    summary.missing = wanted.filter(pending.contains)
    summary.damaged = damaged.sorted()
    return summary
  }
}
