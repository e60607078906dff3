import Foundation
import Imaging
import Records
import TestSupport

@testable import Decoding

/// What the `ffmpeg` command makes of a file: the truth that this module is held against.
enum FFmpegReference {
  /// Digests of all frames in their stored pixel format by presentation time, and the time base.
  ///
  /// - Parameter times: hash those alone, which is quicker; all are decoded.
  static func frameDigests(
    of url: URL, at times: [Int64]? = nil
  ) throws -> (timeBase: TimeBase?, digests: [Int64: Digest]) {
    let selection = times.map { times in
      ["-vf", "select='\(times.map { "eq(pts\\,\($0))" }.joined(separator: "+"))'"]
    }
    let result = try runProcess(
      "ffmpeg",
      [
        "-v", "quiet", "-nostdin", "-threads", "1", "-noautorotate", "-copyts", "-i", url.path(percentEncoded: false),
        "-an", "-sn", "-dn",
      ] + (selection ?? [])
        + ["-vsync", "passthrough", "-enc_time_base", "-1", "-f", "framehash", "-hash", "sha256", "-"])
    var timeBase: TimeBase?
    var digests: [Int64: Digest] = [:]
    for line in result.output.split(separator: "\n") {
      if line.hasPrefix("#tb 0: ") {
        let parts = line.dropFirst(7).split(separator: "/").compactMap { Int($0) }
        timeBase = TimeBase(numerator: parts[0], denominator: parts[1])
      }
      let fields = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      guard !line.hasPrefix("#"), fields.count == 6, let pts = Int64(fields[2]), digests[pts] == nil else { continue }
      digests[pts] = Digest(hex: fields[5])
    }
    return (timeBase, digests)
  }

  /// All frames, upright, in RGB, converted with the scaler flags of ``PixelConverter`` and without SIMD.
  ///
  /// - Parameter filter: what is done to them before.
  static func pictures(
    of url: URL, width: Int, height: Int, matrix: String, filter: String? = nil
  ) throws -> [Image] {
    let folder = url.deletingLastPathComponent()
    let raw = folder.appending(path: "\(UUID().uuidString).rgb")
    let flags = "bicubic+bitexact+accurate_rnd+full_chroma_int"
    let result = try runProcess(
      "ffmpeg",
      [
        "-v", "error", "-nostdin", "-cpuflags", "0", "-i", url.path(percentEncoded: false), "-vsync", "passthrough",
        "-vf", "\(filter.map { $0 + "," } ?? "")scale=in_color_matrix=\(matrix):flags=\(flags),format=rgb24", "-f",
        "rawvideo",
        raw.path(percentEncoded: false),
      ])
    guard result.status == 0 else { throw SyntheticVideoError(message: result.errors) }
    let bytes = [UInt8](try Data(contentsOf: raw))
    let size = width * height * 3
    return stride(from: 0, to: bytes.count / size * size, by: size).map {
      Image(width: width, height: height, pixels: Array(bytes[$0..<$0 + size]))
    }
  }
}

extension VideoFile {
  /// The wanted frames, collected.
  func frames(_ wanted: [Int64]) throws -> (frames: [VideoFrame], summary: DecodingSummary) {
    var frames: [VideoFrame] = []
    let summary = try decode(wanted) { frames.append($0) }
    return (frames, summary)
  }

  convenience init(
    _ url: URL, limits: DecodingLimits = .init(), deinterlacing: Bool = false
  ) throws(DecodingError) {
    try self.init(path: url.path(percentEncoded: false), limits: limits, deinterlacing: deinterlacing)
  }
}

extension [VideoFrame] {
  /// All of them as RGB.
  func images() throws -> [Image] { try map { try $0.picture.image() } }
}

extension FrameSelection {
  /// Evenly spaced ones of `timestamps`.
  static func uniform(count: Int, of timestamps: [Int64]) -> [Int64] {
    FrameSelection.uniform(count: count).times(
      of: Timeline(times: timestamps, timeBase: TimeBase(numerator: 1, denominator: 1000)))
  }
}
