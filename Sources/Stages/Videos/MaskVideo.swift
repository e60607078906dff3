internal import Decoding
internal import Faces
internal import Imaging
internal import Records

/// The mask video of a fake, as small grey pictures in memory: at most 32 MiB, about 2,300 frames of 16:9.
///
/// Of a longer video every so many-th frame is kept.
struct MaskVideo {
  /// Longer side of the grey pictures, pixels.
  private static let sidePixels = 160
  private static let maximumBytes = 32 << 20

  /// In presentation order.
  private let frames: [(seconds: Double, mask: ManipulationMask)]

  /// Decodes the video at `path`.
  ///
  /// - Throws: `DecodingError` where it cannot be opened or read.
  init(path: String) throws {
    let video = try VideoFile(path: path)
    let times = try video.timestamps()
    let bytesPerFrame = Self.sidePixels * Self.sidePixels
    let step = max(1, (times.count * bytesPerFrame + Self.maximumBytes - 1) / Self.maximumBytes)
    var frames: [(seconds: Double, mask: ManipulationMask)] = []
    _ = try video.decode(stride(from: 0, to: times.count, by: step).map { times[$0] }) { frame in
      let picture = frame.picture
      let scale = min(1, Double(Self.sidePixels) / Double(max(picture.width, picture.height)))
      let width = max(1, Int((Double(picture.width) * scale).rounded()))
      let height = max(1, Int((Double(picture.height) * scale).rounded()))
      let mask = ManipulationMask(
        width: width, height: height, values: try picture.luma(width: width, height: height))
      let seconds = Double(frame.pts) * Double(frame.timeBase.numerator) / Double(frame.timeBase.denominator)
      frames.append((seconds, mask))
    }
    self.frames = frames
  }

  /// The mask shown nearest to a time; of two as near the earlier. `nil` where no frame could be decoded.
  func mask(at seconds: Double) -> ManipulationMask? {
    frames.min { abs($0.seconds - seconds) < abs($1.seconds - seconds) }?.mask
  }
}
