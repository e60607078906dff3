internal import CTorch

// What changes a tensor, or what it remembers. Changes are never recorded for gradients.
extension Tensor {
  /// Whether gradients of later results reach this tensor.
  package func setRequiresGradient(_ required: Bool) throws(TensorError) {
    try Self.perform("require a gradient", on: [self]) { $0.set_requires_gradient(handle, required ? 1 : 0, &$1) }
  }

  /// Adds the gradients of this one number to every tensor that it was made of and that requires one.
  package func backward() throws(TensorError) {
    try Self.perform("backward", on: [self]) { $0.backward(handle, &$1) }
  }

  /// What ``backward()`` has left here; `nil` when nothing has.
  package var gradient: Tensor? {
    get throws(TensorError) { try Self.makeOptional("gradient", of: [self]) { $0.gradient(handle, &$1, &$2) } }
  }

  /// Forgets the gradient.
  package func clearGradient() throws(TensorError) {
    try Self.perform("clear the gradient", on: [self]) { $0.clear_gradient(handle, &$1) }
  }

  /// Takes the values of `source`, which has the same shape.
  package func assign(_ source: Tensor) throws(TensorError) {
    try Self.perform("assign", on: [self, source]) { $0.assign(handle, source.handle, &$1) }
  }

  /// Goes `fraction` of the way to `source`: self += fraction (source - self).
  package func interpolate(towards source: Tensor, fraction: Double) throws(TensorError) {
    try Self.perform("interpolate", on: [self, source]) { $0.interpolate(handle, source.handle, fraction, &$1) }
  }

  /// Adds `value` to every element.
  package func increment(by value: Int) throws(TensorError) {
    try Self.perform("increment", on: [self]) { $0.increment(handle, Int64(value), &$1) }
  }

  /// self += factor source.
  package func add(_ source: Tensor, times factor: Double) throws(TensorError) {
    try Self.perform("add", on: [self, source]) { $0.add_scaled(handle, source.handle, factor, &$1) }
  }

  /// Multiplies every element by `factor`.
  package func scale(by factor: Double) throws(TensorError) {
    try Self.perform("scale", on: [self]) { $0.scale(handle, factor, &$1) }
  }
}
