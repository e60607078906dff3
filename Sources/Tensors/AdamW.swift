internal import CTorch

/// Adam with weight decay apart from the gradient.
///
/// - Source: Loshchilov and Hutter 2019, algorithm 2; libtorch's implementation.
package final class AdamW {
  private let handle: OpaquePointer
  private let libtorch: Libtorch
  /// Kept alive for the optimiser, which changes them.
  private let parameters: [Tensor]

  /// - Parameter parameters: what is optimised, and by what fraction (times the learning rate) each decays per step.
  package init(
    _ parameters: [(tensor: Tensor, weightDecay: Double)], beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8
  ) throws(TensorError) {
    let libtorch = try Libtorch.load()
    var created: OpaquePointer?
    let handles: [OpaquePointer] = parameters.map(\.tensor.handle)
    try libtorch.check("create AdamW") { functions, error in
      functions.adamw_create(
        handles, parameters.map(\.weightDecay), Int64(handles.count), 0, beta1, beta2, epsilon, &created, &error)
    }
    guard let handle = created else { throw TensorError(.operationFailed, "create AdamW: nothing came back") }
    self.handle = handle
    self.libtorch = libtorch
    self.parameters = parameters.map(\.tensor)
  }

  deinit { libtorch.functions.pointee.adamw_destroy(handle) }

  /// Moves every parameter that has a gradient, then forgets the gradients.
  package func step(learningRate: Double) throws(TensorError) {
    try libtorch.check("AdamW step") { functions, error in functions.adamw_step(handle, learningRate, &error) }
    for parameter in parameters { try parameter.clearGradient() }
  }
}
