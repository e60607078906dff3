import Imaging
import Records

/// A picture made small enough for detection, and the way back to its own pixels.
struct ReducedImage {
  let image: Image
  /// Pixels of the picture for one of the reduced image, along x.
  let scaleX: Double
  /// Pixels of the picture for one of the reduced image, along y; differs from ``scaleX`` by the rounding of sides.
  let scaleY: Double

  /// Reduces by area averaging until the longer side is at most `sidePixels`; never enlarges.
  init(_ picture: any Picture, sidePixels: Int) throws {
    let ratio = min(1, Double(sidePixels) / Double(max(picture.width, picture.height)))
    let width = max(1, Int((Double(picture.width) * ratio).rounded()))
    let height = max(1, Int((Double(picture.height) * ratio).rounded()))
    image = ratio < 1 ? try picture.reduced(width: width, height: height) : try picture.image()
    scaleX = Double(picture.width) / Double(width)
    scaleY = Double(picture.height) / Double(height)
  }

  /// A face of the reduced image in pixels of the picture.
  func enlarge(_ face: Face) -> Face {
    let box = Box(
      x: face.box.x * scaleX, y: face.box.y * scaleY, width: face.box.width * scaleX, height: face.box.height * scaleY)
    let landmarks = face.landmarks.map { Point(x: $0.x * scaleX, y: $0.y * scaleY) }
    return Face(box: box, landmarks: landmarks, score: face.score)
  }
}
