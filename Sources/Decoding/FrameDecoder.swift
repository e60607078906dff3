import CFFmpeg

/// Owns a codec on one thread and the frame it decodes into.
final class FrameDecoder {
  private let path: String
  private var context: UnsafeMutablePointer<AVCodecContext>?
  private var frame: UnsafeMutablePointer<AVFrame>?
  /// Packets that the codec refused.
  private(set) var errors = 0
  /// FFmpeg's text of the first refusal.
  private(set) var firstError: String?

  init(for stream: UnsafePointer<AVStream>, path: String, limits: DecodingLimits) throws(DecodingError) {
    self.path = path
    let identifier = stream.pointee.codecpar.pointee.codec_id
    guard let codec = avcodec_find_decoder(identifier) else {
      throw DecodingError(
        .unsupportedCodec, path: path,
        message: "no decoder for \(String(cString: avcodec_get_name(identifier))); install an FFmpeg that has one")
    }
    context = avcodec_alloc_context3(codec)
    frame = av_frame_alloc()
    guard let context, frame != nil else { throw .outOfMemory(path) }
    context.pointee.thread_count = 1
    context.pointee.max_pixels = Int64(limits.maximumPixelsPerFrame)
    var status = avcodec_parameters_to_context(context, stream.pointee.codecpar)
    context.pointee.pkt_timebase = stream.pointee.time_base
    if status >= 0 { status = avcodec_open2(context, codec, nil) }
    guard status >= 0 else {
      throw DecodingError(
        .unsupportedCodec, path: path,
        message: "\(String(cString: avcodec_get_name(identifier))) does not open: \(describe(status: status))")
    }
  }

  deinit {
    av_frame_free(&frame)
    avcodec_free_context(&context)
  }

  /// Hands over the next packet, or `nil` to have the last frames out; take frames until there is none before the next.
  ///
  /// - Parameter leavingOutUnreferenced: do not decode the packet's picture where no other refers to it.
  func send(_ packet: UnsafePointer<AVPacket>?, leavingOutUnreferenced: Bool = false) {
    context?.pointee.skip_frame = leavingOutUnreferenced ? AVDISCARD_NONREF : AVDISCARD_DEFAULT
    note(avcodec_send_packet(context, packet))
  }

  /// The next decoded frame, or `nil` where another packet is needed; valid until the next call.
  func nextFrame() -> UnsafeMutablePointer<AVFrame>? {
    let status = avcodec_receive_frame(context, frame)
    if status >= 0 { return frame }
    if status != cffmpeg_error_again() { note(status) }
    return nil
  }

  private func note(_ status: Int32) {
    guard status < 0, status != cffmpeg_error_end() else { return }
    // "Cannot allocate memory" included: that is how codecs refuse the absurd sizes of damaged data.
    errors += 1
    firstError = firstError ?? describe(status: status)
  }
}
