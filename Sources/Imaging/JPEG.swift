import CJPEG

/// libjpeg-turbo.
enum JPEG {
  static var version: String { String(cString: dfjpeg_version()) }

  static func encode(_ image: Image, quality: Int, chroma: Int) throws(ImagingError) -> [UInt8] {
    let what = "JPEG of \(image.width) x \(image.height) pixels, quality \(quality), chroma \(chroma)"
    guard let quality = Int32(exactly: quality), let chroma = Int32(exactly: chroma),
      let width = Int32(exactly: image.width), let height = Int32(exactly: image.height)
    else { throw ImagingError(.badArgument, "\(what): a number is out of range") }
    var encoded: UnsafeMutablePointer<UInt8>?
    var size = 0
    var error = dfjpeg_error()
    defer { dfjpeg_free(encoded) }
    let status = dfjpeg_encode(
      image.pixels, image.pixels.count, width, height, quality, chroma, &encoded, &size, &error)
    try check(status, error, what)
    return Array(UnsafeBufferPointer(start: encoded, count: size))
  }

  static func decode(_ bytes: [UInt8]) throws(ImagingError) -> Image {
    let what = "JPEG of \(bytes.count) bytes"
    var size = dfjpeg_size()
    var error = dfjpeg_error()
    try check(dfjpeg_read_size(bytes, bytes.count, &size, &error), error, what)
    try ImageCodec.checkSize(width: Int(size.width), height: Int(size.height), format: what)
    var image = Image(width: Int(size.width), height: Int(size.height))
    let status = dfjpeg_decode(bytes, bytes.count, &image.pixels, image.pixels.count, &error)
    try check(status, error, what)
    return image
  }

  /// The luma at the least of the sizes 1, 1/2, 1/4 and 1/8 whose sides are not below `leastSide`; `nil` for a file that
  /// holds inks.
  static func luma(_ bytes: [UInt8], leastSide: Int) throws(ImagingError) -> LumaPlane? {
    let what = "JPEG of \(bytes.count) bytes"
    var size = dfjpeg_size()
    var error = dfjpeg_error()
    try check(dfjpeg_read_size(bytes, bytes.count, &size, &error), error, what)
    let (width, height) = (Int(size.width), Int(size.height))
    try ImageCodec.checkSize(width: width, height: height, format: what)
    let denominator = [8, 4, 2].first { min(width, height) / $0 >= leastSide } ?? 1
    var plane = LumaPlane(
      width: (width + denominator - 1) / denominator, height: (height + denominator - 1) / denominator)
    let status = dfjpeg_decode_luma(
      bytes, bytes.count, Int32(denominator), &plane.values, plane.values.count, &error)
    if status == dfjpeg_unsupported { return nil }
    try check(status, error, what)
    return plane
  }

  private static func check(_ status: dfjpeg_status, _ error: dfjpeg_error, _ what: String) throws(ImagingError) {
    let kind: ImagingError.Kind
    switch status {
    case dfjpeg_ok: return
    case dfjpeg_bad_argument: kind = .badArgument
    case dfjpeg_damaged: kind = .damaged
    case dfjpeg_unsupported: kind = .unsupported
    default: kind = .operationFailed
    }
    throw ImagingError(kind, "\(what): \(text(of: error.message))")
  }
}
