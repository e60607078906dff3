import CFFmpeg
import Imaging

/// Turns decoded frames of any pixel format, or parts of them, into RGB.
///
/// The numbers are FFmpeg's bicubic chroma interpolation with `SWS_BITEXACT` (the same bytes with and without SIMD),
/// `SWS_ACCURATE_RND` (rounded, not cut) and `SWS_FULL_CHR_H_INT` (a chroma value for every pixel), by ``FrameColour``.
/// Alpha is dropped.
final class PixelConverter {
  private static let flags = SWS_BICUBIC | SWS_BITEXACT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT
  /// Parts begin at multiples of this many pixels: whole chroma samples.
  private static let alignment = 8
  /// Their sides are multiples of this many pixels, or the frame's: few different sizes for faces that move.
  private static let step = 32
  /// Samples of chroma beside a part that the interpolation may look at.
  private static let reach = 4

  private let scaler: Scaler
  private let buffer = PlaneBuffer()

  init(path: String) { scaler = Scaler(path: path) }

  /// A rectangle of the frame as stored, not yet turned upright: the same bytes as that part of the whole's.
  func convert(_ frame: UnsafePointer<AVFrame>, _ rectangle: PixelRectangle) throws(DecodingError) -> Image {
    let part = Self.part(around: rectangle, of: frame.pointee)
    let colour = FrameColour(of: frame.pointee)
    let format = AVPixelFormat(rawValue: frame.pointee.format)
    // Into planes of green, blue and red FFmpeg has quick loops that give the very numbers of the slow ones into RGB24.
    let scaling = Scaling(
      source: .init(format: format, width: part.width, height: part.height, isFullRange: colour.isFullRange),
      target: .init(
        format: colour.isYUV ? AV_PIX_FMT_GBRP : AV_PIX_FMT_RGB24, width: part.width, height: part.height,
        isFullRange: true),
      matrix: colour.isYUV ? colour.matrix : nil, flags: Self.flags)
    let context = try scaler.context(for: scaling)
    buffer.reserve(planes: colour.isYUV ? 3 : 1, rowBytes: part.width * (colour.isYUV ? 1 : 3), rows: part.height)
    let rows = cffmpeg_scale(
      context, frame, Int32(part.x), Int32(part.y), Int32(part.height), buffer.plane(0),
      colour.isYUV ? buffer.plane(1) : nil, colour.isYUV ? buffer.plane(2) : nil, Int32(buffer.stride))
    guard rows == part.height else { throw scaler.failure(scaling) }
    let (x, y) = (rectangle.x - part.x, rectangle.y - part.y)
    return colour.isYUV
      ? interleaved(x: x, y: y, width: rectangle.width, height: rectangle.height)
      : copied(x: x, y: y, width: rectangle.width, height: rectangle.height)
  }

  /// What has to be converted so that `rectangle` comes out as in the whole: all of it where chroma samples do not fall
  /// evenly on the frame's pixels.
  private static func part(around rectangle: PixelRectangle, of frame: AVFrame) -> PixelRectangle {
    let (width, height) = (Int(frame.width), Int(frame.height))
    let whole = PixelRectangle(x: 0, y: 0, width: width, height: height)
    guard let descriptor = av_pix_fmt_desc_get(AVPixelFormat(rawValue: frame.format))?.pointee,
      descriptor.flags & UInt64(AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_HWACCEL) == 0,
      width.isMultiple(of: 1 << descriptor.log2_chroma_w), height.isMultiple(of: 1 << descriptor.log2_chroma_h)
    else { return whole }
    func range(_ start: Int, _ count: Int, _ limit: Int, shift: UInt8) -> (start: Int, count: Int) {
      let first = max(0, start - reach << Int(shift)) / alignment * alignment
      let wanted = min(limit, start + count + reach << Int(shift)) - first
      let size = min(limit, (wanted + step - 1) / step * step)
      return (min(first, limit - size), size)
    }
    let columns = range(rectangle.x, rectangle.width, width, shift: descriptor.log2_chroma_w)
    let rows = range(rectangle.y, rectangle.height, height, shift: descriptor.log2_chroma_h)
    return PixelRectangle(x: columns.start, y: rows.start, width: columns.count, height: rows.count)
  }

  /// A picture out of planes of green, blue and red.
  private func interleaved(x: Int, y: Int, width: Int, height: Int) -> Image {
    let start = y * buffer.stride + x
    return Image(
      width: width, height: height, red: buffer.plane(2) + start, green: buffer.plane(0) + start,
      blue: buffer.plane(1) + start, stride: buffer.stride)
  }

  private func copied(x: Int, y: Int, width: Int, height: Int) -> Image {
    Image.filled(width: width, height: height) { target in
      for row in 0..<height {
        (target + row * width * 3).update(
          from: buffer.plane(0) + (y + row) * buffer.stride + x * 3, count: width * 3)
      }
    }
  }
}

extension Image {
  /// A picture whose every byte `fill` writes.
  static func filled(width: Int, height: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) -> Image {
    let count = width * height * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { target, initialised in
      if let start = target.baseAddress { fill(start) }
      initialised = count
    }
    return Image(width: width, height: height, pixels: pixels)
  }
}
