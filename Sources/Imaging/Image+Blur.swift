private import COpenCVImage

extension Image {
  /// The picture under a Gaussian of `sigma` pixels, its border mirrored.
  ///
  /// - Throws: ``ImagingError`` when `sigma` is not positive or the library is missing.
  package func gaussianBlurred(sigma: Double) throws(ImagingError) -> Image {
    guard sigma > 0, sigma <= 1000 else {
      throw ImagingError(.badArgument, "gaussian blur: sigma is \(sigma); give a number above 0, at most 1000")
    }
    return try OpenCV.makeImage(from: self, width: width, height: height, operation: "gaussian blur") {
      functions, source, target, error in
      functions.gaussian_blur(source, target, sigma, error)
    }
  }

  /// Every channel's median over a square of `sidePixels` (3, 5, 7 ...), edge pixels repeated.
  ///
  /// - Throws: ``ImagingError`` when `sidePixels` is even or below 3, or the library is missing.
  package func medianBlurred(sidePixels: Int) throws(ImagingError) -> Image {
    guard sidePixels >= 3, sidePixels <= 255, sidePixels % 2 == 1 else {
      throw ImagingError(.badArgument, "median blur: side is \(sidePixels); give an odd number from 3 to 255")
    }
    return try OpenCV.makeImage(from: self, width: width, height: height, operation: "median blur") {
      functions, source, target, error in
      functions.median_blur(source, target, Int32(sidePixels), error)
    }
  }
}
