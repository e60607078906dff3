package import Imaging
package import Records

/// Measures a crop and the face it was cut around.
///
/// - Parameter transform: the map from frame pixels to crop pixels that ``FaceCropper`` gave.
package func measureQuality(crop: Image, face: Face, transform: AffineTransform) throws -> FaceQuality {
  let (mean, deviation) = crop.brightnessAndContrast()
  return FaceQuality(
    facePixels: min(face.box.width, face.box.height),
    upscale: abs(transform.a * transform.d - transform.b * transform.c).squareRoot(),
    sharpness: try crop.sharpness(), brightness: mean, contrast: deviation)
}
