internal import Tensors

/// A convolution, square in every respect.
struct Convolution {
  enum Padding {
    /// TensorFlow's: as much as makes ceil(side / stride) pixels a side come out. Where it is odd, the right and the
    /// bottom get the extra pixel.
    case same
    /// So many pixels on each side.
    case pixels(Int)
  }

  private let weight: Tensor
  private let bias: Tensor?
  private let size: Int
  private let stride: Int
  private let dilation: Int
  private let groups: Int
  private let padding: Padding

  /// - Parameter deviation: of the draws where no file gives the weight; `nil` keeps the size of gradients (He et al.
  ///   2015, by the outputs that each input reaches).
  init(
    _ loader: WeightLoader, _ name: String, from inputs: Int, to outputs: Int, size: Int = 1, stride: Int = 1,
    dilation: Int = 1, groups: Int = 1, padding: Padding = .pixels(0), hasBias: Bool = false, deviation: Double? = nil
  ) throws {
    let fanOut = size * size * outputs / groups
    weight = try loader.parameter(
      "\(name).weight", [outputs, inputs / groups, size, size],
      .normal(deviation: deviation ?? (2 / Double(fanOut)).squareRoot()))
    bias = hasBias ? try loader.parameter("\(name).bias", [outputs], .constant(0)) : nil
    (self.size, self.stride, self.dilation, self.groups) = (size, stride, dilation, groups)
    self.padding = padding
  }

  /// `[N, inputs, H, W]` to `[N, outputs, H', W']`.
  func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.convolved(
      with: weight, bias: bias, stride: stride, padding: padding(of: input), dilation: dilation, groups: groups)
  }

  /// The same with another weight and bias, and a bend behind it.
  func callAsFunction(
    _ input: Tensor, folded: (weight: Tensor, bias: Tensor), _ bend: Bend
  ) throws -> Tensor {
    try input.convolved(
      with: folded.weight, bias: folded.bias, stride: stride, padding: padding(of: input), dilation: dilation,
      groups: groups, bend: bend)
  }

  /// Weight and bias with a normalisation in them.
  func folded(
    _ normalisation: BatchNormalisation, _ layers: FoldedLayers
  ) throws -> (weight: Tensor, bias: Tensor) {
    try layers.layer(of: weight) { try normalisation.folded(into: weight, bias) }
  }

  private func padding(of input: Tensor) throws -> Margins {
    switch padding {
    case .pixels(let count): return Margins(count)
    case .same:
      let shape = try input.shape
      let (rows, columns) = (samePadding(of: shape[2]), samePadding(of: shape[3]))
      return Margins(
        left: columns / 2, right: columns - columns / 2, top: rows / 2, bottom: rows - rows / 2)
    }
  }

  /// Pixels of padding on both sides together.
  private func samePadding(of side: Int) -> Int {
    max(((side + stride - 1) / stride - 1) * stride + (size - 1) * dilation + 1 - side, 0)
  }
}

/// An affine map of the last axis.
struct Linear {
  private let weight: Tensor
  private let bias: Tensor

  /// - Parameter deviation: of the draws where no file gives the weight.
  init(_ loader: WeightLoader, _ name: String, from inputs: Int, to outputs: Int, deviation: Double) throws {
    weight = try loader.parameter("\(name).weight", [outputs, inputs], .normal(deviation: deviation))
    bias = try loader.parameter("\(name).bias", [outputs], .constant(0))
  }

  /// `[..., inputs]` to `[..., outputs]`.
  func callAsFunction(_ input: Tensor) throws -> Tensor { try input.linear(weight: weight, bias: bias) }
}
