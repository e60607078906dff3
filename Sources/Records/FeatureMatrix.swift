/// Features of samples: row-major float32 `[rows, columns]`, one key per row, in key order.
package struct FeatureMatrix: Sendable, Hashable {
  package var keys: [String]
  package var columns: Int
  /// `rows * columns` values.
  package var values: [Float]

  package var rows: Int { keys.count }

  /// - Requires: `values.count == keys.count * columns`.
  package init(keys: [String], columns: Int, values: [Float]) {
    precondition(values.count == keys.count * columns, "\(values.count) values for \(keys.count) x \(columns)")
    self.keys = keys
    self.columns = columns
    self.values = values
  }

  /// The rows whose index is in `indices`, in that order.
  package func selecting(_ indices: [Int]) -> FeatureMatrix {
    var chosen: [Float] = []
    chosen.reserveCapacity(indices.count * columns)
    for index in indices { chosen += values[index * columns..<(index + 1) * columns] }
    return FeatureMatrix(keys: indices.map { keys[$0] }, columns: columns, values: chosen)
  }
}
