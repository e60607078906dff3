import CFFmpeg
private import Imaging
private import Records

/// One video or still image: its properties, its presentation times, its frames.
///
/// The file is opened once, its packets are read once for their times, and again as far as wanted frames go; of their
/// bytes none are kept.
package final class VideoFile {
  package let path: String
  private let part: Range<Int>?
  package let limits: DecodingLimits
  package let properties: VideoProperties
  let orientation: Orientation
  private let deinterlacer: Deinterlacer?
  /// The coded picture, where the file is one.
  private let still: StillImage?
  /// Open, and at rest: the next pass takes it.
  private var idle: Demuxer?
  private var knownIndex: PacketIndex?
  private var knownTimeline: Timeline?

  /// Reads the headers.
  ///
  /// - Parameters:
  ///   - part: the bytes of the file that are the video, such as a member of a tar; all of them unless given.
  ///   - deinterlacing: whether frames marked as interlaced are made whole; see ``Deinterlacer``.
  /// - Throws: ``DecodingError`` with `io` where the file cannot be read; `cannot-open`, `no-video-stream`,
  ///   `unsupported-codec`, `unsupported-image`, `too-large` or `no-frames` where its content is at fault.
  package init(
    path: String, part: Range<Int>? = nil, limits: DecodingLimits = .init(), deinterlacing: Bool = false
  ) throws(DecodingError) {
    deinterlacer = deinterlacing ? Deinterlacer(path: path) : nil
    self.path = path
    self.part = part
    self.limits = limits
    let demuxer = try Demuxer(path: path, part: part, limits: limits)
    // Tells whether there is a decoder.
    _ = try FrameDecoder(for: demuxer.stream, path: path, limits: limits)
    still = try demuxer.stillImage()
    // A video's orientation is the container's; a still picture's stands in the picture.
    orientation = still?.orientation ?? Orientation(of: demuxer.stream)
    properties = VideoProperties(demuxer, orientation, jpeg: still?.jpegHeader)
    idle = demuxer
  }

  /// When the frames are shown, read from the packets without decoding.
  ///
  /// Packets that an edit list takes out of the presentation are left out, as the decoder leaves out their frames.
  /// - Throws: ``DecodingError`` with `no-frames`, `too-many-packets` or `io`.
  package func timeline() throws(DecodingError) -> Timeline {
    if let knownTimeline { return knownTimeline }
    if still != nil { return Timeline(times: [0], keyframes: [0], timeBase: properties.timeBase) }
    let index = try index()
    let (times, keyframes) = index.times()
    guard !times.isEmpty else {
      let reason = index.damage ?? "no packet with a presentation time"
      throw DecodingError(
        .noFrames, path: path, message: "\(reason); fetch the file again, or put a raw stream into a container")
    }
    let timeline = Timeline(
      times: times, keyframes: keyframes, lastDuration: index.lastDuration, timeBase: properties.timeBase)
    knownTimeline = timeline
    return timeline
  }

  /// Presentation times of the frames, ascending, each once: those of ``timeline()``.
  package func timestamps() throws(DecodingError) -> [Int64] { try timeline().times }

  /// Decodes forward as far as the last wanted frame and hands over the wanted frames upright, in presentation order.
  ///
  /// A frame is known by its presentation time alone: a time that never comes out is listed as missing, and no other
  /// frame takes its place. The pictures handed over are those of a decoder that decodes everything.
  ///
  /// - Parameter wanted: ascending presentation times out of ``timestamps()``.
  /// - Throws: ``DecodingError`` with `io`, `conversion`, `too-many-packets` or `too-long`; what `onFrame` throws, unchanged.
  package func decode(
    _ wanted: [Int64], onFrame: (VideoFrame) throws -> Void
  ) throws -> DecodingSummary {
    if let still { return try decodeStill(still, wanted, onFrame: onFrame) }
    let converter = SharedConverter(path: path)
    return try forEachFrame(wanted) { pts, frame in
      let whole = try deinterlacer?.whole(frame) ?? frame
      let picture = try DecodedPicture(whole, orientation: orientation, converter: converter, path: path)
      try onFrame(VideoFrame(picture: picture, pts: pts, timeBase: properties.timeBase))
    }
  }

  /// ``decode(_:onFrame:)`` with the decoder's own frames, for which the converter has not yet been paid.
  ///
  /// Leaving packets out is exact in sound streams. At the first sign of damage everything is decoded from the start, as
  /// concealment and the depth of reordering may depend on any picture; frames handed over are not repeated.
  ///
  /// - Parameter leavingOutUnneeded: decode only what the wanted frames depend on, as far as that is exact.
  func forEachFrame(
    _ wanted: [Int64], leavingOutUnneeded: Bool = true,
    body: (_ pts: Int64, _ frame: UnsafePointer<AVFrame>) throws -> Void
  ) throws -> DecodingSummary {
    var request = FrameRequest(wanted, limits: limits)
    guard !wanted.isEmpty else { return request.finish() }
    if leavingOutUnneeded {
      let index = try index()
      if let plan = DecodePlan(index, wanted: request.pending) {
        let isDone = try pass { pass in try pass.needed(plan, index, &request, body: body) }
        if isDone { return request.finish() }
      }
    }
    // A container that does not go back exactly is opened anew.
    idle = nil
    try pass { pass in try pass.everything(&request, body: body) }
    return request.finish()
  }

  private func index() throws(DecodingError) -> PacketIndex {
    if let knownIndex { return knownIndex }
    let demuxer = try takeDemuxer()
    let index = try PacketIndex(demuxer)
    idle = demuxer
    knownIndex = index
    return index
  }

  private func pass<Result>(_ body: (DecodePass) throws -> Result) throws -> Result {
    let demuxer = try takeDemuxer()
    let decoder = try FrameDecoder(for: demuxer.stream, path: path, limits: limits)
    let result = try body(DecodePass(demuxer: demuxer, decoder: decoder))
    idle = demuxer
    return result
  }

  /// The open file at its first packet; nobody else has it until it is put back.
  private func takeDemuxer() throws(DecodingError) -> Demuxer {
    let known = idle
    idle = nil
    if let known, known.rewind() { return known }
    return try Demuxer(path: path, part: part, limits: limits)
  }
}
