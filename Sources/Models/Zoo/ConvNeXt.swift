internal import Tensors

/// ConvNeXt V2.
///
/// - Source: Liu et al. 2022, figure 4, and Woo et al. 2023, figure 5, for the block; layer names are timm's.
struct ConvNeXt: BackboneBody {
  /// Of the draws of weights where no file gives them.
  static let deviation = 0.02

  private let stem: (patches: Convolution, normalisation: LayerNormalisation)
  private let stages: [Stage]
  private let normalisation: LayerNormalisation

  /// - Parameters:
  ///   - blocks: of each stage.
  ///   - channels: of each stage.
  init(_ loader: WeightLoader, blocks counts: [Int], channels: [Int], dropPathRate: Double) throws {
    stem = (
      try Convolution(
        loader, "stem.0", from: 3, to: channels[0], size: 4, stride: 4, hasBias: true, deviation: Self.deviation),
      try LayerNormalisation(loader, "stem.1", channels: channels[0])
    )
    let rates = StochasticDepth.rising(to: dropPathRate, count: counts.reduce(0, +))
    stages = try counts.indices.map { index in
      let before = counts[..<index].reduce(0, +)
      return try Stage(
        loader, "stages.\(index)", from: index == 0 ? nil : channels[index - 1], to: channels[index],
        dropPathRates: Array(rates[before..<before + counts[index]]))
    }
    normalisation = try LayerNormalisation(loader, "head.norm", channels: channels[channels.count - 1])
  }

  func featureMap(_ pictures: Tensor, _ pass: Pass) throws -> Tensor {
    var x = try stem.normalisation.channelsFirst(stem.patches(pictures))
    for stage in stages { x = try stage(x, pass) }
    return x
  }

  func pooled(_ map: Tensor) throws -> Tensor { try normalisation.channelsLast(map.globalAveragePooled()) }
}

/// Halves the picture, but for the first stage, and looks at it with alike blocks.
private struct Stage {
  private let downsampling: (normalisation: LayerNormalisation, convolution: Convolution)?
  private let blocks: [Block]

  /// - Parameter inputs: channels of what is to be halved; `nil` where nothing is.
  init(_ loader: WeightLoader, _ name: String, from inputs: Int?, to channels: Int, dropPathRates: [Double]) throws {
    downsampling = try inputs.map { inputs in
      (
        try LayerNormalisation(loader, "\(name).downsample.0", channels: inputs),
        try Convolution(
          loader, "\(name).downsample.1", from: inputs, to: channels, size: 2, stride: 2, hasBias: true,
          deviation: ConvNeXt.deviation)
      )
    }
    blocks = try dropPathRates.enumerated().map { index, rate in
      try Block(loader, "\(name).blocks.\(index)", channels: channels, dropPathRate: rate)
    }
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws -> Tensor {
    var x = input
    if let downsampling { x = try downsampling.convolution(downsampling.normalisation.channelsFirst(x)) }
    for block in blocks { x = try block(x, pass) }
    return x
  }
}

/// A wide filter for every channel by itself, then two layers that mix the channels of each pixel.
private struct Block {
  private let filter: Convolution
  private let normalisation: LayerNormalisation
  private let widen: Linear
  private let response: GlobalResponseNormalisation
  private let narrow: Linear
  private let depth: StochasticDepth

  init(_ loader: WeightLoader, _ name: String, channels: Int, dropPathRate: Double) throws {
    filter = try Convolution(
      loader, "\(name).conv_dw", from: channels, to: channels, size: 7, groups: channels, padding: .pixels(3),
      hasBias: true, deviation: ConvNeXt.deviation)
    normalisation = try LayerNormalisation(loader, "\(name).norm", channels: channels)
    widen = try Linear(
      loader, "\(name).mlp.fc1", from: channels, to: 4 * channels, deviation: ConvNeXt.deviation)
    response = try GlobalResponseNormalisation(loader, "\(name).mlp.grn", channels: 4 * channels)
    narrow = try Linear(
      loader, "\(name).mlp.fc2", from: 4 * channels, to: channels, deviation: ConvNeXt.deviation)
    depth = StochasticDepth(probability: dropPathRate, name: name)
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws -> Tensor {
    // The channels are last from the filter to the end of the branch, as the mixing wants them.
    let x = try normalisation.channelsLast(filter(input).permuted([0, 2, 3, 1]))
    let branch = try narrow(response(widen(x).gelu())).permuted([0, 3, 1, 2])
    return try input + depth(branch, pass)
  }
}
