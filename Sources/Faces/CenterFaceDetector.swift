import Foundation
package import Imaging
package import Records

/// CenterFace: a one-stage network without anchors that gives boxes, five landmarks and scores.
///
/// Source: Xu et al. 2019, CenterFace: joint face detection and alignment using face as point.
package struct CenterFaceDetector: FaceDetector {
  static let modelFile = "centerface.onnx"
  /// Boxes that overlap a better one by more than this are the same face.
  static let maximumOverlap = 0.3

  private let networks: ShapedNetworks
  private let options: DetectorOptions

  init(model: URL, options: DetectorOptions) throws {
    networks = try ShapedNetworks(onnx: model, outputs: CenterFace.outputNames, capacity: 4)
    self.options = options
  }

  package func detect(_ picture: any Picture) throws -> [Face] {
    let reduced = try ReducedImage(picture, scale: options.scale)
    let padded = { (side: Int) in (side + CenterFace.multiple - 1) / CenterFace.multiple * CenterFace.multiple }
    let (width, height) = (padded(reduced.image.width), padded(reduced.image.height))
    let (columns, rows) = (width / CenterFace.stride, height / CenterFace.stride)
    let outputs = try networks.run(
      reduced.floats(width: width, height: height, isInterleaved: false), shape: [1, 3, height, width],
      counts: CenterFace.channels.map { $0 * columns * rows })
    let candidates = CenterFace.decode(
      outputs, columns: columns, rows: rows, scoreThreshold: options.scoreThreshold)
    return options.finish(suppressOverlaps(candidates, maximumOverlap: Self.maximumOverlap), of: reduced)
  }
}
