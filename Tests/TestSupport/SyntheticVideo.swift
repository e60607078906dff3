package import Foundation
package import Imaging

/// Videos made from a formula at test time, with the `ffmpeg` command.
package enum SyntheticVideo {
  /// H.264 with B-frames, as most datasets carry it.
  package static let h264 = [
    "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "12",
    "-threads", "1",
  ]

  /// Writes `frames` pictures as a video; the extension of `url` decides the container.
  ///
  /// - Parameters:
  ///   - codecArguments: output arguments of `ffmpeg`: codec, pixel format, filters, container options.
  ///   - pattern: the picture with the index 0 ..< frames, `width` by `height`.
  /// - Throws: ``SyntheticVideoError`` with what `ffmpeg` printed.
  package static func make(
    at url: URL, width: Int, height: Int, frames: Int, framesPerSecond: Int, codecArguments: [String] = h264,
    pattern: (_ frameIndex: Int) -> Image
  ) throws {
    var raw = Data(capacity: width * height * 3 * frames)
    for index in 0..<frames {
      let image = pattern(index)
      precondition(image.width == width && image.height == height, "\(image.width) x \(image.height)")
      raw.append(contentsOf: image.pixels)
    }
    let source = [
      "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "\(width)x\(height)", "-r", "\(framesPerSecond)",
      "-i", "pipe:0",
    ]
    let target = ["-y", url.path(percentEncoded: false)]
    let result = try runProcess("ffmpeg", source + codecArguments + target, input: raw)
    guard result.status == 0 else { throw SyntheticVideoError(message: result.errors) }
  }

  /// A picture that tells its index and its orientation: a slanted gradient, a bright block in the top-left corner, and
  /// a block that moves right with the index.
  package static func card(width: Int, height: Int, frameIndex: Int) -> Image {
    var image = Image(width: width, height: height)
    let block = max(min(width, height) / 4, 1)
    let left = frameIndex * 3 % max(width - block, 1)
    for y in 0..<height {
      for x in 0..<width {
        let offset = (y * width + x) * 3
        let isCorner = x < block && y < block
        let isMover = x >= left && x < left + block && y >= height / 2 && y < height / 2 + block
        image.pixels[offset] = isCorner ? 255 : UInt8((x * 160 / width + frameIndex * 2) % 200)
        image.pixels[offset + 1] = isCorner ? 240 : isMover ? 220 : UInt8(y * 160 / height)
        image.pixels[offset + 2] = isCorner ? 40 : UInt8((x + y + frameIndex * 5) % 160)
      }
    }
    return image
  }
}

/// An `ffmpeg` that failed to make a test video.
package struct SyntheticVideoError: Error, CustomStringConvertible {
  package let message: String
  package init(message: String) { self.message = message }
  package var description: String { "ffmpeg: \(message)" }
}
