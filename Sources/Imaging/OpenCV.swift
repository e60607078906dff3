import COpenCVImage
private import NativeLibraries

/// OpenCV's picture functions, loaded when first used.
enum OpenCV {
  /// The table, or why it cannot be had; the same answer for the life of the process.
  // Unsafe: a pointer to constants of a library that is never closed.
  private nonisolated(unsafe) static let loaded: Result<UnsafePointer<dfcv_image_functions>, ImagingError> = {
    do throws(NativeLibraryError) {
      let library = try NativeLibrary(named: "OpenCVImageShim")
      return .success(try library.table("dfcv_image_table", as: dfcv_image_functions.self))
    } catch {
      return .failure(ImagingError(.libraryMissing, error.description))
    }
  }()

  static func functions() throws(ImagingError) -> dfcv_image_functions { try loaded.get().pointee }

  /// The whole picture at another size; `nearest` and `linear` by the bit-exact variants.
  static func resized(
    _ image: Image, width: Int, height: Int, interpolation: Interpolation
  ) throws(ImagingError) -> Image {
    try makeImage(from: image, width: width, height: height, operation: "resize") { functions, source, target, error in
      functions.resize(source, target, interpolation.openCV, error)
    }
  }

  /// Makes a picture of the given size by one function of the table.
  static func makeImage(
    from image: Image, width: Int, height: Int, operation: String,
    _ body: (
      dfcv_image_functions, dfcv_image_source, dfcv_image_target, UnsafeMutablePointer<dfcv_image_error>
    ) -> dfcv_image_status
  ) throws(ImagingError) -> Image {
    let what = try checkSize(width: width, height: height, "\(operation): \(image.width) x \(image.height)")
    let functions = try functions()
    var error = dfcv_image_error()
    var result = Image(width: width, height: height)
    let status = image.pixels.withUnsafeBufferPointer { input in
      result.pixels.withUnsafeMutableBufferPointer { output in
        // An `Image` has at least one pixel, so both buffers have an address.
        guard let read = input.baseAddress, let written = output.baseAddress else { return dfcv_image_bad_argument }
        return body(
          functions,
          dfcv_image_source(
            bytes: read, size: input.count, width: Int32(image.width), height: Int32(image.height)),
          dfcv_image_target(bytes: written, size: output.count, width: Int32(width), height: Int32(height)),
          &error)
      }
    }
    try check(status, error, what)
    return result
  }

  /// - Parameter what: what is done, up to the size before.
  /// - Returns: `what` with the size that is to be.
  /// - Throws: ``ImagingError`` where a side is not positive, or the picture would have too many pixels.
  @discardableResult
  static func checkSize(width: Int, height: Int, _ what: String) throws(ImagingError) -> String {
    let what = "\(what) to \(width) x \(height) pixels"
    guard width > 0, height > 0 else { throw ImagingError(.badArgument, "\(what): a side is not positive") }
    guard width <= ImageCodec.pixelsLimit / height else {
      throw ImagingError(.tooLarge, "\(what): more than \(ImageCodec.pixelsLimit) pixels")
    }
    return what
  }

  /// Turns a status into a thrown error.
  static func check(_ status: dfcv_image_status, _ error: dfcv_image_error, _ what: String) throws(ImagingError) {
    guard status != dfcv_image_ok else { return }
    let kind: ImagingError.Kind = status == dfcv_image_bad_argument ? .badArgument : .operationFailed
    throw ImagingError(kind, "\(what): \(text(of: error.message))")
  }
}

extension Interpolation {
  var openCV: dfcv_image_interpolation {
    switch self {
    case .nearest: dfcv_image_nearest
    case .linear: dfcv_image_linear
    case .cubic: dfcv_image_cubic
    case .area: dfcv_image_area
    case .lanczos: dfcv_image_lanczos4
    }
  }
}

extension Border {
  var openCV: dfcv_image_border {
    switch self {
    case .black: dfcv_image_black
    case .reflect: dfcv_image_reflect101
    case .replicate: dfcv_image_replicate
    }
  }
}
