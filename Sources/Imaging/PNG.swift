import CPNG

/// libpng's simplified interface, at its default filters and compression level.
enum PNG {
  static var version: String { String(cString: png_get_libpng_ver(nil)) }

  static func encode(_ image: Image) throws(ImagingError) -> [UInt8] {
    try encode(image.pixels, width: image.width, height: image.height, format: dfpng_format_rgb(), channels: 3)
  }

  /// - Parameter values: `[height, width]`.
  static func encode(grey values: [UInt8], width: Int, height: Int) throws(ImagingError) -> [UInt8] {
    try encode(values, width: width, height: height, format: dfpng_format_grey(), channels: 1)
  }

  private static func encode(
    _ pixels: [UInt8], width: Int, height: Int, format: png_uint_32, channels: Int
  ) throws(ImagingError) -> [UInt8] {
    let what = "PNG of \(width) x \(height) pixels"
    guard let columns = png_uint_32(exactly: width), let rows = png_uint_32(exactly: height) else {
      throw ImagingError(.badArgument, "\(what): a side is too long")
    }
    guard pixels.count == width * height * channels else {
      throw ImagingError(.badArgument, "\(what): \(pixels.count) bytes are not \(channels) for each pixel")
    }
    var header = emptyHeader()
    (header.width, header.height, header.format) = (columns, rows, format)
    defer { png_image_free(&header) }
    var size = dfpng_size_bound(header)
    var encoded = [UInt8](repeating: 0, count: Int(size))
    let done = png_image_write_to_memory(&header, &encoded, &size, 0, pixels, 0, nil)
    guard done != 0 else { throw ImagingError(.operationFailed, "\(what): \(text(of: header.message))") }
    return Array(encoded.prefix(Int(size)))
  }

  static func decode(_ bytes: [UInt8]) throws(ImagingError) -> Image {
    let what = "PNG of \(bytes.count) bytes"
    // libpng keeps the address between the two calls, so both stand inside one closure.
    let result = bytes.withUnsafeBytes { memory in
      Result { () throws(ImagingError) in
        var header = emptyHeader()
        defer { png_image_free(&header) }
        guard png_image_begin_read_from_memory(&header, memory.baseAddress, memory.count) != 0 else {
          throw ImagingError(.damaged, "\(what): \(text(of: header.message))")
        }
        try ImageCodec.checkSize(width: Int(header.width), height: Int(header.height), format: what)
        header.format = dfpng_format_rgb()
        var image = Image(width: Int(header.width), height: Int(header.height))
        var black = png_color(red: 0, green: 0, blue: 0)
        guard png_image_finish_read(&header, &black, &image.pixels, 0, nil) != 0 else {
          throw ImagingError(.damaged, "\(what): \(text(of: header.message))")
        }
        return image
      }
    }
    return try result.get()
  }

  private static func emptyHeader() -> png_image {
    var header = png_image()
    header.version = dfpng_image_version()
    return header
  }
}
