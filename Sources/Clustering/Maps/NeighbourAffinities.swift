private import Foundation

/// How strongly rows belong together: the joint probabilities of t-SNE, a sparse symmetric matrix that sums to 1.
///
/// Each row's conditional probabilities fall off as a Gaussian whose width gives them the perplexity asked for; they are
/// averaged with their transposes.
///
/// Source: van der Maaten and Hinton 2008.
struct NeighbourAffinities {
  /// Where each row's entries begin; one more than there are rows. Each row has a multiple of ``lanes`` entries.
  private(set) var starts: [Int] = [0]
  /// Columns of the entries, ascending in each row; what fills a row up points at the row itself.
  private(set) var columns: [Int32] = []
  /// Probabilities, 0 for what fills up.
  private(set) var values: [Float] = []
  let perplexity: Double
  /// Sum of p log p.
  private(set) var negativeEntropy = 0.0

  static let lanes = 4
  private static let blockRows = 256

  var rows: Int { starts.count - 1 }

  init(_ nearest: NearestRows, perplexity: Double, threads: Int) {
    self.perplexity = perplexity
    let count = nearest.count
    let rows = nearest.indices.count / count
    // Each row's entries by column, so that rows and transposes can be merged.
    var sorted = [Int32](repeating: 0, count: rows * count)
    var conditional = [Float](repeating: 0, count: rows * count)
    sorted.withUnsafeMutableBufferPointer { sorted in
      conditional.withUnsafeMutableBufferPointer { conditional in
        nonisolated(unsafe) let (sorted, conditional) = (sorted, conditional)
        Parallel.forEachBlock(of: Self.blockRows, in: rows, threads: threads) { block in
          for row in block {
            let range = row * count..<(row + 1) * count
            let weights = Self.weights(nearest.squaredDistances[range], perplexity: perplexity)
            let order = (0..<count).sorted { nearest.indices[row * count + $0] < nearest.indices[row * count + $1] }
            for (place, from) in order.enumerated() {
              sorted[row * count + place] = nearest.indices[row * count + from]
              conditional[row * count + place] = Float(weights[from])
            }
          }
        }
      }
    }
    merge(sorted, conditional, rows: rows, count: count)
  }

  /// Gaussian weights of the squared distances, ascending, that sum to 1 and have the perplexity, found by bisection.
  static func weights(_ squaredDistances: ArraySlice<Float>, perplexity: Double) -> [Double] {
    let least = Double(squaredDistances.first ?? 0)
    let distances = squaredDistances.map { Double($0) - least }
    let target = log(perplexity)
    var weights = distances
    var (low, high, precision) = (0.0, Double.infinity, 1.0)
    for _ in 0..<100 {
      var (sum, weighted) = (0.0, 0.0)
      for (place, distance) in distances.enumerated() {
        weights[place] = exp(-precision * distance)
        sum += weights[place]
        weighted += distance * weights[place]
      }
      for place in weights.indices { weights[place] /= sum }
      let excess = log(sum) + precision * weighted / sum - target
      if abs(excess) < 1e-5 { break }
      if excess > 0 {
        low = precision
        precision = high == .infinity ? precision * 2 : (low + high) / 2
      } else {
        high = precision
        precision = (low + high) / 2
      }
      // Equal distances have one perplexity, whatever the width.
      guard precision.isFinite, precision > 0 else { break }
    }
    return weights
  }

  /// Half of every entry and half of its transpose, over the number of rows.
  private mutating func merge(_ sorted: [Int32], _ conditional: [Float], rows: Int, count: Int) {
    var ends = [Int](repeating: 0, count: rows + 1)
    for column in sorted { ends[Int(column) + 1] += 1 }
    for row in 0..<rows { ends[row + 1] += ends[row] }
    var filled = ends
    var (transposedColumns, transposedValues) = (sorted, conditional)
    for row in 0..<rows {
      for entry in row * count..<(row + 1) * count {
        let column = Int(sorted[entry])
        transposedColumns[filled[column]] = Int32(truncatingIfNeeded: row)
        transposedValues[filled[column]] = conditional[entry]
        filled[column] += 1
      }
    }
    starts.reserveCapacity(rows + 1)
    columns.reserveCapacity(rows * count * 2)
    values.reserveCapacity(rows * count * 2)
    let scale = 1 / Float(2 * rows)
    for row in 0..<rows {
      var (own, other) = (row * count, ends[row])
      while own < (row + 1) * count || other < ends[row + 1] {
        let ownColumn = own < (row + 1) * count ? sorted[own] : Int32.max
        let otherColumn = other < ends[row + 1] ? transposedColumns[other] : Int32.max
        var value: Float = 0
        if ownColumn <= otherColumn {
          value += conditional[own]
          own += 1
        }
        if otherColumn <= ownColumn {
          value += transposedValues[other]
          other += 1
        }
        columns.append(min(ownColumn, otherColumn))
        values.append(value * scale)
      }
      while columns.count % Self.lanes != 0 {
        columns.append(Int32(truncatingIfNeeded: row))
        values.append(0)
      }
      starts.append(columns.count)
    }
    negativeEntropy = values.reduce(0) { $1 > 0 ? $0 + Double($1) * log(Double($1)) : $0 }
  }

  /// Pointers to the entries.
  struct Entries {
    let starts: UnsafePointer<Int>
    let columns: UnsafePointer<Int32>
    let values: UnsafePointer<Float>

    /// What pulls a point of the map: the sum over its row of p (y - y') / (1 + |y - y'|^2).
    @inline(__always)
    func attraction(_ row: Int, _ places: UnsafePointer<SIMD2<Float>>) -> SIMD2<Float> {
      let own = places[row]
      var (x, y) = (SIMD4<Float>(), SIMD4<Float>())
      for entry in stride(from: starts[row], to: starts[row + 1], by: NeighbourAffinities.lanes) {
        let (a, b) = (places[Int(columns[entry])], places[Int(columns[entry + 1])])
        let (c, d) = (places[Int(columns[entry + 2])], places[Int(columns[entry + 3])])
        let dx = own.x - SIMD4(a.x, b.x, c.x, d.x)
        let dy = own.y - SIMD4(a.y, b.y, c.y, d.y)
        let probability = UnsafeRawPointer(values + entry).loadUnaligned(as: SIMD4<Float>.self)
        let pull = probability / (1 + dx * dx + dy * dy)
        x += pull * dx
        y += pull * dy
      }
      return SIMD2(x.sum(), y.sum())
    }

    /// The sum over a row of p log(1 + |y - y'|^2).
    func spread(_ row: Int, _ places: UnsafePointer<SIMD2<Float>>) -> Double {
      (starts[row]..<starts[row + 1]).reduce(0.0) { sum, entry in
        let difference = places[row] - places[Int(columns[entry])]
        return sum + Double(values[entry]) * log1p(Double((difference * difference).sum()))
      }
    }
  }

  /// Calls `body` with the entries, on this thread.
  func withEntries(_ body: (Entries) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      columns.withUnsafeBufferPointer { columns in
        values.withUnsafeBufferPointer { values in
          guard let starts = starts.baseAddress, let columns = columns.baseAddress, let values = values.baseAddress
          else { return }
          body(Entries(starts: starts, columns: columns, values: values))
        }
      }
    }
  }
}
