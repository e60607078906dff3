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

  private let network: ConvolutionalNetwork
  private let options: DetectorOptions
  private let path: String

  init(model: URL, options: DetectorOptions) throws {
    path = model.path(percentEncoded: false)
    network = try ConvolutionalNetwork(onnx: model)
    self.options = options
  }

  package func detect(_ picture: any Picture) throws -> [Face] {
    let reduced = try ReducedImage(picture, scale: options.scale)
    let input = YuNet.input(of: reduced.image)
    let blobs = try network.run(input.values, width: input.width, height: input.height)
    let named = Dictionary(zip(network.outputs, blobs)) { first, _ in first }
    let outputs = try YuNet.outputNames.map { name in
      guard let blob = named[name] else { throw FacesError.unexpectedOutput(reason: "\(path) has no output \(name)") }
      return blob
    }
    let candidates = try YuNet.decode(
      outputs, width: input.width, height: input.height, scoreThreshold: options.scoreThreshold)
    let faces = suppressOverlaps(candidates, maximumOverlap: Self.maximumOverlap)
    return options.finish(faces, of: reduced)
  }
}
