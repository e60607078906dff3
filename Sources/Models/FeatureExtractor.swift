package import Foundation
package import Tensors

/// A frozen network that describes pictures by so many numbers each.
package final class FeatureExtractor {
  package let preprocessing: Preprocessing
  private let network: BackboneNetwork
  private let folded = FoldedLayers()

  /// Features of a network with the weights in a file.
  package convenience init(_ backbone: Backbone, weights: URL, sizePixels: Int, device: Device = .cpu) throws {
    // The head is not used, and a file need not have it.
    let network = try backbone.network(weights: .fileWithNewHead(weights, seed: 0), classCount: 1)
    try network.move(to: device)
    self.init(
      network: network,
      preprocessing: backbone.preprocessing(sizePixels: sizePixels))
  }

  /// Features that a trained detector looks at.
  package convenience init(detector: DetectorModel) {
    self.init(network: detector.network, preprocessing: detector.preprocessing)
  }

  package init(network: BackboneNetwork, preprocessing: Preprocessing) {
    self.network = network
    self.preprocessing = preprocessing
  }

  /// Features of pictures, each RGB `UInt8` row-major `[S, S, 3]`: the backbone's `featureCount` numbers per picture, in
  /// order.
  ///
  /// A picture's numbers are the same to the bit whatever other pictures are given, and wherever it stands.
  package func features(of images: [[UInt8]]) throws -> [[Float]] {
    try FixedBatches.rows(of: images, preprocessing) { try network.features(of: $0, folded: folded) }
  }
}
