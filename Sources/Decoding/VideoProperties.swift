package import Imaging
package import Records

/// What the headers of a file say about its chosen video stream.
package struct VideoProperties: Codable, Hashable, Sendable {
  /// FFmpeg's name of the format, such as `mov,mp4,m4a,3gp,3g2,mj2`.
  package var container: String
  /// FFmpeg's name of the codec, such as `h264`.
  package var codec: String
  /// FFmpeg's name of the codec's profile, such as `High`, where the header says.
  package var profile: String?
  /// FFmpeg's name of the stored pixel format, such as `yuv420p10le`; `unknown` where no frame could be read.
  package var pixelFormat: String
  /// Width of the upright frame, pixels. Pixels that are not square stay as they are.
  package var width: Int
  /// Height of the upright frame, pixels.
  package var height: Int
  /// Clockwise turn that makes the stored frame upright: 0, 90, 180 or 270; applied to every ``VideoFrame``.
  package var rotationDegrees: Int
  /// Whether the turned frame is also mirrored left to right.
  package var isMirrored: Bool
  /// Average frames per second, where the header says.
  package var frameRate: Double?
  /// Duration in seconds, where the header says.
  package var durationSeconds: Double?
  /// Seconds per tick of every presentation time.
  package var timeBase: TimeBase
  /// The stated matrix (`bt709`, `smpte170m`, ...); `unknown` where none is stated.
  package var colourMatrix: String
  /// The stated range (`tv`, `pc`); `unknown` where none is stated.
  package var colourRange: String
  /// Whether the file is one picture; its presentation time is 0.
  package var isStillImage: Bool
  /// Bits per second of the stream, or of the whole file where only that is known.
  package var bitRate: Int?
  /// The program that wrote the stream or, where only that is known, the file, such as `Lavf58.76.100`.
  package var encoder: String?
  /// How the picture was compressed, of a JPEG.
  package var jpeg: JPEGHeader?
}
