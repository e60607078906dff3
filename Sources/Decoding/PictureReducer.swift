import CFFmpeg
import Imaging

/// Makes small pictures of whole frames without converting the whole: the planes are reduced as they are stored, each pixel
/// the mean of those it covers, and what is left becomes RGB.
///
/// Chroma is that of the nearest of the reduced samples, one for 2 x 2 pixels, as for any 4:2:0 picture of that size. For
/// looking at, not for crops: ``PixelConverter`` makes those.
final class PictureReducer {
  private static let areaFlags = SWS_AREA | SWS_BITEXACT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT
  /// Without `SWS_ACCURATE_RND`, which has no quick loops.
  private static let colourFlags = SWS_BILINEAR | SWS_BITEXACT

  private let areaScaler: Scaler
  private let colourScaler: Scaler
  private let planes = PlaneBuffer()
  private let rows = PlaneBuffer()

  init(path: String) {
    areaScaler = Scaler(path: path)
    colourScaler = Scaler(path: path)
  }

  /// RGB of the whole frame as stored, `width` x `height`.
  func reduce(_ frame: UnsafePointer<AVFrame>, width: Int, height: Int) throws(DecodingError) -> Image {
    let colour = FrameColour(of: frame.pointee)
    guard colour.isYUV else {
      try area(frame, colour, to: AV_PIX_FMT_RGB24, width: width, height: height, into: rows)
      return picture(width: width, height: height)
    }
    try area(frame, colour, to: AV_PIX_FMT_YUV420P, width: width, height: height, into: planes)
    // The quick loops take an even number of rows; the chroma of the last one is there already.
    let evenHeight = height + height % 2
    let end = planes.plane(0) + height * planes.stride
    if evenHeight > height { end.update(from: end - planes.stride, count: width) }
    let scaling = Scaling(
      source: .init(
        format: AV_PIX_FMT_YUV420P, width: width, height: evenHeight, isFullRange: colour.isFullRange),
      target: .init(format: AV_PIX_FMT_RGB24, width: width, height: evenHeight, isFullRange: true),
      matrix: colour.matrix, flags: Self.colourFlags)
    let context = try colourScaler.context(for: scaling)
    rows.reserve(planes: 1, rowBytes: width * 3, rows: evenHeight)
    let written = cffmpeg_scale_planes(
      context, planes.plane(0), planes.plane(1), planes.plane(2), Int32(planes.stride), Int32(evenHeight),
      rows.plane(0), Int32(rows.stride))
    guard written == evenHeight else { throw colourScaler.failure(scaling) }
    return picture(width: width, height: height)
  }

  /// Luma of the whole frame as stored, full range, row-major, `width * height` bytes.
  func luma(_ frame: UnsafePointer<AVFrame>, width: Int, height: Int) throws(DecodingError) -> [UInt8] {
    let colour = FrameColour(of: frame.pointee)
    guard colour.isYUV else { return try reduce(frame, width: width, height: height).luma() }
    if Self.hasLumaPlane(frame.pointee.format) {
      // As a picture of one plane: of the others nothing is looked at, and nobody changes the range.
      try area(
        frame, colour, from: AV_PIX_FMT_GRAY8, to: AV_PIX_FMT_GRAY8, width: width, height: height, into: planes)
    } else {
      // Into grey alone FFmpeg would change the range as it sees fit.
      try area(frame, colour, to: AV_PIX_FMT_YUV420P, width: width, height: height, into: planes)
    }
    let levels = (0..<256).map { level in
      UInt8(clamping: colour.isFullRange ? level : ((level - 16) * 255 * 2 + 219) / (2 * 219))
    }
    return [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
      for row in 0..<height {
        let source = planes.plane(0) + row * planes.stride
        for column in 0..<width { target[row * width + column] = levels[Int(source[column])] }
      }
      count = width * height
    }
  }

  /// Whether the first plane holds luma alone, one byte a pixel.
  private static func hasLumaPlane(_ format: Int32) -> Bool {
    guard let descriptor = av_pix_fmt_desc_get(AVPixelFormat(rawValue: format))?.pointee,
      descriptor.flags & UInt64(AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_HWACCEL) == 0
    else { return false }
    let luma = descriptor.comp.0
    return luma.plane == 0 && luma.step == 1 && luma.offset == 0 && luma.shift == 0 && luma.depth == 8
  }

  /// Reduces the frame into the planes of `format`, in its own matrix and range.
  ///
  /// - Parameter source: what the frame is taken for, its own format unless given.
  private func area(
    _ frame: UnsafePointer<AVFrame>, _ colour: FrameColour, from source: AVPixelFormat? = nil,
    to format: AVPixelFormat, width: Int, height: Int, into buffer: PlaneBuffer
  ) throws(DecodingError) {
    let isGrey = format == AV_PIX_FMT_GRAY8
    let scaling = Scaling(
      source: .init(
        format: source ?? AVPixelFormat(rawValue: frame.pointee.format), width: Int(frame.pointee.width),
        height: Int(frame.pointee.height), isFullRange: isGrey || colour.isFullRange),
      target: .init(format: format, width: width, height: height, isFullRange: isGrey || colour.isFullRange),
      matrix: colour.isYUV && !isGrey ? colour.matrix : nil, flags: Self.areaFlags)
    let context = try areaScaler.context(for: scaling)
    let hasChroma = format == AV_PIX_FMT_YUV420P
    buffer.reserve(
      planes: hasChroma ? 3 : 1, rowBytes: format == AV_PIX_FMT_RGB24 ? width * 3 : width, rows: height + height % 2)
    let written = cffmpeg_scale(
      context, frame, 0, 0, frame.pointee.height, buffer.plane(0), hasChroma ? buffer.plane(1) : nil,
      hasChroma ? buffer.plane(2) : nil, Int32(buffer.stride))
    guard written == height else { throw areaScaler.failure(scaling) }
  }

  /// The first rows of ``rows``.
  private func picture(width: Int, height: Int) -> Image {
    Image.filled(width: width, height: height) { target in
      for row in 0..<height {
        (target + row * width * 3).update(from: rows.plane(0) + row * rows.stride, count: width * 3)
      }
    }
  }
}
