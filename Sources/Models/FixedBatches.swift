internal import Tensors

/// Running a network over any number of pictures so that a picture's result does not depend on its company.
///
/// libtorch may choose another algorithm for another batch size or thread count, and another algorithm rounds
/// differently. So every batch has the same size, the last one filled up with black pictures, and one thread computes.
package enum FixedBatches {
  /// Pictures in a batch.
  package static let size = 8

  /// Calls `body` with batches of exactly ``size`` pictures and joins the rows that belong to pictures.
  ///
  /// It runs on one thread and without gradients.
  ///
  /// - Parameter body: float32 `[size, 3, S, S]` to float32 `[size, K]`.
  /// - Returns: K numbers per picture, in order.
  static func rows(
    of images: [[UInt8]], _ preprocessing: Preprocessing, _ body: (Tensor) throws -> Tensor
  ) throws -> [[Float]] {
    try Libtorch.withThreads(1) {
      try Libtorch.withoutGradients {
        let black = [UInt8](repeating: 0, count: preprocessing.sizePixels * preprocessing.sizePixels * 3)
        var rows: [[Float]] = []
        for start in stride(from: 0, to: images.count, by: size) {
          let batch = Array(images[start..<min(start + size, images.count)])
          let padding = Array(repeating: black, count: size - batch.count)
          let output: [Float] = try body(preprocessing.normalise(images: batch + padding)).values()
          let columns = output.count / size
          for row in batch.indices { rows.append(Array(output[row * columns..<(row + 1) * columns])) }
        }
        return rows
      }
    }
  }
}
