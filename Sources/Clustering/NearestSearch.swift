/// Finds the nearest centre of many points: products of matrices first, and float64 where these leave a doubt.
///
/// The answer is that of ``FeatureRows/exactSquaredDistance(_:to:)`` over all centres, the least of which wins:
/// products only rule out what cannot be the least, by a bound on their error. So it is the same to the bit with every
/// library of products, however rows are gathered.
///
/// One for each thread.
final class NearestSearch {
  /// What was found for one point.
  struct Found {
    let row: Int
    /// The nearest centre.
    let centre: Int
    /// Squared length of the shifted point; with it, ``productLeast`` and ``leastOfGroups`` are squared distances.
    let squaredLength: Float
    /// The nearest centre's own squared distance, less ``squaredLength``.
    let productLeast: Float
    /// Least of each group without the nearest centre, less ``squaredLength``: `[groups]`.
    let leastOfGroups: UnsafeMutablePointer<Float>
    /// How far a squared distance so made may be from the truth.
    let error: Float
  }

  /// Points multiplied at once.
  static let batchRows = 512

  private let rows: FeatureRows
  private let points: UnsafeMutablePointer<Float>
  private let products: UnsafeMutablePointer<Float>
  private let paddedCentres: Int
  private let leastOfGroups: UnsafeMutablePointer<Float>
  private var squaredLengths = [Float](repeating: 0, count: batchRows)
  private var waiting: [Int] = []

  /// - Parameter paddedCentres: members times groups of the centres that will be asked about, at most.
  init(_ rows: FeatureRows, paddedCentres: Int) {
    self.rows = rows
    points = .allocate(capacity: Self.batchRows * rows.columns)
    self.paddedCentres = paddedCentres
    leastOfGroups = .allocate(capacity: paddedCentres)
    leastOfGroups.initialize(repeating: 0, count: paddedCentres)
    products = .allocate(capacity: Self.batchRows * paddedCentres)
    products.initialize(repeating: 0, count: Self.batchRows * paddedCentres)
    waiting.reserveCapacity(Self.batchRows)
  }

  deinit {
    points.deallocate()
    products.deallocate()
    leastOfGroups.deallocate()
  }

  /// Puts a row among those to be looked at, and looks when there are enough.
  @inline(__always)
  func add(_ row: Int, _ centres: Centres, _ body: (Found) -> Void) {
    waiting.append(row)
    if waiting.count == Self.batchRows { finish(centres, body) }
  }

  /// Looks at all rows that wait.
  @inline(__always)
  func finish(_ centres: Centres, _ body: (Found) -> Void) {
    guard !waiting.isEmpty else { return }
    multiply(centres)
    let padded = centres.members * centres.groups
    centres.squaredLengths.withUnsafeBufferPointer { lengths in
      guard let lengths = lengths.baseAddress else { return }
      for (place, row) in waiting.enumerated() {
        body(find(row, squaredLengths[place], products + place * padded, lengths, centres))
      }
    }
    waiting.removeAll(keepingCapacity: true)
  }

  private func multiply(_ centres: Centres) {
    let padded = centres.members * centres.groups
    precondition(padded <= paddedCentres, "\(padded) centres where \(paddedCentres) were announced")
    centres.shift.withUnsafeBufferPointer { shift in
      centres.shifted.withUnsafeBufferPointer { shifted in
        guard let shift = shift.baseAddress, let shifted = shifted.baseAddress else { return }
        for (place, row) in waiting.enumerated() {
          squaredLengths[place] = rows.writeShifted(row, by: shift, to: points + place * rows.columns)
        }
        BLAS.multiplyTransposed(
          points, shifted, rows: waiting.count, columns: centres.count, inner: rows.columns, scale: -2, into: products,
          stride: padded)
      }
    }
  }

  /// Adds the squared lengths to a row of products, `[members, groups]`, and finds the least.
  @inline(__always)
  private func find(
    _ row: Int, _ squaredLength: Float, _ products: UnsafeMutablePointer<Float>, _ lengths: UnsafePointer<Float>,
    _ centres: Centres
  ) -> Found {
    let (groups, padded) = (centres.groups, centres.members * centres.groups)
    var least = SIMD4<Float>(repeating: .infinity)
    for group in stride(from: 0, to: groups, by: 4) {
      var leastOfGroup = SIMD4<Float>(repeating: .infinity)
      for place in stride(from: group, to: padded, by: groups) {
        let value = RowKernels.load4(products + place) + RowKernels.load4(lengths + place)
        RowKernels.store(value, products + place)
        leastOfGroup.replace(with: value, where: value .< leastOfGroup)
      }
      RowKernels.store(leastOfGroup, leastOfGroups + group)
      least.replace(with: leastOfGroup, where: leastOfGroup .< least)
    }
    let first = RowKernels.least(least)
    var group = 0
    while leastOfGroups[group] != first { group += 1 }
    var centre = group
    while products[centre] != first { centre += groups }
    leastOfGroups[group] = self.least(of: group, without: centre, products, groups: groups, padded: padded)

    let error = centres.productError(length: squaredLength.squareRoot(), squaredLength: squaredLength)
    var second = SIMD4<Float>(repeating: .infinity)
    for group in stride(from: 0, to: groups, by: 4) {
      let value = RowKernels.load4(leastOfGroups + group)
      second.replace(with: value, where: value .< second)
    }
    if RowKernels.least(second) - first <= 2 * error {
      centre = decide(row, centre, products, upTo: first + 2 * error, centres)
    }
    return Found(
      row: row, centre: centre, squaredLength: squaredLength, productLeast: products[centre],
      leastOfGroups: leastOfGroups,
      error: error + RowKernels.relativeError(columns: rows.columns) * squaredLength)
  }

  /// The nearest of those that the products cannot tell apart, by float64; sets right what is known of their groups.
  private func decide(
    _ row: Int, _ likely: Int, _ products: UnsafePointer<Float>, upTo limit: Float, _ centres: Centres
  ) -> Int {
    var best: (distance: Double, centre: Int)?
    centres.values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      for centre in 0..<centres.count where products[centre] <= limit {
        let distance = rows.exactSquaredDistance(row, to: values + centre * rows.columns)
        if let best, best.distance < distance || best.distance == distance && centres.precedes(best.centre, centre) {
          continue
        }
        best = (distance, centre)
      }
    }
    guard let nearest = best?.centre, nearest != likely else { return likely }
    let (groups, padded) = (centres.groups, centres.members * centres.groups)
    for centre in [likely, nearest] {
      let group = centre % groups
      leastOfGroups[group] = least(of: group, without: nearest, products, groups: groups, padded: padded)
    }
    return nearest
  }

  @inline(__always)
  private func least(
    of group: Int, without centre: Int, _ products: UnsafePointer<Float>, groups: Int, padded: Int
  ) -> Float {
    var least = Float.infinity
    for place in stride(from: group, to: padded, by: groups) where place != centre {
      least = min(least, products[place])
    }
    return least
  }
}
