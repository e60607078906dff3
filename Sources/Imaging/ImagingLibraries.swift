private import COpenCVImage

/// The libraries behind this module.
package enum ImagingLibraries {
  /// Versions by the names `libjpeg`, `libpng`, `opencv`; OpenCV's and libpng's at run time, libjpeg-turbo's, which has
  /// no call for it, at build time.
  ///
  /// - Throws: ``ImagingError`` when the OpenCV library of this project cannot be loaded.
  package static func versions() throws -> [String: String] {
    ["libjpeg": JPEG.version, "libpng": PNG.version, "opencv": String(cString: try OpenCV.functions().version)]
  }
}
