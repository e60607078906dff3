private import CFFmpeg

/// The FFmpeg libraries that this process runs with.
package enum FFmpegLibraries {
  /// Versions by library, such as `libavcodec: 59.37.100`.
  package static func versions() -> [String: String] {
    func text(_ version: UInt32) -> String { "\(version >> 16).\(version >> 8 & 255).\(version & 255)" }
    return [
      "libavcodec": text(avcodec_version()),
      "libavformat": text(avformat_version()),
      "libavutil": text(avutil_version()),
      "libswscale": text(swscale_version()),
    ]
  }

  /// Whether there is a decoder for the codec that FFmpeg calls `codecName` (`h264`, `hevc`, `vp9`, ...).
  package static func canDecode(_ codecName: String) -> Bool {
    guard let descriptor = avcodec_descriptor_get_by_name(codecName) else { return false }
    return avcodec_find_decoder(descriptor.pointee.id) != nil
  }

  /// Turns FFmpeg's log off, once: what it has to say travels in errors and summaries.
  static let silenceLog: Void = av_log_set_level(AV_LOG_QUIET)
}
