internal import Tensors

/// A convolution without bias, padded so that the output has ceil(side / stride) pixels a side.
///
/// The padding is TensorFlow's: where it is odd, the right and the bottom get the extra pixel.
struct Convolution {
  private let weight: Tensor
  private let size: Int
  private let stride: Int
  private let groups: Int

  init(
    _ loader: WeightLoader, _ name: String, from inputs: Int, to outputs: Int, size: Int = 1, stride: Int = 1,
    groups: Int = 1
  ) throws {
    let fanOut = size * size * outputs / groups
    weight = try loader.parameter(
      "\(name).weight", [outputs, inputs / groups, size, size], .normal(deviation: (2 / Double(fanOut)).squareRoot()))
    (self.size, self.stride, self.groups) = (size, stride, groups)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    let shape = try input.shape
    let (rows, columns) = (padding(of: shape[2]), padding(of: shape[3]))
    guard rows.isMultiple(of: 2), rows == columns else {
      let padded = try input.zeroPadded(
        left: columns / 2, right: columns - columns / 2, top: rows / 2, bottom: rows - rows / 2)
      return try padded.convolved(with: weight, stride: stride, groups: groups)
    }
    return try input.convolved(with: weight, stride: stride, padding: rows / 2, groups: groups)
  }

  /// Pixels of padding on both sides together.
  private func padding(of side: Int) -> Int {
    max(((side + stride - 1) / stride - 1) * stride + size - side, 0)
  }
}

/// Batch normalisation with the constants that EfficientNet-lite was trained with, but for the momentum: 0.1 of the way
/// per batch suits a fine-tuning of hundreds of steps where their 0.01 suits one of hundreds of thousands.
struct BatchNormalisation {
  private static let epsilon = 1e-3
  private static let momentum = 0.1

  private let weight: Tensor
  private let bias: Tensor
  private let runningMean: Tensor
  private let runningVariance: Tensor
  private let batchesTracked: Tensor

  init(_ loader: WeightLoader, _ name: String, channels: Int) throws {
    weight = try loader.parameter("\(name).weight", [channels], .constant(1))
    bias = try loader.parameter("\(name).bias", [channels], .constant(0))
    runningMean = try loader.buffer("\(name).running_mean", [channels], 0)
    runningVariance = try loader.buffer("\(name).running_var", [channels], 1)
    batchesTracked = try loader.buffer("\(name).num_batches_tracked", [], 0, type: .int64)
  }

  func callAsFunction(_ input: Tensor, training: Bool) throws -> Tensor {
    if training { try batchesTracked.increment(by: 1) }
    return try input.batchNormalised(
      weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance, training: training,
      momentum: Self.momentum, epsilon: Self.epsilon)
  }
}

/// Widen, filter every channel by itself, narrow; the narrow ends are joined where their shapes are the same.
///
/// - Source: Sandler et al. 2018, MobileNetV2, section 3.3. Layer names are timm's.
struct InvertedResidual {
  private let widen: (convolution: Convolution, normalisation: BatchNormalisation)?
  private let filter: (convolution: Convolution, normalisation: BatchNormalisation)
  private let narrow: (convolution: Convolution, normalisation: BatchNormalisation)
  private let isResidual: Bool

  /// With an `expansion` of 1 there is nothing to widen.
  init(
    _ loader: WeightLoader, _ name: String, from inputs: Int, to outputs: Int, size: Int, stride: Int, expansion: Int
  ) throws {
    let width = inputs * expansion
    if expansion > 1 {
      widen = (
        try Convolution(loader, "\(name).conv_pw", from: inputs, to: width),
        try BatchNormalisation(loader, "\(name).bn1", channels: width)
      )
    } else {
      widen = nil
    }
    filter = (
      try Convolution(loader, "\(name).conv_dw", from: width, to: width, size: size, stride: stride, groups: width),
      try BatchNormalisation(loader, "\(name).\(expansion > 1 ? "bn2" : "bn1")", channels: width)
    )
    narrow = (
      try Convolution(loader, "\(name).\(expansion > 1 ? "conv_pwl" : "conv_pw")", from: width, to: outputs),
      try BatchNormalisation(loader, "\(name).\(expansion > 1 ? "bn3" : "bn2")", channels: outputs)
    )
    isResidual = stride == 1 && inputs == outputs
  }

  func callAsFunction(_ input: Tensor, training: Bool) throws -> Tensor {
    var x = input
    if let widen { x = try widen.normalisation(widen.convolution(x), training: training).relu6() }
    x = try filter.normalisation(filter.convolution(x), training: training).relu6()
    x = try narrow.normalisation(narrow.convolution(x), training: training)
    return isResidual ? try input + x : x
  }
}
