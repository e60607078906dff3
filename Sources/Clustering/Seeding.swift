private import CRowKernels
internal import Records
private import Synchronization

/// k-means++: the first centre at random, each next one with a probability that grows with the squared distance to the
/// nearest centre so far.
///
/// Where there are very many rows the centres come from an even sample of them, of 16,384 or 32 for each centre.
/// A row is compared with a new centre only where that is less than twice as far from the row's present one as the row is.
///
/// Source: Arthur and Vassilvitskii 2007; comparisons left out by the triangle inequality, Raff 2021.
struct Seeding {
  private static let leastSample = 16_384
  private static let sampleForEachCentre = 32

  /// float32 `[centres, columns]`; fewer than asked for where no more rows differ.
  let values: [Float]

  /// - Parameter clusters: centres wanted.
  init(_ rows: FeatureRows, clusters: Int, start: Int, seed: UInt64) {
    var random = KeyedRandom(seed: seed, key: "start-\(start)", stage: "k-means")
    let wanted = max(Self.leastSample, Self.sampleForEachCentre * clusters)
    var values: [Float] = []
    if wanted < rows.count {
      let points = rows.points(Self.sample(of: rows.count, wanted: wanted, &random))
      values =
        FeatureRows.with(points, columns: rows.columns, threads: rows.threads) {
          Self.choose($0, clusters, &random)
        } ?? []
    }
    // All rows, too, where the sample holds too few different ones.
    if values.count < clusters * rows.columns { values = Self.choose(rows, clusters, &random) }
    self.values = values
  }

  /// One row out of each of `wanted` equal parts, in order.
  static func sample(of rows: Int, wanted: Int, _ random: inout KeyedRandom) -> [Int] {
    guard wanted < rows else { return Array(0..<rows) }
    return (0..<wanted).map { part in
      let (first, next) = (part * rows / wanted, (part + 1) * rows / wanted)
      return first + random.integer(below: next - first)
    }
  }

  private static func choose(_ rows: FeatureRows, _ clusters: Int, _ random: inout KeyedRandom) -> [Float] {
    var state = State(rows.count)
    var values = rows.points([random.integer(below: rows.count)])
    for latest in 0..<clusters {
      let potential = values.withUnsafeBufferPointer { values in
        values.baseAddress.map { state.compare(rows, with: latest, of: $0) } ?? []
      }
      let total = potential.reduce(0, +)
      guard latest + 1 < clusters, total > 0 else { break }
      values += rows.points([state.draw(random.uniform() * total, potential)])
    }
    return values
  }
}

/// The nearest of the centres so far, for every row.
private struct State {
  private var squaredDistances: [Float]
  private var centres: [Int32]

  init(_ rows: Int) {
    squaredDistances = [Float](repeating: .infinity, count: rows)
    centres = [Int32](repeating: 0, count: rows)
  }

  /// Compares all rows with the latest of `values`; the sum of squared distances to the nearest, stripe by stripe.
  mutating func compare(_ rows: FeatureRows, with latest: Int, of values: UnsafePointer<Float>) -> [Double] {
    let columns = rows.columns
    nonisolated(unsafe) let centre = values + latest * columns
    // Below a fourth of its squared distance to a row's centre, the new one cannot be nearer.
    let room = (1 - 8 * RowKernels.relativeError(columns: columns)) / 4
    let reach = (0..<latest + 1).map { other in
      room * dfr_squared_distance(values + other * columns, 1, centre, columns)
    }
    let sums = Mutex([Double](repeating: 0, count: (rows.count + FeatureRows.stripeRows - 1) / FeatureRows.stripeRows))
    squaredDistances.withUnsafeMutableBufferPointer { distances in
      centres.withUnsafeMutableBufferPointer { centres in
        nonisolated(unsafe) let (distances, centres) = (distances, centres)
        rows.forEachStripe { stripe in
          var sum = 0.0
          for row in stripe {
            if distances[row] > reach[Int(centres[row])] {
              let distance = rows.squaredDistance(row, to: centre)
              if distance < distances[row] { (distances[row], centres[row]) = (distance, Int32(latest)) }
            }
            sum += Double(distances[row])
          }
          sums.withLock { [sum] in $0[stripe.lowerBound / FeatureRows.stripeRows] = sum }
        }
      }
    }
    return sums.withLock { $0 }
  }

  /// The row at which the running sum of squared distances passes `value`, never one of distance 0.
  func draw(_ value: Double, _ potential: [Double]) -> Int {
    var (rest, stripe) = (value, 0)
    while stripe < potential.count - 1, rest >= potential[stripe] {
      rest -= potential[stripe]
      stripe += 1
    }
    for row in stripe * FeatureRows.stripeRows..<squaredDistances.count where squaredDistances[row] > 0 {
      rest -= Double(squaredDistances[row])
      if rest < 0 { return row }
    }
    // Rounding may leave a little after the last.
    return squaredDistances.lastIndex { $0 > 0 } ?? 0
  }
}
