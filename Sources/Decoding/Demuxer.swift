import CFFmpeg

/// Owns FFmpeg's byte reader for one file.
private final class ByteSource {
  private(set) var context: UnsafeMutablePointer<AVIOContext>?

  /// - Parameter part: the bytes of the file to read; all of them unless given.
  init(path: String, part: Range<Int>?) throws(DecodingError) {
    // The explicit protocol keeps a path with a colon from being taken for an address.
    let address = part.map { "subfile,,start,\($0.lowerBound),end,\($0.upperBound),,:file:\(path)" } ?? "file:\(path)"
    let status = avio_open2(&context, address, AVIO_FLAG_READ, nil, nil)
    guard status >= 0 else {
      throw DecodingError(.io, path: path, message: "\(describe(status: status)); check the path and its permissions")
    }
  }

  deinit { avio_closep(&context) }

  /// Text of a failure of the disk or the network beneath it; `nil` while there was none.
  var failure: String? {
    guard let status = context?.pointee.error, status < 0, status != cffmpeg_error_end() else { return nil }
    return describe(status: status)
  }
}

/// Owns an open container and hands out the packets of its one chosen video stream in file order.
final class Demuxer {
  let path: String
  private let maximumPackets: Int
  private let source: ByteSource
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private var packet: UnsafeMutablePointer<AVPacket>?
  private var packetsRead = 0
  /// The chosen stream; valid as long as this object.
  private(set) var stream: UnsafeMutablePointer<AVStream>
  /// FFmpeg's text where damage, not the end of the file, ended the packets.
  private(set) var damage: String?

  init(path: String, part: Range<Int>?, limits: DecodingLimits) throws(DecodingError) {
    do { try FFmpegLibraries.load() } catch { throw DecodingError(.io, path: path, message: "\(error)") }
    self.path = path
    maximumPackets = limits.maximumPackets
    let source = try ByteSource(path: path, part: part)
    self.source = source
    var opened: UnsafeMutablePointer<AVFormatContext>?
    do throws(DecodingError) {
      opened = try Self.open(source, path: path, limits: limits)
      stream = try Self.chooseStream(of: opened, path: path, limits: limits)
    } catch {
      avformat_close_input(&opened)
      throw error
    }
    context = opened
    packet = av_packet_alloc()
    guard packet != nil else { throw .outOfMemory(path) }
  }

  deinit {
    av_packet_free(&packet)
    avformat_close_input(&context)
  }

  /// FFmpeg's name of the container's format.
  var container: String { context?.pointee.iformat?.pointee.name.map { String(cString: $0) } ?? "unknown" }
  /// Duration in seconds of the whole file, where the header says.
  var durationSeconds: Double? {
    guard let duration = context?.pointee.duration, duration > 0 else { return nil }
    return Double(duration) / Double(AV_TIME_BASE)
  }
  /// Bits per second of the whole file, where known.
  var bitRate: Int? { context.flatMap { $0.pointee.bit_rate > 0 ? Int($0.pointee.bit_rate) : nil } }
  /// The program that the stream or, else, the file says it was written by.
  var encoder: String? {
    [stream.pointee.metadata, context?.pointee.metadata].lazy
      .compactMap { av_dict_get($0, "encoder", nil, 0)?.pointee.value }.first.map { String(cString: $0) }
  }
  /// Whether the file is one coded picture rather than a stream of them.
  var isStillImage: Bool { container.hasSuffix("_pipe") }

  /// The next packet of the chosen stream, or `nil` after the last; valid until the next call.
  func nextPacket() throws(DecodingError) -> UnsafeMutablePointer<AVPacket>? {
    while let packet {
      av_packet_unref(packet)
      packetsRead += 1
      guard packetsRead <= maximumPackets else {
        throw DecodingError(
          .tooManyPackets, path: path, message: "more than \(maximumPackets) packets; cut the file or raise the limit")
      }
      let status = av_read_frame(context, packet)
      if status == cffmpeg_error_again() { continue }
      guard status >= 0 else {
        if let failure = source.failure { throw Self.readFailure(failure, path: path) }
        // "Cannot allocate memory" included: that is how FFmpeg refuses the absurd sizes of a damaged packet.
        if status != cffmpeg_error_end() { damage = describe(status: status) }
        return nil
      }
      if packet.pointee.stream_index == stream.pointee.index { return packet }
    }
    return nil
  }

  /// The packet's presentation time, else its decoding time; 0 for a still picture.
  func time(of packet: UnsafePointer<AVPacket>) -> Int64? {
    if isStillImage { return 0 }
    if packet.pointee.pts != cffmpeg_no_pts() { return packet.pointee.pts }
    return packet.pointee.dts != cffmpeg_no_pts() ? packet.pointee.dts : nil
  }

  /// Goes back to the first packet; `false` where the container cannot, and has to be opened anew.
  ///
  /// That the packets are the same as before is for the caller to see: not every container keeps that promise.
  func rewind() -> Bool {
    guard packetsRead > 0 else { return true }
    guard !isStillImage, damage == nil, source.failure == nil else { return false }
    packetsRead = 0
    return av_seek_frame(context, stream.pointee.index, .min + 1_000_000, AVSEEK_FLAG_BACKWARD) >= 0
  }

  /// The one packet of a still picture; `nil` for a video.
  ///
  /// - Throws: ``DecodingError`` `unsupported-image` where FFmpeg would get its pixels wrong.
  func stillImage() throws(DecodingError) -> StillImage? {
    guard isStillImage, let packet = try nextPacket() else { return nil }
    let image = StillImage(packet, codec: stream.pointee.codecpar.pointee.codec_id)
    if let unsupported = image.unsupported { throw .unsupportedImage(unsupported, path) }
    return image
  }

  private static func readFailure(_ text: String, path: String) -> DecodingError {
    DecodingError(.io, path: path, message: "\(text) while reading; check the disk and run again")
  }

  private static func open(
    _ source: ByteSource, path: String, limits: DecodingLimits
  ) throws(DecodingError) -> UnsafeMutablePointer<AVFormatContext> {
    var context = avformat_alloc_context()
    context?.pointee.pb = source.context
    // AVI stores only decoding times: FFmpeg makes presentation times of them. Each frame has one of its own, but those
    // of H.264 pictures that AVI carries out of order may be a few ticks off.
    context?.pointee.flags |= AVFMT_FLAG_GENPTS
    // No name and no protocol: the content alone decides the format, and a pattern or playlist opens no other file.
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    av_dict_set(&options, "protocol_whitelist", "none", 0)
    var status = avformat_open_input(&context, nil, nil, &options)
    if status >= 0 {
      // A look at the first frame decodes it: the limit holds there, too.
      var codecs = (0..<(context?.pointee.nb_streams ?? 0)).map { _ -> OpaquePointer? in
        var options: OpaquePointer?
        av_dict_set(&options, "max_pixels", String(limits.maximumPixelsPerFrame), 0)
        return options
      }
      status = avformat_find_stream_info(context, &codecs)
      for index in codecs.indices { av_dict_free(&codecs[index]) }
    }
    if status >= 0, let context { return context }
    avformat_close_input(&context)
    if let failure = source.failure { throw readFailure(failure, path: path) }
    // "Cannot allocate memory" included: that is how FFmpeg refuses the absurd sizes of a damaged header.
    throw DecodingError(
      .cannotOpen, path: path, message: "\(describe(status: status)); not a complete video or image, fetch it again")
  }

  /// The default video stream, of several the one with the most pixels, then the first: FFmpeg's own choice. Cover
  /// pictures are none. The others are not read.
  private static func chooseStream(
    of context: UnsafeMutablePointer<AVFormatContext>?, path: String, limits: DecodingLimits
  ) throws(DecodingError) -> UnsafeMutablePointer<AVStream> {
    var chosen: (stream: UnsafeMutablePointer<AVStream>, isDefault: Int, pixels: Int)?
    for index in 0..<Int(context?.pointee.nb_streams ?? 0) {
      guard let stream = context?.pointee.streams[index], let parameters = stream.pointee.codecpar else { continue }
      stream.pointee.discard = AVDISCARD_ALL
      let disposition = stream.pointee.disposition
      guard parameters.pointee.codec_type == AVMEDIA_TYPE_VIDEO, disposition & AV_DISPOSITION_ATTACHED_PIC == 0
      else { continue }
      let isDefault = disposition & AV_DISPOSITION_DEFAULT != 0 ? 1 : 0
      let pixels = Int(parameters.pointee.width) * Int(parameters.pointee.height)
      if let best = chosen, (isDefault, pixels) <= (best.isDefault, best.pixels) { continue }
      chosen = (stream, isDefault, pixels)
    }
    guard let chosen else {
      throw DecodingError(.noVideoStream, path: path, message: "no video stream; leave this file out of the dataset")
    }
    guard chosen.pixels > 0 else {
      if isAnimatedWebP(context) { throw .unsupportedImage("an animated WebP", path) }
      try refuse(claimedPixels(of: chosen.stream, in: context), path: path, limits: limits)
      throw DecodingError(.noFrames, path: path, message: "no frame that tells its size; fetch the file again")
    }
    try refuse(chosen.pixels, path: path, limits: limits)
    chosen.stream.pointee.discard = AVDISCARD_DEFAULT
    return chosen.stream
  }

  private static func refuse(_ pixels: Int, path: String, limits: DecodingLimits) throws(DecodingError) {
    guard pixels > limits.maximumPixelsPerFrame else { return }
    throw DecodingError(
      .tooLarge, path: path,
      message: "frames of \(pixels) pixels, above the limit of \(limits.maximumPixelsPerFrame); scale it down")
  }

  /// Pixels that the header of a still picture claims, whose size FFmpeg refuses to tell; 0 where it claims none.
  private static func claimedPixels(
    of stream: UnsafeMutablePointer<AVStream>, in context: UnsafeMutablePointer<AVFormatContext>?
  ) -> Int {
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    stream.pointee.discard = AVDISCARD_DEFAULT
    guard let packet, av_read_frame(context, packet) >= 0 else { return 0 }
    return StillImage(packet, codec: stream.pointee.codecpar.pointee.codec_id).claimedPixels
  }

  private static func isAnimatedWebP(_ context: UnsafeMutablePointer<AVFormatContext>?) -> Bool {
    var start = [UInt8](repeating: 0, count: 21)
    guard let source = context?.pointee.pb, avio_seek(source, 0, SEEK_SET) >= 0, avio_read(source, &start, 21) == 21
    else { return false }
    return start[8..<16].elementsEqual("WEBPVP8X".utf8) && start[20] & 2 != 0
  }
}
