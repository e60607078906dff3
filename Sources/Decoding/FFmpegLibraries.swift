private import CFFmpeg
package import NativeLibraries

/// The FFmpeg libraries that this process runs with, loaded when first used.
package enum FFmpegLibraries {
  /// Versions by library, such as `libavcodec: 59.37.100`.
  ///
  /// - Throws: ``NativeLibraryError`` where one of them cannot be loaded.
  package static func versions() throws(NativeLibraryError) -> [String: String] {
    try load()
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
    guard failure == nil, let descriptor = avcodec_descriptor_get_by_name(codecName) else { return false }
    return avcodec_find_decoder(descriptor.pointee.id) != nil
  }

  /// Loads the libraries, unless they are there, and turns FFmpeg's log off: what it has to say travels in errors and
  /// summaries.
  static func load() throws(NativeLibraryError) {
    if let failure { throw failure }
  }

  /// Why the libraries cannot be had; `nil` where they are there. The same answer for the life of the process.
  private static let failure: NativeLibraryError? = {
    if let reason = cffmpeg_load() { return NativeLibraryError(library: "FFmpeg", reason: String(cString: reason)) }
    av_log_set_level(AV_LOG_QUIET)
    return nil
  }()
}
