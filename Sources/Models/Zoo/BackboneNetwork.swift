internal import Foundation
package import Tensors

/// The layers of a network before its head.
protocol BackboneBody {
  /// `[N, 3, H, W]`, normalised, to the last map `[N, C, H', W']`.
  func featureMap(_ pictures: Tensor, _ pass: Pass) throws -> Tensor

  /// One row per picture of the last map: `[N, C, H', W']` to `[N, C]`.
  func pooled(_ map: Tensor) throws -> Tensor
}

extension BackboneBody {
  func pooled(_ map: Tensor) throws -> Tensor { try map.globalAveragePooled() }
}

/// A network of the zoo with its weights: a backbone, a pooling, a linear head.
///
/// Weights are named as in timm, which loads what ``namedArrays()`` gives, and the reverse. `training` means in all
/// functions: whether batch normalisation uses the batch's statistics and moves the running ones, and paths are dropped,
/// which ones as a function of `seed`. `momentum` takes the place of the layers' own: with 0 a training pass leaves the
/// running statistics alone, with 1 / n in pass n they become the mean over passes. `folded` keeps what convolutions and
/// normalisations come to together, for whoever runs a frozen network often.
package final class BackboneNetwork {
  package let backbone: Backbone
  /// Everything that is trained, by name, in the order of the layers.
  package let parameters: [(name: String, tensor: Tensor)]
  /// Running statistics, by name, in the order of the layers.
  package let buffers: [(name: String, tensor: Tensor)]
  /// Where the network computes; pictures are brought there.
  package private(set) var device = Device.cpu
  /// Whether batch normalisation goes by the running statistics, and leaves them as they are, in training too; its
  /// scales and shifts are trained all the same.
  package var keepsStatistics = false
  private let body: any BackboneBody
  private let constants: [Tensor]
  private let head: Linear

  init(_ backbone: Backbone, _ loader: WeightLoader, classCount: Int, dropPathRate: Double) throws {
    self.backbone = backbone
    body = try backbone.body(loader, dropPathRate)
    head = try Linear(
      loader, backbone.head, from: backbone.featureCount, to: classCount, deviation: Self.headDeviation)
    try loader.finish()
    (parameters, buffers, constants) = (loader.parameters, loader.buffers, loader.constants)
  }

  /// Moves all weights, before an optimiser is made of them.
  package func move(to device: Device) throws {
    for tensor in parameters.map(\.tensor) + buffers.map(\.tensor) + constants { try tensor.move(to: device) }
    self.device = device
  }

  private static let headDeviation = 0.01

  /// The last map of pictures: float32 `[N, 3, H, W]`, normalised, to `[N, C, H', W']`.
  package func featureMap(
    of pictures: Tensor, training: Bool = false, seed: UInt64 = 0, momentum: Double? = nil,
    folded: FoldedLayers? = nil
  ) throws -> Tensor {
    try body.featureMap(
      pictures.on(device),
      Pass(isTraining: training, seed: seed, momentum: momentum, folded: folded, keepsStatistics: keepsStatistics))
  }

  /// What the head sees of a map: `[N, C, H', W']` to `[N, C]`.
  package func features(ofMap map: Tensor) throws -> Tensor { try body.pooled(map) }

  /// Features of pictures: float32 `[N, 3, H, W]`, normalised, to `[N, C]`.
  package func features(
    of pictures: Tensor, training: Bool = false, seed: UInt64 = 0, momentum: Double? = nil,
    folded: FoldedLayers? = nil
  ) throws -> Tensor {
    try features(
      ofMap: featureMap(of: pictures, training: training, seed: seed, momentum: momentum, folded: folded))
  }

  /// Scores of the classes from features `[N, C]`: `[N, classes]`, to be put through softmax.
  package func logits(ofFeatures features: Tensor) throws -> Tensor { try head(features) }

  /// Scores of the classes from pictures: `[N, 3, H, W]` to `[N, classes]`, to be put through softmax.
  package func logits(
    of pictures: Tensor, training: Bool = false, seed: UInt64 = 0, momentum: Double? = nil,
    folded: FoldedLayers? = nil
  ) throws -> Tensor {
    try logits(
      ofFeatures: features(of: pictures, training: training, seed: seed, momentum: momentum, folded: folded))
  }

  /// A copy of every parameter and buffer, by timm's name.
  package func namedArrays() throws -> [NamedArray] {
    try (parameters + buffers).map { name, tensor in
      try NamedArray(name: name, type: tensor.elementType, shape: tensor.shape, bytes: Data(tensor.bytes()))
    }
  }
}
