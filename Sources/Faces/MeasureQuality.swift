package import Imaging
package import Records

/// Measures a crop and the face it was cut around.
///
/// - Parameters:
///   - transform: the map from frame pixels to crop pixels that ``FaceCropper`` gave.
///   - picture: the frame.
package func measureQuality(
  crop: Image, face: Face, transform: AffineTransform, picture: any Picture
) throws -> FaceQuality {
  let luma = crop.lumaMeasures()
  let pose = FacePose(landmarks: face.landmarks)
  return FaceQuality(
    facePixels: min(face.box.width, face.box.height),
    upscale: abs(transform.a * transform.d - transform.b * transform.c).squareRoot(),
    sharpness: luma.laplacianVariance, brightness: luma.mean, contrast: luma.deviation, yawDegrees: pose?.yawDegrees,
    pitchDegrees: pose?.pitchDegrees, rollDegrees: pose?.rollDegrees,
    cutFraction: cutFraction(face.box, width: picture.width, height: picture.height),
    blockiness: try Blockiness.measure(picture, around: face.box), fineDetail: luma.fineDetail)
}

/// Share of a box that lies beyond a frame, 0 ... 1.
private func cutFraction(_ box: Box, width: Int, height: Int) -> Double {
  guard box.area > 0 else { return 0 }
  let wide = min(box.x + box.width, Double(width)) - max(box.x, 0)
  let high = min(box.y + box.height, Double(height)) - max(box.y, 0)
  return min(1, max(0, 1 - max(0, wide) * max(0, high) / box.area))
}
