internal import CTorch

// Named as in the papers. Every function leaves its operands alone and is recorded for gradients.
extension Tensor {
  package static func + (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try make("+", of: [left, right]) { $0.add(left.handle, right.handle, &$1, &$2) }
  }

  package static func - (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try make("-", of: [left, right]) { $0.subtract(left.handle, right.handle, &$1, &$2) }
  }

  package static func * (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try make("*", of: [left, right]) { $0.multiply(left.handle, right.handle, &$1, &$2) }
  }

  package static func / (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try make("/", of: [left, right]) { $0.divide(left.handle, right.handle, &$1, &$2) }
  }

  /// The sum of all elements.
  package func sum() throws(TensorError) -> Tensor { try Self.make("sum", of: [self]) { $0.sum(handle, &$1, &$2) } }

  /// The Euclidean norm of all elements.
  package func norm() throws(TensorError) -> Tensor { try Self.make("norm", of: [self]) { $0.norm(handle, &$1, &$2) } }

  /// Whether no element is infinite or not a number.
  package func isFinite() throws(TensorError) -> Bool {
    var result: Int32 = 0
    try Self.perform("isFinite", on: [self]) { functions, error in functions.all_finite(handle, &result, &error) }
    return result != 0
  }

  /// The same numbers in another element type.
  package func converted(to type: ElementType) throws(TensorError) -> Tensor {
    try Self.make("convert to \(type)", of: [self]) { $0.convert(handle, type.rawValue, &$1, &$2) }
  }

  /// The same numbers laid out with the channels innermost, which convolutions on a CPU like best.
  ///
  /// `[N, C, H, W]` stays the shape.
  package func channelsLast() throws(TensorError) -> Tensor {
    try Self.make("channelsLast", of: [self]) { $0.channels_last(handle, &$1, &$2) }
  }

  /// The same numbers with the axes in another order: axis i of the result is axis `order[i]` of this tensor.
  package func permuted(_ order: [Int]) throws(TensorError) -> Tensor {
    try Self.make("permute \(order)", of: [self]) {
      $0.permute(handle, order.map(Int64.init), Int32(order.count), &$1, &$2)
    }
  }

  /// A tensor of its own with the same values, laid out alike and unknown to gradients.
  package func copied() throws(TensorError) -> Tensor {
    try Self.make("copy", of: [self]) { $0.copied(handle, &$1, &$2) }
  }

  /// Cross-correlation of `[N, C, H, W]` with `weight [K, C / groups, R, S]`, whose elements lie `dilation` apart.
  package func convolved(
    with weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Margins = 0, dilation: Int = 1,
    groups: Int = 1
  ) throws(TensorError) -> Tensor {
    try Self.make("convolution", of: [self, weight]) {
      $0.conv2d(
        handle, weight.handle, bias?.handle, Int64(stride), padding.numbers, Int64(dilation), Int64(groups), &$1, &$2)
    }
  }

  /// Batch normalisation of `[N, C, H, W]` over all axes but C.
  ///
  /// In training the batch's own statistics are used and the running ones move towards them by `momentum`, in place;
  /// otherwise the running ones are used.
  ///
  /// - Source: Ioffe and Szegedy 2015.
  package func batchNormalised(
    weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, training: Bool, momentum: Double,
    epsilon: Double
  ) throws(TensorError) -> Tensor {
    try Self.make("batch normalisation", of: [self, weight]) {
      $0.batch_norm(
        handle, weight.handle, bias.handle, runningMean.handle, runningVariance.handle, training ? 1 : 0, momentum,
        epsilon, &$1, &$2)
    }
  }

  /// `self [..., C]` times the transpose of `weight [K, C]`, plus `bias [K]`: `[..., K]`.
  package func linear(weight: Tensor, bias: Tensor? = nil) throws(TensorError) -> Tensor {
    try Self.make("linear", of: [self, weight]) { $0.linear(handle, weight.handle, bias?.handle, &$1, &$2) }
  }

  /// min(max(x, 0), 6).
  package func relu6() throws(TensorError) -> Tensor {
    try Self.make("relu6", of: [self]) { $0.relu6(handle, &$1, &$2) }
  }

  /// Means over the last two axes: `[N, C, H, W]` to `[N, C]`.
  package func globalAveragePooled() throws(TensorError) -> Tensor {
    try Self.make("global average pooling", of: [self]) { $0.global_average_pool(handle, &$1, &$2) }
  }

  /// Zeroes elements with `probability` and scales the others by 1 / (1 - probability); which ones is a function of
  /// `seed` and the shape.
  package func droppedOut(probability: Double, seed: UInt64) throws(TensorError) -> Tensor {
    try Self.make("dropout", of: [self]) { $0.dropout(handle, probability, seed, &$1, &$2) }
  }

  /// Exponentials along `axis`, scaled to a sum of 1.
  package func softmax(axis: Int) throws(TensorError) -> Tensor {
    try Self.make("softmax", of: [self]) { $0.softmax(handle, Int64(axis), &$1, &$2) }
  }

  /// The logarithm of ``softmax(axis:)``.
  package func logSoftmax(axis: Int) throws(TensorError) -> Tensor {
    try Self.make("log-softmax", of: [self]) { $0.log_softmax(handle, Int64(axis), &$1, &$2) }
  }
}
