/// Weighted least squares in six unknowns.
struct LeastSquares6 {
  /// Upper triangle of the normal matrix, row by row, then the right side: 21 + 6 sums.
  private var sums = [Double](repeating: 0, count: 27)
  private var sumOfSquares = 0.0
  private var sumOfWeights = 0.0

  @inline(__always)
  mutating func add(_ row: (Float, Float, Float, Float, Float, Float), target: Float, weight: Float) {
    sums.withUnsafeMutableBufferPointer { sums in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 6) { values in
        (values[0], values[1], values[2], values[3], values[4], values[5]) = row
        var place = 0
        for i in 0..<6 {
          let weighted = weight * values[i]
          for j in i..<6 {
            sums[place] += Double(weighted * values[j])
            place += 1
          }
          sums[21 + i] += Double(weighted * target)
        }
      }
    }
    sumOfSquares += Double(weight * target * target)
    sumOfWeights += Double(weight)
  }

  /// The unknowns, `nil` where they are not determined. Gaussian elimination with the largest pivot of each column.
  var solution: [Double]? {
    var rows = matrix
    for pivot in 0..<6 {
      var best = pivot
      for row in pivot..<6 where abs(rows[row][pivot]) > abs(rows[best][pivot]) { best = row }
      guard abs(rows[best][pivot]) > 1e-6 else { return nil }
      rows.swapAt(pivot, best)
      for row in pivot + 1..<6 {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot..<7 { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    var unknowns = [Double](repeating: 0, count: 6)
    for row in (0..<6).reversed() {
      var value = rows[row][6]
      for column in row + 1..<6 { value -= rows[row][column] * unknowns[column] }
      unknowns[row] = value / rows[row][row]
    }
    return unknowns.allSatisfy(\.isFinite) ? unknowns : nil
  }

  /// Weighted standard deviation of what the unknowns leave over.
  func deviation(of unknowns: [Double]) -> Double {
    let rows = matrix
    var rest = sumOfSquares
    for i in 0..<6 {
      rest -= 2 * unknowns[i] * rows[i][6]
      for j in 0..<6 { rest += unknowns[i] * unknowns[j] * rows[i][j] }
    }
    return sumOfWeights > 0 ? (max(0, rest) / sumOfWeights).squareRoot() : 0
  }

  /// Six rows of seven: the normal matrix and the right side.
  private var matrix: [[Double]] {
    var rows = [[Double]](repeating: [Double](repeating: 0, count: 7), count: 6)
    var place = 0
    for i in 0..<6 {
      for j in i..<6 {
        (rows[i][j], rows[j][i]) = (sums[place], sums[place])
        place += 1
      }
      rows[i][6] = sums[21 + i]
    }
    return rows
  }
}
