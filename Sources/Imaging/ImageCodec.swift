package import Records

/// JPEG and PNG in memory: the same picture and encoding give the same bytes.
package enum ImageCodec {
  /// Pixels that no picture may exceed; a header that claims more is refused before memory is taken.
  package static let pixelsLimit = 100_000_000

  /// The bytes of a file that holds `image`.
  ///
  /// - Throws: ``ImagingError`` when the encoding's options are out of range or a library fails.
  package static func encode(_ image: Image, as encoding: ImageEncoding) throws(ImagingError) -> [UInt8] {
    switch encoding {
    case .png: try PNG.encode(image)
    case .jpeg(let quality, let chroma): try JPEG.encode(image, quality: quality, chroma: chroma)
    }
  }

  /// The bytes of a PNG of one channel, such as a mask.
  ///
  /// - Parameter values: `[height, width]`.
  /// - Throws: ``ImagingError`` when the count is not that of the size, or libpng fails.
  package static func encodeGrey(_ values: [UInt8], width: Int, height: Int) throws(ImagingError) -> [UInt8] {
    try PNG.encode(grey: values, width: width, height: height)
  }

  /// The picture in the bytes of a JPEG or PNG file, told apart by their first bytes.
  ///
  /// Grey becomes RGB, CMYK is converted without profiles, transparent pixels are laid over black. Orientation tags and
  /// colour profiles are not applied.
  ///
  /// - Throws: ``ImagingError`` `damaged` for a truncated or corrupt file, `unsupported` for another format, or
  ///   `tooLarge`.
  package static func decode(_ bytes: [UInt8]) throws(ImagingError) -> Image {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return try JPEG.decode(bytes) }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return try PNG.decode(bytes) }
    throw ImagingError(
      .unsupported,
      "\(bytes.count) bytes are neither JPEG nor PNG by their first bytes; convert the file to one of them")
  }

  /// - Throws: ``ImagingError`` `tooLarge` when a header claims more than ``pixelsLimit``.
  static func checkSize(width: Int, height: Int, format: String) throws(ImagingError) {
    guard width > 0, height > 0 else {
      throw ImagingError(.damaged, "\(format): the header says \(width) x \(height) pixels")
    }
    guard width <= pixelsLimit / height else {
      throw ImagingError(
        .tooLarge, "\(format): \(width) x \(height) pixels are more than \(pixelsLimit); reduce the picture first")
    }
  }
}
