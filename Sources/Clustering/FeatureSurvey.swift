private import Synchronization

/// What k-means must know of all points before it starts, from one pass over them.
struct FeatureSurvey: Sendable {
  /// Greatest magnitude in each column.
  private(set) var largest: [Float]
  /// Variance of a column, on average.
  let meanVariance: Double

  /// - Parameter name: what a message calls a row.
  /// - Throws: naming the first row with a value that is NaN or infinite; when squared distances would overflow.
  init(_ rows: FeatureRows, name: (_ row: Int) -> String) throws(ClusteringError) {
    let stripes = (rows.count + FeatureRows.stripeRows - 1) / FeatureRows.stripeRows
    let found = Mutex([StripeSums?](repeating: nil, count: stripes))
    rows.forEachStripe { stripe in
      let sums = StripeSums(rows, stripe)
      found.withLock { $0[stripe.lowerBound / FeatureRows.stripeRows] = sums }
    }
    largest = [Float](repeating: 0, count: rows.columns)
    var sums = [Double](repeating: 0, count: rows.columns)
    var squares = 0.0
    for (number, stripe) in found.withLock({ $0 }).enumerated() {
      guard let stripe else { continue }
      for column in 0..<rows.columns {
        guard stripe.largest[column] < Float.infinity.bitPattern else {
          throw Self.notFinite(rows, from: number * FeatureRows.stripeRows, name)
        }
        largest[column] = max(largest[column], Float(bitPattern: stripe.largest[column]))
        sums[column] += stripe.sums[column]
      }
      squares += stripe.squares
    }
    let count = Double(rows.count)
    let meanSquares = sums.reduce(0) { $0 + ($1 / count) * ($1 / count) }
    meanVariance = max(0, squares / count - meanSquares) / Double(rows.columns)
    let greatest = Double(largest.max() ?? 0)
    guard greatest * greatest * Double(rows.columns) * 16 < Double(Float.greatestFiniteMagnitude) else {
      throw ClusteringError(code: .notFinite, message: "distances overflow; scale the features down")
    }
  }

  private static func notFinite(_ rows: FeatureRows, from first: Int, _ name: (Int) -> String) -> ClusteringError {
    for row in first..<rows.count {
      let start = rows.start(of: row)
      guard let column = (0..<rows.columns).first(where: { !start[$0].isFinite }) else { continue }
      return ClusteringError(
        code: .notFinite,
        message: "feature \(column) of \(name(row)) is \(start[column]); embed it again or drop the sample")
    }
    return ClusteringError(code: .notFinite, message: "a feature is not finite")
  }
}

/// Sums over one stripe of points, by column.
private struct StripeSums: Sendable {
  var sums: [Double]
  /// Bits of the greatest magnitude: as integers they are ordered, infinity and NaN above all numbers.
  var largest: [UInt32]
  /// Sum of all squares.
  var squares = 0.0

  init(_ rows: FeatureRows, _ stripe: Range<Int>) {
    sums = [Double](repeating: 0, count: rows.columns)
    largest = [UInt32](repeating: 0, count: rows.columns)
    var columnSquares = [Double](repeating: 0, count: rows.columns)
    sums.withUnsafeMutableBufferPointer { sums in
      columnSquares.withUnsafeMutableBufferPointer { squares in
        largest.withUnsafeMutableBufferPointer { largest in
          guard let sums = sums.baseAddress, let squares = squares.baseAddress, let largest = largest.baseAddress
          else { return }
          for row in stripe {
            let (start, scale) = (rows.start(of: row), rows.scale(of: row))
            for column in 0..<rows.columns {
              let value = start[column] * scale
              // Without a sign, magnitudes are positive signed integers, which every machine can compare.
              let magnitude = Int32(bitPattern: value.bitPattern & 0x7FFF_FFFF)
              largest[column] = UInt32(bitPattern: max(Int32(bitPattern: largest[column]), magnitude))
              sums[column] += Double(value)
              squares[column] += Double(value) * Double(value)
            }
          }
        }
      }
    }
    squares = columnSquares.reduce(0, +)
  }
}
