private import Foundation
package import Tensors

/// EfficientNet-lite0: EfficientNet-B0 without squeeze-and-excitation, with ReLU6, with the stem and the head of B0.
///
/// Weights are named as in timm's `tf_efficientnet_lite0`, which loads what ``namedArrays()`` gives, and the reverse.
///
/// - Source: Tan and Le 2019, table 1; tensorflow/tpu, `efficientnet_lite_builder`.
package final class EfficientNetLite0 {
  /// The name in pipelines and in models' metadata.
  package static let name = "efficientnet-lite0"
  /// Name of the file of ImageNet weights that `make deps` fetches; its last part is the start of its SHA-256.
  package static let imageNetFile = "efficientnet-lite0-57934424.pth"
  /// Numbers per picture that ``features(of:training:)`` gives.
  package static let featureCount = 1280
  static let headPrefix = "classifier."
  private static let stemChannels = 32

  /// One row of the paper's table: alike blocks, the first of which may reduce.
  private static let stages: [(blocks: Int, size: Int, stride: Int, expansion: Int, channels: Int)] = [
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
  ]

  private let stem: (convolution: Convolution, normalisation: BatchNormalisation)
  private let blocks: [InvertedResidual]
  private let head: (convolution: Convolution, normalisation: BatchNormalisation)
  private let classifier: (weight: Tensor, bias: Tensor)
  /// Everything that is trained, by name, in the order of the layers.
  package let parameters: [(name: String, tensor: Tensor)]
  /// Running statistics, by name, in the order of the layers.
  package let buffers: [(name: String, tensor: Tensor)]

  /// - Throws: ``ModelError``: `missing-model`, `unreadable-weights`, or `different-weights` with the differences.
  package init(weights: Weights, classCount: Int = 1000) throws {
    let loader =
      switch weights {
      case .imageNet(let url):
        try WeightLoader(arrays: ImageNetWeights.read(url), drawsHead: false, seed: 0)
      case .imageNetWithNewHead(let url, let seed):
        try WeightLoader(arrays: ImageNetWeights.read(url), drawsHead: true, seed: seed)
      case .random(let seed): try WeightLoader(arrays: nil, drawsHead: true, seed: seed)
      case .arrays(let arrays): try WeightLoader(arrays: arrays, drawsHead: false, seed: 0)
      }
    stem = (
      try Convolution(loader, "conv_stem", from: 3, to: Self.stemChannels, size: 3, stride: 2),
      try BatchNormalisation(loader, "bn1", channels: Self.stemChannels)
    )
    var blocks: [InvertedResidual] = []
    var channels = Self.stemChannels
    for (index, stage) in Self.stages.enumerated() {
      for block in 0..<stage.blocks {
        blocks.append(
          try InvertedResidual(
            loader, "blocks.\(index).\(block)", from: channels, to: stage.channels, size: stage.size,
            stride: block == 0 ? stage.stride : 1, expansion: stage.expansion))
        channels = stage.channels
      }
    }
    self.blocks = blocks
    head = (
      try Convolution(loader, "conv_head", from: channels, to: Self.featureCount),
      try BatchNormalisation(loader, "bn2", channels: Self.featureCount)
    )
    classifier = (
      try loader.parameter(
        "\(Self.headPrefix)weight", [classCount, Self.featureCount], .normal(deviation: 0.01)),
      try loader.parameter("\(Self.headPrefix)bias", [classCount], .constant(0))
    )
    try loader.finish()
    (parameters, buffers) = (loader.parameters, loader.buffers)
  }

  /// Features of pictures: float32 `[N, 3, S, S]`, normalised, to `[N, 1280]`.
  ///
  /// - Parameter training: whether batch normalisation uses the batch's statistics and moves the running ones.
  package func features(of pictures: Tensor, training: Bool = false) throws -> Tensor {
    var x = try stem.normalisation(stem.convolution(pictures), training: training).relu6()
    for block in blocks { x = try block(x, training: training) }
    return try head.normalisation(head.convolution(x), training: training).relu6().globalAveragePooled()
  }

  /// Scores of the classes from features `[N, 1280]`: `[N, classes]`, to be put through softmax.
  package func logits(ofFeatures features: Tensor) throws -> Tensor {
    try features.linear(weight: classifier.weight, bias: classifier.bias)
  }

  /// Scores of the classes from pictures: `[N, 3, S, S]` to `[N, classes]`, to be put through softmax.
  package func logits(of pictures: Tensor, training: Bool = false) throws -> Tensor {
    try logits(ofFeatures: features(of: pictures, training: training))
  }

  /// A copy of every parameter and buffer, by timm's name.
  package func namedArrays() throws -> [NamedArray] {
    try (parameters + buffers).map { name, tensor in
      try NamedArray(name: name, type: tensor.elementType, shape: tensor.shape, bytes: Data(tensor.bytes()))
    }
  }
}
