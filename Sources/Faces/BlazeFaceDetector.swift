import Foundation
package import Imaging
package import Records

/// BlazeFace for the back camera: the quickest network, for faces that fill a good part of the picture. Gives no
/// landmarks.
///
/// It looks at 256 x 256 pixels: the picture fills them along its longer side, whatever ``DetectorOptions/scale``
/// says.
///
/// Source: Bazarevsky et al. 2019, BlazeFace: sub-millisecond neural face detection on mobile GPUs; MediaPipe.
package struct BlazeFaceDetector: FaceDetector {
  static let modelFile = "blazeface-back-256.onnx"
  /// Boxes that overlap a better one by more than this are the same face.
  static let maximumOverlap = 0.3

  private let networks: ShapedNetworks
  private let options: DetectorOptions

  init(model: URL, options: DetectorOptions) throws {
    networks = try ShapedNetworks(onnx: model, outputs: BlazeFace.outputNames, capacity: 1)
    self.options = options
  }

  package func detect(_ picture: any Picture) throws -> [Face] {
    let side = BlazeFace.inputPixels
    let reduced = try ReducedImage(picture, factor: Double(side) / Double(max(picture.width, picture.height)))
    let input = reduced.floats(width: side, height: side, isInterleaved: true) { Float($0) / 127.5 - 1 }
    let outputs = try networks.run(input, shape: [1, side, side, 3], counts: BlazeFace.counts)
    let candidates = BlazeFace.decode(outputs, scoreThreshold: options.scoreThreshold)
    return options.finish(suppressOverlaps(candidates, maximumOverlap: Self.maximumOverlap), of: reduced)
  }
}
