internal import CTorch

/// What bends a layer's result; the raw values are those of `CTorch.h`.
package enum Bend: Int32, Sendable, CaseIterable {
  case linear = 0
  /// max(x, 0)
  case relu = 1
  /// min(max(x, 0), 6)
  case relu6 = 2
  /// x sigmoid(x)
  case silu = 3
}

// Several layers in one, each the same function as its parts one after another.
extension Tensor {
  /// ``batchNormalised(weight:bias:runningMean:runningVariance:training:momentum:epsilon:)``, then `bend`; recorded for
  /// first derivatives.
  package func batchNormalised(
    weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, training: Bool, momentum: Double,
    epsilon: Double, bend: Bend
  ) throws(TensorError) -> Tensor {
    try Self.make("batch normalisation and \(bend)", of: [self, weight]) {
      $0.batch_norm_bent(
        handle, weight.handle, bias.handle, runningMean.handle, runningVariance.handle, training ? 1 : 0, momentum,
        epsilon, bend.rawValue, &$1, &$2)
    }
  }

  /// ``convolved(with:bias:stride:padding:dilation:groups:)``, then `bend`.
  package func convolved(
    with weight: Tensor, bias: Tensor?, stride: Int, padding: Margins, dilation: Int, groups: Int, bend: Bend
  ) throws(TensorError) -> Tensor {
    try Self.make("convolution and \(bend)", of: [self, weight]) {
      $0.conv2d_bent(
        handle, weight.handle, bias?.handle, Int64(stride), padding.numbers, Int64(dilation), Int64(groups),
        bend.rawValue, &$1, &$2)
    }
  }

  /// Weight and bias of the convolution that gives what this weight `[K, C, R, S]` and `bias`, and then a batch
  /// normalisation by running statistics, would; unknown to gradients.
  ///
  /// - Source: Jacob et al. 2018, section 3.2.
  package func foldedNormalisation(
    bias: Tensor?, scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor, epsilon: Double
  ) throws(TensorError) -> (weight: Tensor, bias: Tensor) {
    var foldedBias: Tensor?
    let weight = try Self.make("fold batch normalisation", of: [self, scale]) { functions, weight, error in
      var handle: OpaquePointer?
      let status = functions.fold_batch_norm(
        self.handle, bias?.handle, scale.handle, shift.handle, mean.handle, variance.handle, epsilon, &weight, &handle,
        &error)
      foldedBias = handle.flatMap(Tensor.adopting)
      return status
    }
    guard let foldedBias else { throw TensorError(.operationFailed, "fold batch normalisation: no bias came back") }
    return (weight, foldedBias)
  }
}
