import CFFmpeg

/// A video or image that could not be opened, read or converted.
package struct DecodingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of failure it was; stable, stored in records.
  package struct Code: RawRepresentable, Codable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The bytes are of no format that FFmpeg knows, or their header is damaged.
    package static let cannotOpen = Code(rawValue: "cannot-open")
    /// The file holds sound, subtitles or a cover picture, but no video.
    package static let noVideoStream = Code(rawValue: "no-video-stream")
    /// This build of FFmpeg has no decoder for the stream.
    package static let unsupportedCodec = Code(rawValue: "unsupported-codec")
    /// A still picture of a kind that FFmpeg would get wrong: a tiled TIFF, a TIFF of JPEG strips, an animated WebP.
    package static let unsupportedImage = Code(rawValue: "unsupported-image")
    /// A frame has more pixels than ``DecodingLimits/maximumPixelsPerFrame``.
    package static let tooLarge = Code(rawValue: "too-large")
    /// The file has more packets than ``DecodingLimits/maximumPackets``.
    package static let tooManyPackets = Code(rawValue: "too-many-packets")
    /// Frames with more pixels in all than ``DecodingLimits/maximumDecodedPixels`` would have to be decoded.
    package static let tooLong = Code(rawValue: "too-long")
    /// The header is sound, but no frame with a size and a presentation time follows.
    package static let noFrames = Code(rawValue: "no-frames")
    /// The machine failed, not the file: missing, forbidden, unreadable, or no memory.
    package static let io = Code(rawValue: "io")
    /// A decoded frame could not be turned into RGB.
    package static let conversion = Code(rawValue: "conversion")
  }

  package let code: Code
  package let path: String
  /// FFmpeg's own text, and what to do.
  package let message: String

  package init(_ code: Code, path: String, message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  /// Whether the work is unfinished and worth another try, as against the file being bad.
  package var isInputOutput: Bool { code == .io }
  package var description: String { "\(path): \(message) (\(code.rawValue))" }

  static func unsupportedImage(_ kind: String, _ path: String) -> DecodingError {
    DecodingError(.unsupportedImage, path: path, message: "\(kind) is not read; save the picture as PNG")
  }

  static func outOfMemory(_ path: String) -> DecodingError {
    DecodingError(.io, path: path, message: "out of memory; run fewer workers on this machine")
  }
}

/// FFmpeg's own words for a negative status.
func describe(status: Int32) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
    guard let start = buffer.baseAddress else { return "error \(status)" }
    av_strerror(status, start, buffer.count)
    return String(cString: start)
  }
}
