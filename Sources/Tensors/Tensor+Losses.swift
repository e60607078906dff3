internal import CTorch

// What losses are made of; recorded for gradients as Tensor+Operations.swift is.
extension Tensor {
  /// The mean over the batch of cross entropies of logits `[N, K]` against class indices `[N]`, picture n weighing as its
  /// class does; `smoothing` of every target is spread evenly over the classes.
  ///
  /// - Source: Szegedy et al. 2016, section 7; as PyTorch computes it, which divides by the sum of weights.
  package func crossEntropy(
    targets: [Int], classWeights: [Double]? = nil, smoothing: Double = 0
  ) throws(TensorError) -> Tensor {
    let indices = try Tensor.of(targets.map(Int64.init), shape: [targets.count])
    var weights: Tensor?
    if let classWeights { weights = try Tensor.of(classWeights.map { Float($0) }, shape: [classWeights.count]) }
    return try Self.make("cross entropy", of: [self, indices]) {
      $0.cross_entropy(handle, indices.handle, weights?.handle, smoothing, &$1, &$2)
    }
  }

  /// Items of the first axis, in the order of `indices`.
  package func rows(_ indices: [Int]) throws(TensorError) -> Tensor {
    let indices = try Tensor.of(indices.map(Int64.init), shape: [indices.count])
    return try Self.make("rows", of: [self, indices]) { $0.select_rows(handle, indices.handle, &$1, &$2) }
  }

  /// The logarithm of the sum of exponentials over `axis`, which stays with a length of 1.
  package func logSumExp(axis: Int) throws(TensorError) -> Tensor {
    try Self.make("log-sum-exp", of: [self]) { $0.log_sum_exp(handle, Int64(axis), &$1, &$2) }
  }

  /// log(1 + exp(x)).
  package func softplus() throws(TensorError) -> Tensor {
    try Self.make("softplus", of: [self]) { $0.softplus(handle, &$1, &$2) }
  }

  /// The gradient of this one number by `input`, which requires one; no other tensor receives anything.
  package func gradient(by input: Tensor) throws(TensorError) -> Tensor {
    try Self.make("gradient", of: [self, input]) { $0.gradient_by(handle, input.handle, &$1, &$2) }
  }

  /// Zeros of the same type, shape and layout.
  package func zeros() throws(TensorError) -> Tensor {
    try Self.make("zeros", of: [self]) { $0.zeros_like(handle, &$1, &$2) }
  }
}
