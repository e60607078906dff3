import CFFmpeg
import Records

/// By which numbers a frame's stored values are red, green and blue.
///
/// They are the frame's own; where it states none: BT.709 from 720 stored rows on, else BT.601, and limited range for all
/// YUV but the full-range `yuvj` formats; grey alone is full range.
struct FrameColour: Hashable {
  /// As swscale names it.
  let matrix: Int32
  let isFullRange: Bool
  /// Whether matrix and range mean something: not for RGB, nor for a palette.
  let isYUV: Bool
  private let isStated: Bool

  init(of frame: AVFrame) {
    let pixels = AVPixelFormat(rawValue: frame.format)
    let hasMatrix = frame.colorspace != AVCOL_SPC_UNSPECIFIED && frame.colorspace != AVCOL_SPC_RGB
    matrix =
      hasMatrix ? Int32(frame.colorspace.rawValue) : (frame.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601)
    isFullRange = Self.isFullRange(pixels, stated: frame.color_range)
    isYUV = Self.isYUV(pixels)
    isStated = hasMatrix && frame.color_range != AVCOL_RANGE_UNSPECIFIED
  }

  /// What is written into records.
  var conversion: ColourConversion {
    guard isYUV else { return ColourConversion(matrix: "gbr", range: "pc", isStated: true) }
    let name = av_color_space_name(AVColorSpace(rawValue: UInt32(matrix))).map { String(cString: $0) }
    return ColourConversion(
      matrix: name ?? "unknown", range: isFullRange ? "pc" : "tv", isStated: isStated)
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

  private static func isYUV(_ pixels: AVPixelFormat) -> Bool {
    guard let descriptor = av_pix_fmt_desc_get(pixels) else { return false }
    return descriptor.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) == 0
  }
}
