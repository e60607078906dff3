internal import CTorch

// What losses over pairs of rows need; recorded for gradients as far as a gradient has a meaning.
extension Tensor {
  /// The matrix product of `[N, K]` and `[K, M]`: `[N, M]`.
  package func times(_ right: Tensor) throws(TensorError) -> Tensor {
    try Self.make("matrix product", of: [self, right]) { $0.matrix_product(handle, right.handle, &$1, &$2) }
  }

  /// Scaled to a Euclidean norm of 1 along `axis`; what is shorter than `epsilon` is divided by that instead.
  package func normalised(axis: Int, epsilon: Double = 1e-12) throws(TensorError) -> Tensor {
    try Self.make("normalise", of: [self]) { $0.normalise(handle, Int64(axis), epsilon, &$1, &$2) }
  }

  /// Place of the largest along `axis`, the first of equal ones; int64, without that axis.
  package func argMax(axis: Int) throws(TensorError) -> Tensor {
    try Self.make("arg-max", of: [self]) { $0.arg_max(handle, Int64(axis), &$1, &$2) }
  }

  /// Items of the first axis, sharing memory with this tensor.
  package func rows(_ range: Range<Int>) throws(TensorError) -> Tensor {
    try Self.make("rows \(range)", of: [self]) {
      $0.narrow(handle, Int64(range.lowerBound), Int64(range.count), &$1, &$2)
    }
  }

  /// The same numbers in the same memory, through which no gradient flows back.
  package func detached() throws(TensorError) -> Tensor {
    try Self.make("detach", of: [self]) { $0.detached(handle, &$1, &$2) }
  }

  /// Tensors one behind the other along the first axis.
  package static func concatenated(_ tensors: [Tensor]) throws(TensorError) -> Tensor {
    let handles: [OpaquePointer] = tensors.map(\.handle)
    return try make("concatenate", of: tensors) {
      $0.concatenate(handles, Int32(handles.count), &$1, &$2)
    }
  }

  /// A number for every element: this tensor times `factor`.
  package func scaled(by factor: Double) throws(TensorError) -> Tensor {
    try self * Tensor.of([factor], shape: []).converted(to: elementType)
  }
}
