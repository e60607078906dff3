/// An array of numbers with a shape, as networks take and give them.
package struct Blob: Hashable, Sendable {
  /// Lengths of the axes, slowest first; all positive.
  package let shape: [Int]
  /// Row-major float32, as many as the product of ``shape``.
  package let values: [Float]

  /// - Requires: `values.count` is the product of `shape`.
  package init(shape: [Int], values: [Float]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for shape \(shape)")
    self.shape = shape
    self.values = values
  }
}
