private import Records
internal import Tensors

/// How a network is run.
struct Pass {
  /// Whether batch normalisation uses the batch's statistics and moves the running ones, and paths are dropped.
  let isTraining: Bool
  /// Which paths are dropped is a function of this and of the layer.
  let seed: UInt64
  /// How far running statistics move towards the batch's, in place of the layers' own: 0 leaves them as they are.
  var momentum: Double?
  /// Where the convolutions of a frozen network, each with its normalisation in it, are kept; `nil` keeps the two apart.
  var folded: FoldedLayers?
  /// Whether batch normalisation goes by the running statistics, and leaves them, in training too.
  var keepsStatistics = false
}

/// Convolutions that have taken in the normalisation behind them, made when first used.
///
/// Of a network whose weights do not change while this is used. Gradients do not reach the weights through it.
package final class FoldedLayers {
  private var layers: [ObjectIdentifier: (weight: Tensor, bias: Tensor)] = [:]

  package init() {}

  func layer(
    of weight: Tensor, make: () throws -> (weight: Tensor, bias: Tensor)
  ) rethrows -> (weight: Tensor, bias: Tensor) {
    if let layer = layers[ObjectIdentifier(weight)] { return layer }
    let layer = try make()
    layers[ObjectIdentifier(weight)] = layer
    return layer
  }
}

/// The bend between two layers.
enum Activation {
  case relu
  case relu6
  case silu

  var bend: Bend {
    switch self {
    case .relu: .relu
    case .relu6: .relu6
    case .silu: .silu
    }
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    switch self {
    case .relu: try input.relu()
    case .relu6: try input.relu6()
    case .silu: try input.silu()
    }
  }
}

/// A convolution, its batch normalisation and what bends the result, if anything does.
struct NormalisedConvolution {
  private let convolution: Convolution
  private let normalisation: BatchNormalisation
  private let activation: Activation?

  init(_ convolution: Convolution, _ normalisation: BatchNormalisation, _ activation: Activation?) {
    (self.convolution, self.normalisation, self.activation) = (convolution, normalisation, activation)
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws -> Tensor {
    let bend = activation?.bend ?? .linear
    guard !pass.isTraining, let folded = pass.folded else {
      return try normalisation(convolution(input), pass, bend)
    }
    return try convolution(input, folded: convolution.folded(normalisation, folded), bend)
  }
}

/// Weighs the channels of `[N, C, H, W]` by what all pixels of each say together.
///
/// - Source: Hu et al. 2018, figure 3.
struct SqueezeExcitation {
  private let reduce: Convolution
  private let expand: Convolution
  private let activation: Activation

  init(_ loader: WeightLoader, _ name: String, channels: Int, reduced: Int, _ activation: Activation) throws {
    reduce = try Convolution(loader, "\(name).conv_reduce", from: channels, to: reduced, hasBias: true)
    expand = try Convolution(loader, "\(name).conv_expand", from: reduced, to: channels, hasBias: true)
    self.activation = activation
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input * expand(activation(reduce(input.mean(over: [2, 3])))).sigmoid()
  }
}

/// Leaves a residual branch out for some pictures of a batch, in training alone.
///
/// - Source: Huang et al. 2016. The draws are keyed by the pass's seed and the branch's name.
struct StochasticDepth {
  let probability: Double
  let name: String

  /// The chances of `count` branches, rising evenly from 0 to `last`.
  static func rising(to last: Double, count: Int) -> [Double] {
    (0..<count).map { last * Double($0) / Double(max(count - 1, 1)) }
  }

  func callAsFunction(_ branch: Tensor, _ pass: Pass) throws -> Tensor {
    guard pass.isTraining, probability > 0 else { return branch }
    var random = KeyedRandom(seed: pass.seed, key: name, stage: "drop-path")
    return try branch.pathsDropped(probability: probability, seed: random.next())
  }
}
