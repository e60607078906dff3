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
        BLAS.withOneThread {
          Parallel.forEachBlock(of: Self.blockRows, in: rows, threads: threads) { block in
            var nearest = block.map { _ in NearestKeys(count: count) }
            Self.compare(block, centred, lengths, columns: columns) { row, other, distance in
              nearest[row - block.lowerBound].offer(distance, other)
            } limit: {
              nearest[$0 - block.lowerBound].limit
            }
            for row in block {
              for (place, key) in nearest[row - block.lowerBound].sorted().enumerated() {
                indices[row * count + place] = Int32(truncatingIfNeeded: key & 0xFFFF_FFFF)
                distances[row * count + place] = Float(bitPattern: UInt32(key >> 32))
              }
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

  /// Calls `offer` for every other row that is no farther than `limit` gives for the row at the time.
  private static func compare(
    _ block: Range<Int>, _ values: [Float], _ lengths: [Float], columns: Int,
    offer: (_ row: Int, _ other: Int, _ squaredDistance: Float) -> Void, limit: (_ row: Int) -> Float
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: block.count * otherRows) { products in
      values.withUnsafeBufferPointer { values in
        lengths.withUnsafeBufferPointer { lengths in
          guard let start = values.baseAddress, let result = products.baseAddress else { return }
          for first in stride(from: 0, to: lengths.count, by: otherRows) {
            let others = min(otherRows, lengths.count - first)
            BLAS.multiplyTransposed(
              start + block.lowerBound * columns, start + first * columns, rows: block.count, columns: others,
              inner: columns, scale: -2, into: result)
            for row in block {
              let products = UnsafeRawBufferPointer(
                rebasing: UnsafeRawBufferPointer(UnsafeBufferPointer(products))[
                  (row - block.lowerBound) * others * 4..<(row - block.lowerBound + 1) * others * 4])
              let own = lengths[row]
              var greatest = limit(row)
              var place = 0
              while place < others {
                if place + 8 <= others {
                  let distances =
                    products.loadUnaligned(fromByteOffset: place * 4, as: SIMD8<Float>.self)
                    + UnsafeRawPointer(lengths.baseAddress.unsafelyUnwrapped + first + place).loadUnaligned(
                      as: SIMD8<Float>.self) + own
                  if !any(distances .<= greatest) {
                    place += 8
                    continue
                  }
                }
                for place in place..<min(place + 8, others) where first + place != row {
                  let distance =
                    products.loadUnaligned(fromByteOffset: place * 4, as: Float.self) + lengths[first + place] + own
                  if distance <= greatest {
                    offer(row, first + place, max(0, distance))
                    greatest = limit(row)
                  }
                }
                place += 8
              }
            }
          }
        }
      }
    }
  }
}

/// The least keys of those offered: the bits of a distance, which is not negative, above the index of its row.
private struct NearestKeys {
  private let count: Int
  private var keys: [UInt64] = []
  /// No key of a greater distance is wanted.
  private(set) var limit = Float.infinity

  init(count: Int) {
    self.count = count
    keys.reserveCapacity(4 * count)
  }

  mutating func offer(_ distance: Float, _ index: Int) {
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
