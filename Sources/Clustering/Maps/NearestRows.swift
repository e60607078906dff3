internal import Records

/// The nearest other rows of every row, by Euclidean distance: exact, found by blocks of matrix products.
///
/// For n rows of d numbers that is 2 n^2 d operations.
struct NearestRows {
  /// Neighbours of each row.
  let count: Int
  /// `[rows, count]`: indices of rows, nearest first, of equally near ones the first.
  let indices: [Int32]
  /// `[rows, count]`, beside ``indices``.
  let squaredDistances: [Float]

  /// Rows of a block and of what it is held against at once; fixed, so that no bit depends on the number of threads.
  private static let blockRows = 128
  private static let otherRows = 1024

  /// - Requires: `count < features.rows`, finite values.
  init(_ features: FeatureMatrix, count: Int, threads: Int) {
    self.count = count
    let (rows, columns) = (features.rows, features.columns)
    let centred = Self.centred(features)
    let lengths: [Float] = (0..<rows).map { row in
      var sum: Float = 0
      for index in row * columns..<(row + 1) * columns { sum += centred[index] * centred[index] }
      return sum
    }
    var indices = [Int32](repeating: 0, count: rows * count)
    var distances = [Float](repeating: 0, count: rows * count)
    indices.withUnsafeMutableBufferPointer { indices in
      distances.withUnsafeMutableBufferPointer { distances in
        nonisolated(unsafe) let (indices, distances) = (indices, distances)
        Parallel.forEachBlock(of: Self.blockRows, in: rows, threads: threads) { block in
          let keys = Self.nearest(block, centred, lengths, columns: columns, count: count)
          for (row, keys) in zip(block, keys) {
            for (place, key) in keys.enumerated() {
              indices[row * count + place] = Int32(truncatingIfNeeded: key & 0xFFFF_FFFF)
              distances[row * count + place] = Float(bitPattern: UInt32(key >> 32))
            }
          }
        }
      }
    }
    (self.indices, squaredDistances) = (indices, distances)
  }

  /// Rows less their mean, so that ||x||^2 - 2xy + ||y||^2 keeps its digits.
  private static func centred(_ features: FeatureMatrix) -> [Float] {
    let columns = features.columns
    var mean = [Double](repeating: 0, count: columns)
    for row in 0..<features.rows {
      for column in 0..<columns { mean[column] += Double(features.values[row * columns + column]) }
    }
    let shift = mean.map { Float($0 / Double(features.rows)) }
    var values = features.values
    for row in 0..<features.rows {
      for column in 0..<columns { values[row * columns + column] -= shift[column] }
    }
    return values
  }

  /// The keys of the nearest others of some rows, each ascending.
  private static func nearest(
    _ block: Range<Int>, _ values: [Float], _ lengths: [Float], columns: Int, count: Int
  ) -> [[UInt64]] {
    var nearest = block.map { NearestKeys(count: count, row: $0) }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: block.count * otherRows) { products in
      values.withUnsafeBufferPointer { values in
        lengths.withUnsafeBufferPointer { lengths in
          guard let start = values.baseAddress, let squares = lengths.baseAddress, let result = products.baseAddress
          else { return }
          for first in stride(from: 0, to: lengths.count, by: otherRows) {
            let others = first..<min(first + otherRows, lengths.count)
            BLAS.multiplyTransposed(
              start + block.lowerBound * columns, start + first * columns, rows: block.count, columns: others.count,
              inner: columns, scale: -2, into: result)
            for (place, row) in block.enumerated() {
              nearest[place].offer(
                others, products: result + place * others.count, squares: squares + first, own: squares[row])
            }
          }
        }
      }
    }
    return nearest.indices.map { nearest[$0].sorted() }
  }
}

/// The least keys of those offered: the bits of a distance, which is not negative, above the index of its row.
private struct NearestKeys {
  private let count: Int
  private let row: Int
  private var keys: [UInt64] = []
  /// No key of a greater distance is wanted.
  private var limit = Float.infinity

  /// - Parameter row: the one that is nobody's neighbour here.
  init(count: Int, row: Int) {
    (self.count, self.row) = (count, row)
    keys.reserveCapacity(4 * count)
  }

  /// Takes what is near enough of some others: distances are products + squares + own.
  mutating func offer(
    _ others: Range<Int>, products: UnsafePointer<Float>, squares: UnsafePointer<Float>, own: Float
  ) {
    let lanes = SIMD8<Float>.scalarCount
    for start in stride(from: 0, to: others.count, by: lanes) {
      if start + lanes <= others.count {
        let distances =
          UnsafeRawPointer(products + start).loadUnaligned(as: SIMD8<Float>.self)
          + UnsafeRawPointer(squares + start).loadUnaligned(as: SIMD8<Float>.self) + own
        guard any(distances .<= limit) else { continue }
      }
      for place in start..<min(start + lanes, others.count) where others.lowerBound + place != row {
        let distance = products[place] + squares[place] + own
        if distance <= limit { add(max(0, distance), others.lowerBound + place) }
      }
    }
  }

  private mutating func add(_ distance: Float, _ index: Int) {
    keys.append(UInt64(distance.bitPattern) << 32 | UInt64(index))
    if keys.count == 4 * count { shrink() }
  }

  /// Keeps the least keys, by Hoare's selection, in no order.
  private mutating func shrink() {
    let wanted = count
    keys.withUnsafeMutableBufferPointer { keys in
      var (low, high) = (0, keys.count - 1)
      while low < high {
        let pivot = keys[(low + high) / 2]
        var (left, right) = (low, high)
        while left <= right {
          while keys[left] < pivot { left += 1 }
          while keys[right] > pivot { right -= 1 }
          if left <= right {
            keys.swapAt(left, right)
            left += 1
            right -= 1
          }
        }
        if wanted - 1 <= right {
          high = right
        } else if wanted - 1 >= left {
          low = left
        } else {
          break
        }
      }
    }
    keys.removeLast(keys.count - wanted)
    limit = Float(bitPattern: UInt32((keys.max() ?? 0) >> 32))
  }

  /// The least keys, ascending.
  mutating func sorted() -> [UInt64] {
    keys.sort()
    return Array(keys.prefix(count))
  }
}
