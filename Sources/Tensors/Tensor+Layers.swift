internal import CTorch

// What the networks of the zoo need beyond Tensor+Operations.swift; recorded for gradients as those are.
extension Tensor {
  /// max(x, 0).
  package func relu() throws(TensorError) -> Tensor {
    try Self.make("relu", of: [self]) { $0.relu(handle, &$1, &$2) }
  }

  /// x sigmoid(x).
  ///
  /// - Source: Elfwing et al. 2017; "swish" in Ramachandran et al. 2017.
  package func silu() throws(TensorError) -> Tensor {
    try Self.make("silu", of: [self]) { $0.silu(handle, &$1, &$2) }
  }

  /// x times the probability that a standard normal draw is below x.
  ///
  /// - Source: Hendrycks and Gimpel 2016, by the error function.
  package func gelu() throws(TensorError) -> Tensor {
    try Self.make("gelu", of: [self]) { $0.gelu(handle, &$1, &$2) }
  }

  /// 1 / (1 + exp(-x)).
  package func sigmoid() throws(TensorError) -> Tensor {
    try Self.make("sigmoid", of: [self]) { $0.sigmoid(handle, &$1, &$2) }
  }

  /// The largest of each square window of `[N, C, H, W]`; what pads the edges is never the largest.
  package func maxPooled(size: Int, stride: Int, padding: Int) throws(TensorError) -> Tensor {
    try Self.make("max pooling", of: [self]) {
      $0.max_pool(handle, Int64(size), Int64(stride), Int64(padding), &$1, &$2)
    }
  }

  /// Layer normalisation of `[..., C]` over the last axis, with `weight [C]` and `bias [C]`.
  ///
  /// - Source: Ba et al. 2016.
  package func layerNormalised(weight: Tensor, bias: Tensor, epsilon: Double) throws(TensorError) -> Tensor {
    try Self.make("layer normalisation", of: [self, weight]) {
      $0.layer_norm(handle, weight.handle, bias.handle, epsilon, &$1, &$2)
    }
  }

  /// Means over `axes`, which stay with a length of 1.
  package func mean(over axes: [Int]) throws(TensorError) -> Tensor {
    try Self.make("mean over \(axes)", of: [self]) {
      $0.mean_over(handle, axes.map(Int64.init), Int32(axes.count), &$1, &$2)
    }
  }

  /// Euclidean norms over `axes`, which stay with a length of 1.
  package func norm(over axes: [Int]) throws(TensorError) -> Tensor {
    try Self.make("norm over \(axes)", of: [self]) {
      $0.norm_over(handle, axes.map(Int64.init), Int32(axes.count), &$1, &$2)
    }
  }

  /// Zeroes whole items of the first axis with `probability` and scales the others by 1 / (1 - probability); which ones
  /// is a function of `seed` and of how many there are.
  ///
  /// - Source: Huang et al. 2016, stochastic depth.
  package func pathsDropped(probability: Double, seed: UInt64) throws(TensorError) -> Tensor {
    try Self.make("drop paths", of: [self]) { $0.drop_path(handle, probability, seed, &$1, &$2) }
  }
}
