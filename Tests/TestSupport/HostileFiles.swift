package import Foundation
import Records

/// Damage to a file, such as disks, networks and people who mean harm do. The same seed and name give the same damage.
package enum FileDamage: String, CaseIterable, Sendable {
  case cutToTenth, cutToHalf, cutToNineTenths, headerBytes, middleBytes, tailBytes, onePercent, zeroedBlock,
    bytesTakenOut, bytesPutIn, hugeNumbers, gluedToItself, otherTail

  /// - Parameter other: another file's bytes, the end of which may be put on.
  package func apply(to bytes: Data, other: Data, seed: UInt64, name: String) -> Data {
    var bytes = [UInt8](bytes)
    var random = KeyedRandom(seed: seed, key: name, stage: rawValue)
    guard bytes.count > 16 else { return Data(bytes) }
    func set(_ count: Int, in range: Range<Int>) {
      for _ in 0..<count where !range.isEmpty {
        bytes[range.lowerBound + random.integer(below: range.count)] = UInt8(truncatingIfNeeded: random.next())
      }
    }
    let count = bytes.count
    let place = random.integer(below: count - 8)
    switch self {
    case .cutToTenth: bytes.removeLast(count - count / 10)
    case .cutToHalf: bytes.removeLast(count - count / 2)
    case .cutToNineTenths: bytes.removeLast(count - count * 9 / 10)
    case .headerBytes: set(5, in: 0..<min(count, 400))
    case .middleBytes: set(20, in: count / 4..<count * 3 / 4)
    case .tailBytes: set(5, in: max(0, count - 400)..<count)
    case .onePercent: set(max(count / 100, 1), in: 0..<count)
    case .zeroedBlock: for index in place..<min(place + 256, count) { bytes[index] = 0 }
    case .bytesTakenOut: bytes.removeSubrange(place..<min(place + 64, count))
    case .bytesPutIn:
      bytes.insert(contentsOf: (0..<64).map { _ in UInt8(truncatingIfNeeded: random.next()) }, at: place)
    case .hugeNumbers:
      for _ in 0..<3 {
        let place = random.integer(below: min(count - 4, 1500))
        bytes.replaceSubrange(place..<place + 4, with: [random.chance(0.5) ? 0xFF : 0x7F, 0xFF, 0xFF, 0xFF])
      }
    case .gluedToItself: bytes += bytes + bytes
    case .otherTail: bytes = bytes[..<place] + other.suffix(other.count / 2)
    }
    return Data(bytes)
  }
}

/// Small files of many formats, each made by `ffmpeg` out of the same few pictures.
package enum HostileFiles {
  /// Name of the file, and what `ffmpeg` is told to make it.
  package static let videos: [(name: String, arguments: [String])] = [
    ("h264.mp4", ["-c:v", "libx264", "-bf", "2", "-g", "6", "-movflags", "faststart"]),
    ("index-last.mp4", ["-c:v", "libx264"]),
    ("fragments.mov", ["-c:v", "libx264", "-movflags", "frag_keyframe+empty_moov"]),
    ("h264.mkv", ["-c:v", "libx264"]),
    ("hevc.mp4", ["-c:v", "libx265", "-x265-params", "log-level=none:pools=none"]),
    ("vp8.webm", ["-c:v", "libvpx"]),
    ("vp9.webm", ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime"]),
    ("mpeg2.mpg", ["-c:v", "mpeg2video"]),
    ("mpeg4.avi", ["-c:v", "mpeg4"]),
    ("mjpeg.avi", ["-c:v", "mjpeg", "-q:v", "3"]),
    ("theora.ogv", ["-c:v", "libtheora"]),
    ("stream.mpeg", ["-c:v", "libx264", "-f", "mpegts"]),
  ]

  package static let pictures: [(name: String, arguments: [String])] = [
    ("colour.png", ["-pix_fmt", "rgb24"]),
    ("deep.png", ["-pix_fmt", "rgb48be"]),
    ("palette.png", ["-pix_fmt", "pal8"]),
    ("photo.jpg", ["-q:v", "3", "-pix_fmt", "yuvj420p"]),
    ("grey.jpeg", ["-q:v", "3", "-pix_fmt", "gray"]),
    ("plain.bmp", []),
    ("raw.tif", ["-compression_algo", "raw", "-pix_fmt", "rgb24"]),
    ("lzw.tiff", ["-compression_algo", "lzw", "-pix_fmt", "rgb24"]),
    ("lossy.webp", ["-quality", "80"]),
    ("lossless.webp", ["-lossless", "1"]),
  ]

  /// Makes one of them.
  package static func make(_ name: String, _ arguments: [String], in folder: URL) throws -> URL {
    let url = folder.appending(path: name)
    let isPicture = pictures.contains { $0.name == name }
    let codec = arguments.contains("-pix_fmt") || isPicture ? arguments : arguments + ["-pix_fmt", "yuv420p"]
    try SyntheticVideo.make(
      at: url, width: 64, height: 48, frames: isPicture ? 1 : 12, framesPerSecond: 12,
      codecArguments: codec + ["-threads", "1"] + (isPicture ? ["-update", "1"] : [])
    ) { SyntheticVideo.card(width: 64, height: 48, frameIndex: $0) }
    return url
  }
}
