import Foundation
package import Imaging
private import Networks
package import Records

/// OpenCV's frontal cascade `alt2`: needs no download, gives no landmarks, and sees more that is no face than YuNet
/// does.
///
/// Its boxes are squares from brow to chin, smaller and placed otherwise than YuNet's, so a crop of one is no crop of
/// the other.
///
/// Source: Viola and Jones 2001; Lienhart, Kuranov and Pisarevsky 2003.
package struct HaarDetector: FaceDetector {
  /// Where Debian's package opencv-data puts the cascade.
  static let debianCascade = URL(filePath: "/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml")
  /// Threshold of the cascade's last stage: a window whose trees sum to less is rejected.
  static let lastStageThreshold = 53.755569458007812
  /// Side of the window that the cascade was trained on, its smallest face.
  static let windowPixels = 20

  private let cascade: CascadeClassifier
  private let options: DetectorOptions

  init(cascade file: URL, options: DetectorOptions) throws {
    let path = file.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { throw FacesError.missingCascade(path: path) }
    cascade = try CascadeClassifier(xml: file)
    self.options = options
  }

  package func detect(_ picture: any Picture) throws -> [Face] {
    let reduced = try ReducedImage(picture, scale: options.scale)
    let found = try cascade.detect(
      grey: reduced.image.luma(), width: reduced.image.width, height: reduced.image.height, scaleFactor: 1.1,
      minimumNeighbours: 3, minimumSidePixels: max(Self.windowPixels, Int(options.leastSide(in: reduced))))
    let faces = found.map { window in
      Face(
        box: Box(
          x: Double(window.x), y: Double(window.y), width: Double(window.width), height: Double(window.height)),
        score: Self.score(ofWeight: window.weight))
    }
    return options.finish(faces, of: reduced)
  }

  /// The probability that boosting gives to a window.
  ///
  /// It is the logistic function of twice the last stage's sum above its threshold: over 0.5 for all that the cascade
  /// lets pass, mostly over 0.9. It orders windows; it cannot be compared with YuNet's scores.
  ///
  /// Source: Friedman, Hastie and Tibshirani 2000, Additive logistic regression, section 2.
  static func score(ofWeight weight: Double) -> Double {
    1 / (1 + exp(-2 * (weight - lastStageThreshold)))
  }
}
