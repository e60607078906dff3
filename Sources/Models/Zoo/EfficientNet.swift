internal import Tensors

/// EfficientNet, and its Lite kind, padded as TensorFlow pads.
///
/// - Source: Tan and Le 2019, table 1; tensorflow/tpu, `efficientnet_model` and `efficientnet_lite_builder`. Layer names
///   are timm's.
struct EfficientNet: BackboneBody {
  /// How a member of the family differs from B0.
  struct Variant {
    /// Factor of all channels.
    var width = 1.0
    /// Factor of all numbers of blocks.
    var depth = 1.0
    /// Without squeeze-and-excitation, with ReLU6 in place of SiLU.
    var isLite = false

    /// Channels at this width: a multiple of eight that is not below nine tenths of the product.
    func channels(_ count: Int) -> Int {
      let wanted = Double(count) * width
      let rounded = max(8, Int(wanted + 4) / 8 * 8)
      return Double(rounded) < 0.9 * wanted ? rounded + 8 : rounded
    }

    func blocks(_ count: Int) -> Int { Int((Double(count) * depth).rounded(.up)) }
  }

  private static let stemChannels = 32
  private static let headChannels = 1280
  /// One row of the paper's table: alike blocks, the first of which may reduce.
  private static let stages: [(blocks: Int, size: Int, stride: Int, expansion: Int, channels: Int)] = [
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
  ]

  private let stem: NormalisedConvolution
  private let blocks: [InvertedResidual]
  private let head: NormalisedConvolution

  init(_ loader: WeightLoader, _ variant: Variant, dropPathRate: Double) throws {
    let activation = variant.isLite ? Activation.relu6 : .silu
    var channels = variant.channels(Self.stemChannels)
    stem = NormalisedConvolution(
      try Convolution(loader, "conv_stem", from: 3, to: channels, size: 3, stride: 2, padding: .same),
      try BatchNormalisation(loader, "bn1", channels: channels, .tensorFlow), activation)
    let count = Self.stages.reduce(0) { $0 + variant.blocks($1.blocks) }
    var blocks: [InvertedResidual] = []
    for (index, stage) in Self.stages.enumerated() {
      let outputs = variant.channels(stage.channels)
      for block in 0..<variant.blocks(stage.blocks) {
        blocks.append(
          try InvertedResidual(
            loader, "blocks.\(index).\(block)", from: channels, to: outputs, size: stage.size,
            stride: block == 0 ? stage.stride : 1, expansion: stage.expansion, excites: !variant.isLite, activation,
            dropPathRate: dropPathRate * Double(blocks.count) / Double(count)))
        channels = outputs
      }
    }
    self.blocks = blocks
    let features = variant.channels(Self.headChannels)
    head = NormalisedConvolution(
      try Convolution(loader, "conv_head", from: channels, to: features),
      try BatchNormalisation(loader, "bn2", channels: features, .tensorFlow), activation)
  }

  func featureMap(_ pictures: Tensor, _ pass: Pass) throws -> Tensor {
    var x = try stem(pictures, pass)
    for block in blocks { x = try block(x, pass) }
    return try head(x, pass)
  }
}

/// Widen, filter every channel by itself, weigh the channels, narrow; the narrow ends are joined where their shapes are
/// the same.
///
/// - Source: Sandler et al. 2018, MobileNetV2, section 3.3; Tan et al. 2019, MnasNet, for the weighing.
private struct InvertedResidual {
  private let widen: NormalisedConvolution?
  private let filter: NormalisedConvolution
  private let excite: SqueezeExcitation?
  private let narrow: NormalisedConvolution
  private let depth: StochasticDepth
  private let isResidual: Bool

  /// With an `expansion` of 1 there is nothing to widen.
  init(
    _ loader: WeightLoader, _ name: String, from inputs: Int, to outputs: Int, size: Int, stride: Int, expansion: Int,
    excites: Bool, _ activation: Activation, dropPathRate: Double
  ) throws {
    let width = inputs * expansion
    let widens = expansion > 1
    func layer(
      _ convolution: Convolution, _ number: Int, channels: Int, _ activation: Activation?
    ) throws -> NormalisedConvolution {
      // timm counts normalisations from 1, whether or not a block widens.
      let normalisation = try BatchNormalisation(
        loader, "\(name).bn\(widens ? number : number - 1)", channels: channels, .tensorFlow)
      return NormalisedConvolution(convolution, normalisation, activation)
    }
    widen =
      widens
      ? try layer(Convolution(loader, "\(name).conv_pw", from: inputs, to: width), 1, channels: width, activation) : nil
    filter = try layer(
      Convolution(
        loader, "\(name).conv_dw", from: width, to: width, size: size, stride: stride, groups: width, padding: .same),
      2, channels: width, activation)
    excite =
      excites
      ? try SqueezeExcitation(loader, "\(name).se", channels: width, reduced: inputs / 4, activation) : nil
    narrow = try layer(
      Convolution(loader, "\(name).\(widens ? "conv_pwl" : "conv_pw")", from: width, to: outputs), 3,
      channels: outputs, nil)
    depth = StochasticDepth(probability: dropPathRate, name: name)
    isResidual = stride == 1 && inputs == outputs
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws -> Tensor {
    var x = input
    if let widen { x = try widen(x, pass) }
    x = try filter(x, pass)
    if let excite { x = try excite(x) }
    x = try narrow(x, pass)
    return isResidual ? try input + depth(x, pass) : x
  }
}
