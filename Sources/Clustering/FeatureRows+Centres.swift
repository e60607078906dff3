private import Synchronization

extension FeatureRows {
  /// The nearest of centres for every row: by ``NearestSearch``, so of equally near ones that whose values come first.
  func nearest(_ centres: Centres) -> [Int] {
    [Int](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let target = buffer
      let searches = (0..<threads).map { _ in
        NearestSearch(self, paddedCentres: centres.members * centres.groups)
      }
      forEachStripe(workers: searches) { search, stripe in
        for row in stripe { search.add(row, centres) { target.initializeElement(at: $0.row, to: $0.centre) } }
        search.finish(centres) { target.initializeElement(at: $0.row, to: $0.centre) }
      }
      initialized = count
    }
  }

  /// Squared distance of each row to its own centre, computed in float64, and their sum, over fixed stripes in order.
  func squaredDistances(to centres: Centres, assignment: [Int]) -> (each: [Float], sum: Double) {
    let stripes = Mutex([Double](repeating: 0, count: (count + Self.stripeRows - 1) / Self.stripeRows))
    let each = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let target = buffer
      centres.values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        nonisolated(unsafe) let values = start
        forEachStripe { stripe in
          var sum = 0.0
          for row in stripe {
            let distance = exactSquaredDistance(row, to: values + assignment[row] * columns)
            sum += distance
            target.initializeElement(at: row, to: Float(distance))
          }
          stripes.withLock { [sum] in $0[stripe.lowerBound / Self.stripeRows] = sum }
        }
      }
      initialized = count
    }
    return (each, stripes.withLock { $0.reduce(0, +) })
  }

  /// Rows that are not equal to their centre, the farthest first, of equally far ones the first.
  func farthest(from centres: Centres, assignment: [Int]) -> [Int] {
    let distances = squaredDistances(to: centres, assignment: assignment).each
    return distances.indices.filter { distances[$0] > 0 }.sorted { (-distances[$0], $0) < (-distances[$1], $1) }
  }
}
