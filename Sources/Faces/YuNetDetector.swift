import Foundation
package import Imaging
private import Networks
package import Records

/// YuNet of March 2023: a small one-stage network that gives boxes, five landmarks and scores.
///
/// Source: Wu, Peng and Yu 2023, YuNet: a tiny millisecond-level face detector; the model zoo of OpenCV.
package struct YuNetDetector: FaceDetector {
  static let modelFile = "face_detection_yunet_2023mar.onnx"
  /// Boxes that overlap a better one by more than this are the same face.
  static let maximumOverlap = 0.3

  private let network: Network
  private let options: DetectorOptions

  init(model: URL, options: DetectorOptions) throws {
    let path = model.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { throw FacesError.missingModel(path: path) }
    network = try Network(onnx: model)
    self.options = options
  }

  package func detect(_ picture: any Picture) throws -> [Face] {
    let reduced = try ReducedImage(picture, sidePixels: options.sidePixels)
    let input = YuNet.input(of: reduced.image)
    let outputs = try network.run(
      input.values, shape: [1, 3, input.height, input.width], outputs: YuNet.outputNames)
    let candidates = try YuNet.decode(
      outputs, width: input.width, height: input.height, scoreThreshold: options.scoreThreshold)
    let faces = suppressOverlaps(candidates, maximumOverlap: Self.maximumOverlap)
    return options.finish(faces, of: reduced)
  }
}
