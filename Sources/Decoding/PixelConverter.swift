import CFFmpeg
import Imaging

/// Owns the scaler that turns decoded frames of any pixel format into RGB.
///
/// The numbers are FFmpeg's bicubic chroma interpolation with `SWS_BITEXACT` (the same bytes with and without SIMD),
/// `SWS_ACCURATE_RND` (rounded, not cut) and `SWS_FULL_CHR_H_INT` (a chroma value for every pixel), on one thread. The
/// matrix and the range are the frame's own; where it states none: BT.709 from 720 stored rows on, else BT.601, and
/// limited range for all YUV but the full-range `yuvj` formats; grey alone is full range. Alpha is dropped.
final class PixelConverter {
  private struct Format: Equatable {
    var width: Int32
    var height: Int32
    var pixels: AVPixelFormat
    var matrix: Int32
    var isFullRange: Bool
  }

  private let path: String
  private var format: Format?
  private var scaler: OpaquePointer?
  /// Rows are padded: some of FFmpeg's loops write past a row's end.
  private var rows: UnsafeMutableRawBufferPointer = .allocate(byteCount: 0, alignment: 64)

  init(path: String) { self.path = path }

  deinit {
    sws_freeContext(scaler)
    rows.deallocate()
  }

  /// The frame as stored, not yet turned upright.
  func convert(_ frame: UnsafePointer<AVFrame>) throws(DecodingError) -> Image {
    let format = Self.format(of: frame.pointee)
    if format != self.format { try prepare(format) }
    let (width, height) = (Int(format.width), Int(format.height))
    let stride = rows.count / height
    guard let scaler, let start = rows.baseAddress,
      cffmpeg_scale(scaler, frame, start.assumingMemoryBound(to: UInt8.self), Int32(stride)) == format.height
    else { throw failure(format) }
    let rowBytes = width * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: rowBytes * height) { target, count in
      let target = UnsafeMutableRawBufferPointer(target)
      for y in 0..<height {
        let row = UnsafeRawBufferPointer(rebasing: rows[y * stride..<y * stride + rowBytes])
        UnsafeMutableRawBufferPointer(rebasing: target[y * rowBytes..<(y + 1) * rowBytes]).copyMemory(from: row)
      }
      count = rowBytes * height
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  private func prepare(_ format: Format) throws(DecodingError) {
    sws_freeContext(scaler)
    self.format = nil
    scaler = sws_getContext(
      format.width, format.height, format.pixels, format.width, format.height, AV_PIX_FMT_RGB24,
      SWS_BICUBIC | SWS_BITEXACT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nil, nil, nil)
    guard let scaler else { throw failure(format) }
    if Self.isYUV(format.pixels) {
      let status = sws_setColorspaceDetails(
        scaler, sws_getCoefficients(format.matrix), format.isFullRange ? 1 : 0, sws_getCoefficients(SWS_CS_DEFAULT), 1,
        0, 1 << 16, 1 << 16)
      guard status >= 0 else { throw failure(format) }
    }
    let stride = (Int(format.width) * 3 + 127) / 64 * 64
    rows.deallocate()
    rows = .allocate(byteCount: stride * Int(format.height), alignment: 64)
    self.format = format
  }

  private static func format(of frame: AVFrame) -> Format {
    let pixels = AVPixelFormat(rawValue: frame.format)
    let stated = frame.colorspace
    let matrix =
      stated == AVCOL_SPC_UNSPECIFIED || stated == AVCOL_SPC_RGB
      ? (frame.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601) : Int32(stated.rawValue)
    return Format(
      width: frame.width, height: frame.height, pixels: pixels, matrix: matrix,
      isFullRange: isFullRange(pixels, stated: frame.color_range))
  }

  private static func isFullRange(_ pixels: AVPixelFormat, stated: AVColorRange) -> Bool {
    let full = [
      AV_PIX_FMT_YUVJ411P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ444P,
    ]
    if stated == AVCOL_RANGE_UNSPECIFIED, let descriptor = av_pix_fmt_desc_get(pixels) {
      return full.contains(pixels) || descriptor.pointee.nb_components < 3
    }
    return full.contains(pixels) || stated == AVCOL_RANGE_JPEG
  }

  /// Whether the matrix and the range mean something.
  private static func isYUV(_ pixels: AVPixelFormat) -> Bool {
    guard let descriptor = av_pix_fmt_desc_get(pixels) else { return false }
    return descriptor.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) == 0
  }

  private func failure(_ format: Format) -> DecodingError {
    let name = av_get_pix_fmt_name(format.pixels).map { String(cString: $0) } ?? "unknown"
    return DecodingError(
      .conversion, path: path,
      message: "FFmpeg cannot turn \(name) of \(format.width) x \(format.height) into RGB; convert the file beforehand")
  }
}
