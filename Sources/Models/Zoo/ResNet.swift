internal import Tensors

/// ResNet with its blocks of two 3x3 convolutions, or of three with a narrow middle.
///
/// - Source: He et al. 2016, table 1. As in torchvision and timm the 3x3 convolution of a narrowed block reduces, not the
///   1x1 before it. Layer names are timm's.
struct ResNet: BackboneBody {
  private static let channels = [64, 128, 256, 512]

  private let stem: NormalisedConvolution
  private let blocks: [ResidualBlock]

  /// - Parameter blocks: of each of the four stages.
  init(_ loader: WeightLoader, blocks counts: [Int], narrows: Bool, dropPathRate: Double) throws {
    stem = NormalisedConvolution(
      try Convolution(loader, "conv1", from: 3, to: 64, size: 7, stride: 2, padding: .pixels(3)),
      try BatchNormalisation(loader, "bn1", channels: 64, .torch), .relu)
    let rates = StochasticDepth.rising(to: dropPathRate, count: counts.reduce(0, +))
    var blocks: [ResidualBlock] = []
    var inputs = 64
    for (stage, count) in counts.enumerated() {
      let outputs = Self.channels[stage] * (narrows ? 4 : 1)
      for block in 0..<count {
        blocks.append(
          try ResidualBlock(
            loader, "layer\(stage + 1).\(block)", from: inputs, through: Self.channels[stage], to: outputs,
            stride: stage > 0 && block == 0 ? 2 : 1, narrows: narrows, dropPathRate: rates[blocks.count]))
        inputs = outputs
      }
    }
    self.blocks = blocks
  }

  func featureMap(_ pictures: Tensor, _ pass: Pass) throws -> Tensor {
    var x = try stem(pictures, pass).maxPooled(size: 3, stride: 2, padding: 1)
    for block in blocks { x = try block(x, pass) }
    return x
  }
}

/// The block of figure 5: a few convolutions, and a way around them.
private struct ResidualBlock {
  private let layers: [NormalisedConvolution]
  private let shortcut: NormalisedConvolution?
  private let depth: StochasticDepth

  init(
    _ loader: WeightLoader, _ name: String, from inputs: Int, through width: Int, to outputs: Int, stride: Int,
    narrows: Bool, dropPathRate: Double
  ) throws {
    func layer(
      _ number: Int, from inputs: Int, to outputs: Int, size: Int, stride: Int = 1, isLast: Bool = false
    ) throws -> NormalisedConvolution {
      NormalisedConvolution(
        try Convolution(
          loader, "\(name).conv\(number)", from: inputs, to: outputs, size: size, stride: stride,
          padding: .pixels(size / 2)),
        try BatchNormalisation(loader, "\(name).bn\(number)", channels: outputs, .torch, scale: isLast ? 0 : 1),
        isLast ? nil : .relu)
    }
    layers =
      narrows
      ? [
        try layer(1, from: inputs, to: width, size: 1), try layer(2, from: width, to: width, size: 3, stride: stride),
        try layer(3, from: width, to: outputs, size: 1, isLast: true),
      ]
      : [
        try layer(1, from: inputs, to: width, size: 3, stride: stride),
        try layer(2, from: width, to: outputs, size: 3, isLast: true),
      ]
    shortcut =
      stride == 1 && inputs == outputs
      ? nil
      : NormalisedConvolution(
        try Convolution(loader, "\(name).downsample.0", from: inputs, to: outputs, stride: stride),
        try BatchNormalisation(loader, "\(name).downsample.1", channels: outputs, .torch), nil)
    depth = StochasticDepth(probability: dropPathRate, name: name)
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws -> Tensor {
    var x = input
    for layer in layers { x = try layer(x, pass) }
    return try (depth(x, pass) + (shortcut.map { try $0(input, pass) } ?? input)).relu()
  }
}
