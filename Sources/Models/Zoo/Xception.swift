internal import Tensors

/// Xception.
///
/// - Source: Chollet 2017, figure 5. Layer names are timm's, which kept those of an early port.
struct Xception: BackboneBody {
  /// Of each block: before its first convolution and after each. Where the last differ from the first, it reduces.
  private static let channels =
    [[64, 128, 128], [128, 256, 256], [256, 728, 728]] + Array(repeating: [728, 728, 728, 728], count: 8)
    + [[728, 728, 1024]]

  private let entry: [NormalisedConvolution]
  private let blocks: [Block]
  private let exit: [NormalisedSeparableConvolution]

  init(_ loader: WeightLoader) throws {
    entry = [
      NormalisedConvolution(
        try Convolution(loader, "conv1", from: 3, to: 32, size: 3, stride: 2),
        try BatchNormalisation(loader, "bn1", channels: 32, .torch), .relu),
      NormalisedConvolution(
        try Convolution(loader, "conv2", from: 32, to: 64, size: 3),
        try BatchNormalisation(loader, "bn2", channels: 64, .torch), .relu),
    ]
    blocks = try Self.channels.enumerated().map { index, channels in
      try Block(
        loader, "block\(index + 1)", channels: channels, reduces: channels.first != channels.last,
        bendsFirst: index > 0)
    }
    exit = [
      try NormalisedSeparableConvolution(loader, "conv3", "bn3", from: 1024, to: 1536),
      try NormalisedSeparableConvolution(loader, "conv4", "bn4", from: 1536, to: 2048),
    ]
  }

  func featureMap(_ pictures: Tensor, _ pass: Pass) throws -> Tensor {
    var x = pictures
    for layer in entry { x = try layer(x, pass) }
    for block in blocks { x = try block(x, pass) }
    for layer in exit { x = try layer(x, pass).relu() }
    return x
  }
}

/// A filter for every channel by itself, then a mixing of the channels, and batch normalisation.
private struct NormalisedSeparableConvolution {
  private let filter: Convolution
  private let mix: Convolution
  private let normalisation: BatchNormalisation

  init(
    _ loader: WeightLoader, _ name: String, _ normalisationName: String, from inputs: Int, to outputs: Int
  ) throws {
    filter = try Convolution(
      loader, "\(name).conv1", from: inputs, to: inputs, size: 3, groups: inputs, padding: .pixels(1))
    mix = try Convolution(loader, "\(name).pointwise", from: inputs, to: outputs)
    normalisation = try BatchNormalisation(loader, normalisationName, channels: outputs, .torch)
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws -> Tensor {
    guard !pass.isTraining, let folded = pass.folded else { return try normalisation(mix(filter(input)), pass) }
    return try mix(filter(input), folded: mix.folded(normalisation, folded), .linear)
  }
}

/// Separable convolutions, each after a ReLU, and a way around them.
private struct Block {
  private let layers: [NormalisedSeparableConvolution]
  private let shortcut: NormalisedConvolution?
  private let bendsFirst: Bool
  private let reduces: Bool

  /// - Parameters:
  ///   - channels: before the first convolution and after each.
  ///   - bendsFirst: whether a ReLU stands before the first convolution; the entry ends with one already.
  init(
    _ loader: WeightLoader, _ name: String, channels: [Int], reduces: Bool, bendsFirst: Bool
  ) throws {
    // timm counts ReLUs, convolutions and normalisations of a block in one row.
    let first = bendsFirst ? 1 : 0
    layers = try (0..<channels.count - 1).map { index in
      try NormalisedSeparableConvolution(
        loader, "\(name).rep.\(first + 3 * index)", "\(name).rep.\(first + 3 * index + 1)", from: channels[index],
        to: channels[index + 1])
    }
    let outputs = channels[channels.count - 1]
    shortcut =
      reduces
      ? NormalisedConvolution(
        try Convolution(loader, "\(name).skip", from: channels[0], to: outputs, stride: 2),
        try BatchNormalisation(loader, "\(name).skipbn", channels: outputs, .torch), nil) : nil
    (self.bendsFirst, self.reduces) = (bendsFirst, reduces)
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws -> Tensor {
    var x = input
    for (index, layer) in layers.enumerated() {
      x = try layer(index > 0 || bendsFirst ? x.relu() : x, pass)
    }
    if reduces { x = try x.maxPooled(size: 3, stride: 2, padding: 1) }
    return try x + (shortcut.map { try $0(input, pass) } ?? input)
  }
}
