/// Everything that turns a frame into the pixels a model sees: written into every shard index and every model, and
/// replayed by `infer`.
package struct CropRecipe: Codable, Hashable, Sendable {
  /// Name of the detector (`yunet`, `haar`).
  package var detector: String
  /// Least score of a face, 0 ... 1.
  package var scoreThreshold: Double
  /// Longer side, pixels, that a frame is reduced to before detection; never enlarged.
  package var detectionSidePixels: Int
  /// Least shorter side of a face, pixels of the frame.
  package var minimumFacePixels: Double
  /// Face box side times this is the crop's side.
  package var margin: Double
  /// Side of the square crop, pixels.
  package var sizePixels: Int
  package var encoding: ImageEncoding
  /// Which faces of a frame are cut out: `largest` or `all`.
  package var faces: String
  /// `face` where the pictures were ready crops: taken whole, without a margin.
  package var input: InputKind

  package init(
    detector: String, scoreThreshold: Double, detectionSidePixels: Int, minimumFacePixels: Double = 0, margin: Double,
    sizePixels: Int, encoding: ImageEncoding, faces: String = "largest", input: InputKind = .frame
  ) {
    self.detector = detector
    self.scoreThreshold = scoreThreshold
    self.detectionSidePixels = detectionSidePixels
    self.minimumFacePixels = minimumFacePixels
    self.margin = margin
    self.sizePixels = sizePixels
    self.encoding = encoding
    self.faces = faces
    self.input = input
  }
}
