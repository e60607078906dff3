internal import Tensors

/// Batch normalisation.
///
/// - Source: Ioffe and Szegedy 2015.
struct BatchNormalisation {
  /// What differs between the networks. The momentum is timm's everywhere: a tenth of the way per batch suits a
  /// fine-tuning of hundreds of steps where the hundredth of TensorFlow's recipes suits one of hundreds of thousands.
  struct Constants {
    var epsilon = 1e-5
    var momentum = 0.1
    /// What TensorFlow's EfficientNets were trained with.
    static let tensorFlow = Constants(epsilon: 1e-3)
    /// PyTorch's own.
    static let torch = Constants()
  }

  private let constants: Constants
  private let weight: Tensor
  private let bias: Tensor
  private let runningMean: Tensor
  private let runningVariance: Tensor
  private let batchesTracked: Tensor

  /// - Parameter scale: the first weight where no file gives it; 0 makes a residual block begin as the identity.
  init(
    _ loader: WeightLoader, _ name: String, channels: Int, _ constants: Constants, scale: Double = 1
  ) throws {
    self.constants = constants
    weight = try loader.parameter("\(name).weight", [channels], .constant(scale))
    bias = try loader.parameter("\(name).bias", [channels], .constant(0))
    runningMean = try loader.buffer("\(name).running_mean", [channels], 0)
    runningVariance = try loader.buffer("\(name).running_var", [channels], 1)
    batchesTracked = try loader.counter("\(name).num_batches_tracked")
  }

  /// Normalises, then bends.
  func callAsFunction(_ input: Tensor, _ pass: Pass, _ bend: Bend = .linear) throws -> Tensor {
    let usesBatch = pass.isTraining && !pass.keepsStatistics
    if usesBatch, pass.momentum == nil { try batchesTracked.increment(by: 1) }
    return try input.batchNormalised(
      weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
      training: usesBatch, momentum: pass.momentum ?? constants.momentum, epsilon: constants.epsilon, bend: bend)
  }

  /// Weight and bias of a convolution with this normalisation, by running statistics, in them.
  func folded(into weight: Tensor, _ bias: Tensor?) throws -> (weight: Tensor, bias: Tensor) {
    try weight.foldedNormalisation(
      bias: bias, scale: self.weight, shift: self.bias, mean: runningMean, variance: runningVariance,
      epsilon: constants.epsilon)
  }
}

/// Layer normalisation over the channels of each pixel.
///
/// - Source: Ba et al. 2016; the epsilon of ConvNeXt.
struct LayerNormalisation {
  private static let epsilon = 1e-6
  private let weight: Tensor
  private let bias: Tensor

  init(_ loader: WeightLoader, _ name: String, channels: Int) throws {
    weight = try loader.parameter("\(name).weight", [channels], .constant(1))
    bias = try loader.parameter("\(name).bias", [channels], .constant(0))
  }

  /// Of `[..., C]`.
  func channelsLast(_ input: Tensor) throws -> Tensor {
    try input.layerNormalised(weight: weight, bias: bias, epsilon: Self.epsilon)
  }

  /// Of `[N, C, H, W]`.
  func channelsFirst(_ input: Tensor) throws -> Tensor {
    try channelsLast(input.permuted([0, 2, 3, 1])).permuted([0, 3, 1, 2])
  }
}

/// Lets the channels of `[N, H, W, C]` compete: each is scaled by its norm over the picture, relative to the mean of
/// all channels' norms.
///
/// - Source: Woo et al. 2023, ConvNeXt V2, section 4.
struct GlobalResponseNormalisation {
  private static let epsilon: Float = 1e-6
  private let weight: Tensor
  private let bias: Tensor
  private let epsilon: Tensor

  init(_ loader: WeightLoader, _ name: String, channels: Int) throws {
    weight = try loader.parameter("\(name).weight", [channels], .constant(0))
    bias = try loader.parameter("\(name).bias", [channels], .constant(0))
    epsilon = try loader.constant(Self.epsilon)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    let norms = try input.norm(over: [1, 2])
    let relative = try norms / (norms.mean(over: [3]) + epsilon)
    return try input + (input * relative * weight + bias)
  }
}
