private import CRowKernels
internal import Records

/// Points that k-means works on, borrowed from features without a copy: their rows, each times its scale.
///
/// Scales are 1 where the metric is Euclidean, 1 / length where it is spherical; a row of zeros has 0.
struct FeatureRows: @unchecked Sendable {
  /// Rows that a thread takes at once; their pages are released after them.
  static let stripeRows = 2048
  /// Rows far from each other that are read before pages are released: of each, some 64 KiB come into memory.
  static let scatteredRows = 512

  let count: Int
  let columns: Int
  let threads: Int
  private let values: UnsafePointer<Float>
  private var scales: [Float] = []
  private let releaseRows: @Sendable (Range<Int>) -> Void

  /// Calls `body` with the rows of `features`.
  ///
  /// - Throws: when there are none, and what `body` throws.
  static func with<Result>(
    _ features: some FeatureSource, metric: FeatureMetric, threads: Int?,
    _ body: (FeatureRows) throws(ClusteringError) -> Result
  ) throws(ClusteringError) -> Result {
    try features.withValues { (values) throws(ClusteringError) in
      guard features.rows > 0, features.columns > 0, let start = values.baseAddress else {
        throw ClusteringError(
          code: .noRows, message: "there is nothing to cluster: \(features.rows) x \(features.columns) features")
      }
      return try body(
        FeatureRows(
          count: features.rows, columns: features.columns, threads: max(1, threads ?? Parallel.allCores), values: start,
          metric: metric, releaseRows: { features.release($0) }))
    }
  }

  /// Calls `body` with points that are in memory as they are, `[rows, columns]`; `nil` where there are none.
  static func with<Result>(
    _ points: [Float], columns: Int, threads: Int, _ body: (FeatureRows) -> Result
  ) -> Result? {
    points.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return nil }
      return body(
        FeatureRows(
          count: values.count / columns, columns: columns, threads: threads, values: start, metric: .euclidean,
          releaseRows: { _ in }))
    }
  }

  private init(
    count: Int, columns: Int, threads: Int, values: UnsafePointer<Float>, metric: FeatureMetric,
    releaseRows: @escaping @Sendable (Range<Int>) -> Void
  ) {
    self.count = count
    self.columns = columns
    self.threads = threads
    self.values = values
    self.releaseRows = releaseRows
    if metric == .spherical { scales = lengths() }
  }

  /// The values of a row, before they are scaled.
  @inline(__always)
  func start(of row: Int) -> UnsafePointer<Float> { values + row * columns }

  @inline(__always)
  func scale(of row: Int) -> Float { scales.isEmpty ? 1 : scales[row] }

  /// Calls `body` for all stripes of rows, on several threads, and releases each after it.
  func forEachStripe(_ body: @Sendable (Range<Int>) -> Void) {
    forEachStripe(workers: [Void](repeating: (), count: threads)) { _, stripe in body(stripe) }
  }

  /// The same with the worker of the thread.
  func forEachStripe<Worker>(workers: [Worker], _ body: (Worker, Range<Int>) -> Void) {
    Parallel.forEachBlock(of: Self.stripeRows, in: count, workers: workers) { worker, stripe in
      body(worker, stripe)
      releaseRows(stripe)
    }
  }

  @inline(__always)
  func prefetch(_ row: Int) { dfr_prefetch(start(of: row), columns) }

  /// By float32, out by ``RowKernels/relativeError(columns:)`` of itself and ``RowKernels/absoluteError(columns:)``.
  @inline(__always)
  func squaredDistance(_ row: Int, to centre: UnsafePointer<Float>) -> Float {
    dfr_squared_distance(start(of: row), scale(of: row), centre, columns)
  }

  /// The same to `count` centres that lie `stride` numbers apart.
  @inline(__always)
  func squaredDistances(
    _ row: Int, to centres: UnsafePointer<Float>, stride: Int, count: Int, into distances: UnsafeMutablePointer<Float>
  ) {
    dfr_squared_distances(start(of: row), scale(of: row), centres, stride, count, columns, distances)
  }

  /// Writes a point less `shift` to `target`; its squared length.
  @inline(__always)
  func writeShifted(_ row: Int, by shift: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) -> Float {
    dfr_shifted(start(of: row), scale(of: row), shift, columns, target)
  }

  /// By float64, of which k-means' answers are made: differences of float32 numbers are exact in it, or nearly.
  @inline(__always)
  func exactSquaredDistance(_ row: Int, to centre: UnsafePointer<Float>) -> Double {
    dfr_exact_squared_distance(start(of: row), scale(of: row), centre, columns)
  }

  /// The points of some rows in ascending order, float32 `[rows, columns]`; releases the pages between them.
  func points(_ rows: [Int]) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows.count * columns) { target, initialized in
      for block in stride(from: 0, to: rows.count, by: Self.scatteredRows) {
        let block = rows[block..<min(rows.count, block + Self.scatteredRows)]
        for row in block {
          let (start, scale) = (start(of: row), scale(of: row))
          for column in 0..<columns { target.initializeElement(at: initialized + column, to: start[column] * scale) }
          initialized += columns
        }
        release(block)
      }
    }
  }

  /// Releases rows in ascending order and what lies between them.
  func release(_ rows: ArraySlice<Int>) {
    if let first = rows.first, let last = rows.last { releaseRows(first..<last + 1) }
  }

  /// 1 / length of each row; 0 for a row of zeros, and for one that is not finite, which the survey reports.
  private func lengths() -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let target = buffer
      withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { zeros in
        zeros.initialize(repeating: 0)
        guard let origin = zeros.baseAddress else { return }
        nonisolated(unsafe) let centre = UnsafePointer(origin)
        forEachStripe { stripe in
          for row in stripe {
            let length = dfr_exact_squared_distance(start(of: row), 1, centre, columns).squareRoot()
            target.initializeElement(at: row, to: length > 0 && length.isFinite ? Float(1 / length) : 0)
          }
        }
      }
      initialized = count
    }
  }
}
