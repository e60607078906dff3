import CFFmpeg
private import Imaging
private import Records

/// One video or still image: its properties, its presentation times, its frames.
///
/// Every pass opens the file anew, so a `VideoFile` holds no handle, and passes do not disturb each other.
package final class VideoFile: Sendable {
  package let path: String
  package let limits: DecodingLimits
  package let properties: VideoProperties
  private let orientation: Orientation

  /// Reads the headers.
  ///
  /// - Throws: ``DecodingError`` with `io` where the file cannot be read; `cannot-open`, `no-video-stream`,
  ///   `unsupported-codec`, `too-large` or `no-frames` where its content is at fault.
  package init(path: String, limits: DecodingLimits = .init()) throws(DecodingError) {
    self.path = path
    self.limits = limits
    let demuxer = try Demuxer(path: path, limits: limits)
    let decoder = try FrameDecoder(for: demuxer.stream, path: path, limits: limits)
    // A video's orientation is the container's; a still picture's stands in the picture.
    var orientation = Orientation(of: demuxer.stream)
    if demuxer.isStillImage, let packet = try demuxer.nextPacket() {
      try decoder.send(packet)
      try decoder.send(nil)
      if let frame = try decoder.nextFrame() { orientation = Orientation(of: frame) }
    }
    self.orientation = orientation
    properties = VideoProperties(demuxer, orientation)
  }

  /// Presentation times of the frames, ascending, each once, read from the packets without decoding.
  ///
  /// Packets that an edit list takes out of the presentation are left out, as the decoder leaves out their frames.
  /// - Throws: ``DecodingError`` with `no-frames`, `too-many-packets` or `io`.
  package func timestamps() throws(DecodingError) -> [Int64] {
    let demuxer = try Demuxer(path: path, limits: limits)
    var times = Set<Int64>()
    while let packet = try demuxer.nextPacket() {
      guard packet.pointee.flags & AV_PKT_FLAG_DISCARD == 0, let time = time(of: packet) else { continue }
      times.insert(time)
      if properties.isStillImage { break }
    }
    guard !times.isEmpty else {
      let reason = demuxer.damage ?? "no packet with a presentation time"
      throw DecodingError(
        .noFrames, path: path, message: "\(reason); fetch the file again, or put a raw stream into a container")
    }
    return times.sorted()
  }

  /// Decodes forward as far as the last wanted frame and hands over the wanted frames upright, in presentation order.
  ///
  /// A frame is known by its presentation time alone: a time that never comes out is listed as missing, and no other
  /// frame takes its place. The pictures handed over are those of a decoder that decodes everything.
  ///
  /// - Parameter wanted: ascending presentation times out of ``timestamps()``.
  /// - Throws: ``DecodingError`` with `io`, `conversion` or `too-many-packets`; what `onFrame` throws, unchanged.
  package func decode(
    _ wanted: [Int64], onFrame: (VideoFrame) throws -> Void
  ) throws -> DecodingSummary {
    let converter = SharedConverter(path: path)
    return try forEachFrame(wanted) { pts, frame in
      let picture = try DecodedPicture(frame, orientation: orientation, converter: converter, path: path)
      try onFrame(VideoFrame(picture: picture, pts: pts, timeBase: properties.timeBase))
    }
  }

  /// ``decode(_:onFrame:)`` with the decoder's own frames, for which the converter has not yet been paid.
  ///
  /// - Parameter leavingOutUnreferenced: do not decode H.264 pictures that are neither wanted nor referred to.
  func forEachFrame(
    _ wanted: [Int64], leavingOutUnreferenced: Bool = true,
    body: (_ pts: Int64, _ frame: UnsafePointer<AVFrame>) throws -> Void
  ) throws -> DecodingSummary {
    var request = FrameRequest(wanted)
    // Leaving pictures out is exact in sound streams. At the first sign of damage everything is decoded from the start,
    // as concealment and the depth of reordering may depend on any picture; frames handed over are not repeated.
    var isDone = false
    if leavingOutUnreferenced { isDone = try pass(&request, leavingOutUnreferenced: true, body: body) }
    if !isDone { _ = try pass(&request, leavingOutUnreferenced: false, body: body) }
    return request.finish()
  }

  /// Reads the file once; gives up and returns `false` where `leavingOutUnreferenced` may have cost a frame.
  private func pass(
    _ request: inout FrameRequest, leavingOutUnreferenced: Bool,
    body: (_ pts: Int64, _ frame: UnsafePointer<AVFrame>) throws -> Void
  ) throws -> Bool {
    let demuxer = try Demuxer(path: path, limits: limits)
    let decoder = try FrameDecoder(for: demuxer.stream, path: path, limits: limits)
    let leavesOut = leavingOutUnreferenced && decoder.canLeaveOutUnreferenced
    var isDrained = false
    while !request.isComplete, !isDrained {
      let packet = try demuxer.nextPacket()
      let isWanted = packet.flatMap(time(of:)).map(request.isPending) ?? true
      try decoder.send(packet, leavingOutUnreferenced: leavesOut && !isWanted)
      isDrained = packet == nil
      if properties.isStillImage, !isDrained {
        try decoder.send(nil)
        isDrained = true
      }
      while let frame = try decoder.nextFrame() {
        request.framesDecoded += 1
        guard let pts = time(of: frame) else { continue }
        if leavesOut, isDamaged(frame) || request.hasPassedOver(pts) { return false }
        if request.take(pts, isDamaged: isDamaged(frame)) { try body(pts, frame) }
        if request.isComplete { break }
      }
      if leavesOut, decoder.errors > 0 { return false }
    }
    if leavesOut, !request.isComplete { return false }
    request.note(decoder, demuxer)
    return true
  }

  private func time(of packet: UnsafeMutablePointer<AVPacket>) -> Int64? {
    if properties.isStillImage { return 0 }
    if packet.pointee.pts != cffmpeg_no_pts() { return packet.pointee.pts }
    return packet.pointee.dts != cffmpeg_no_pts() ? packet.pointee.dts : nil
  }

  private func time(of frame: UnsafeMutablePointer<AVFrame>) -> Int64? {
    if properties.isStillImage { return 0 }
    if frame.pointee.pts != cffmpeg_no_pts() { return frame.pointee.pts }
    let guess = frame.pointee.best_effort_timestamp
    return guess != cffmpeg_no_pts() ? guess : nil
  }

  private func isDamaged(_ frame: UnsafeMutablePointer<AVFrame>) -> Bool {
    frame.pointee.decode_error_flags != 0 || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
  }
}

/// The wanted presentation times and what has become of them so far.
private struct FrameRequest {
  private let wanted: [Int64]
  private var pending: Set<Int64>
  /// Index in `wanted`.
  private var firstPending = 0
  private var damaged: [Int64] = []
  private var summary = DecodingSummary()
  var framesDecoded = 0

  init(_ wanted: [Int64]) {
    self.wanted = wanted
    pending = Set(wanted)
  }

  var isComplete: Bool { pending.isEmpty }
  func isPending(_ pts: Int64) -> Bool { pending.contains(pts) }

  /// Whether a frame before `pts`, which should have come first, is still pending.
  func hasPassedOver(_ pts: Int64) -> Bool { firstPending < wanted.count && wanted[firstPending] < pts }

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
