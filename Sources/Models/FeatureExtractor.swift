package import Foundation
private import Tensors

/// A frozen network that describes pictures by 1280 numbers each.
package final class FeatureExtractor {
  package let preprocessing: Preprocessing
  private let backbone: EfficientNetLite0

  /// Features of the ImageNet network in `imageNetWeights`, as `make deps` fetches it.
  package convenience init(imageNetWeights: URL, sizePixels: Int) throws {
    self.init(
      backbone: try EfficientNetLite0(weights: .imageNet(imageNetWeights)),
      preprocessing: .efficientNetLite(sizePixels: sizePixels))
  }

  /// Features that a trained detector looks at.
  package convenience init(detector: DetectorModel) {
    self.init(backbone: detector.network, preprocessing: detector.preprocessing)
  }

  package init(backbone: EfficientNetLite0, preprocessing: Preprocessing) {
    self.backbone = backbone
    self.preprocessing = preprocessing
  }

  /// Features of pictures, each RGB `UInt8` row-major `[S, S, 3]`: 1280 numbers per picture, in order.
  ///
  /// A picture's numbers are the same to the bit whatever other pictures are given, and wherever it stands.
  package func features(of images: [[UInt8]]) throws -> [[Float]] {
    try FixedBatches.rows(of: images, preprocessing) { try backbone.features(of: $0) }
  }
}
