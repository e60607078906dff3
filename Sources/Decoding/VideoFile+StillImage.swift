import CFFmpeg
import Imaging
import Records

extension VideoFile {
  /// Decodes a still picture, whose one frame stands at 0.
  ///
  /// What is whole comes out exactly as Pillow decodes it where the format leaves no room. What is damaged is
  /// FFmpeg's best guess, and listed as damaged.
  func decodeStill(
    _ still: StillImage, _ wanted: [Int64], onFrame: (VideoFrame) throws -> Void
  ) throws -> DecodingSummary {
    var damage = still.damage
    if wanted == [0] {
      switch still.jpeg() {
      // FFmpeg's header reader and libjpeg's may disagree where a file holds several pictures.
      case .success(let image) where hasSize(image):
        try deliver(try OwnedFrame(image, path: path), onFrame)
        var summary = DecodingSummary()
        (summary.framesDecoded, summary.framesDelivered) = (1, 1)
        return summary
      case .failure(let error) where error.kind == .damaged: damage = "\(error)"
      default: break
      }
    }
    var summary = try forEachFrame(wanted) { _, frame in
      if let rounded = try OwnedFrame(rounding: frame, path: path) {
        try deliver(rounded, onFrame)
      } else {
        try deliver(frame, onFrame)
      }
    }
    if let damage {
      if summary.framesDelivered > 0 { summary.damaged = [0] }
      summary.decoderErrors += 1
      summary.firstDecoderError = summary.firstDecoderError ?? damage
    }
    return summary
  }

  private func hasSize(_ image: Image) -> Bool {
    let stored = [image.width, image.height]
    let upright = [properties.width, properties.height]
    return stored == upright || (orientation.swapsAxes && stored == upright.reversed())
  }

  private func deliver(_ frame: OwnedFrame, _ onFrame: (VideoFrame) throws -> Void) throws {
    try withExtendedLifetime(frame) { try deliver(frame.pointer, onFrame) }
  }

  private func deliver(_ frame: UnsafePointer<AVFrame>, _ onFrame: (VideoFrame) throws -> Void) throws {
    let picture = try DecodedPicture(
      frame, orientation: orientation, converter: SharedConverter(path: path), path: path)
    try onFrame(VideoFrame(picture: picture, pts: 0, timeBase: properties.timeBase))
  }
}

/// A frame of 8-bit RGB that this module made itself.
private final class OwnedFrame {
  private var frame: UnsafeMutablePointer<AVFrame>?
  let pointer: UnsafePointer<AVFrame>

  private init(width: Int, height: Int, path: String) throws(DecodingError) {
    var made = av_frame_alloc()
    made?.pointee.width = Int32(width)
    made?.pointee.height = Int32(height)
    made?.pointee.format = AV_PIX_FMT_RGB24.rawValue
    guard let ready = made, av_frame_get_buffer(ready, 64) >= 0 else {
      av_frame_free(&made)
      throw .outOfMemory(path)
    }
    frame = ready
    pointer = UnsafePointer(ready)
  }

  deinit { av_frame_free(&frame) }

  /// A copy of `image`.
  convenience init(_ image: Image, path: String) throws(DecodingError) {
    try self.init(width: image.width, height: image.height, path: path)
    let rowBytes = image.width * 3
    image.pixels.withUnsafeBufferPointer { pixels in
      for row in 0..<image.height {
        guard let source = pixels.baseAddress, let target = self.row(row) else { return }
        target.update(from: source + row * rowBytes, count: rowBytes)
      }
    }
  }

  /// Grey or RGB of 16 bits, rounded to 8; alpha is dropped. `nil` for other pixels.
  convenience init?(rounding frame: UnsafePointer<AVFrame>, path: String) throws(DecodingError) {
    guard let format = av_pix_fmt_desc_get(AVPixelFormat(rawValue: frame.pointee.format))?.pointee,
      format.comp.0.depth == 16, format.flags & UInt64(AV_PIX_FMT_FLAG_PLANAR) == 0,
      format.nb_components < 3 || format.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
    else { return nil }
    let isGrey = format.nb_components < 3
    let isBigEndian = format.flags & UInt64(AV_PIX_FMT_FLAG_BE) != 0
    let offsets = [format.comp.0, isGrey ? format.comp.0 : format.comp.1, isGrey ? format.comp.0 : format.comp.2]
      .map { Int($0.offset) }
    let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
    try self.init(width: width, height: height, path: path)
    for row in 0..<height {
      guard let data = frame.pointee.data.0, let target = self.row(row) else { return }
      let source = UnsafeRawPointer(data + row * Int(frame.pointee.linesize.0))
      for column in 0..<width {
        for channel in 0..<3 {
          let stored = source.loadUnaligned(
            fromByteOffset: column * Int(format.comp.0.step) + offsets[channel], as: UInt16.self)
          let value = UInt32(isBigEndian ? UInt16(bigEndian: stored) : UInt16(littleEndian: stored))
          target[column * 3 + channel] = UInt8((value * 255 + 32_767) / 65_535)
        }
      }
    }
  }

  private func row(_ index: Int) -> UnsafeMutablePointer<UInt8>? {
    frame.flatMap { frame in frame.pointee.data.0.map { $0 + index * Int(frame.pointee.linesize.0) } }
  }
}
