import CFFmpeg
import Records

extension VideoFile {
  /// SHA-256 of the wanted frames as stored, in their own pixel format, planes one after another without padding.
  ///
  /// The same digests as `ffmpeg -noautorotate -i FILE -f framehash -hash sha256 -`: what shows that the frames of this
  /// module are FFmpeg's own, before any conversion.
  func planeDigests(
    _ wanted: [Int64], leavingOutUnneeded: Bool = true
  ) throws -> (digests: [Int64: Digest], summary: DecodingSummary) {
    var digests: [Int64: Digest] = [:]
    let summary = try forEachFrame(wanted, leavingOutUnneeded: leavingOutUnneeded) { pts, frame in
      let size = av_image_get_buffer_size(
        AVPixelFormat(rawValue: frame.pointee.format), frame.pointee.width, frame.pointee.height, 1)
      guard size > 0 else { return }
      let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
        count = buffer.baseAddress.map { max(Int(cffmpeg_copy_planes(frame, $0, size)), 0) } ?? 0
      }
      digests[pts] = Digest(of: bytes)
    }
    return (digests, summary)
  }
}
