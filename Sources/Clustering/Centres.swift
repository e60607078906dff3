private import CRowKernels

/// Centres made ready for a search of the nearest by matrix products: float32 `[count, columns]`.
///
/// ||x - c||^2 = ||y||^2 + ||b||^2 - 2yb, where y and b are x and c less the mean of the centres: so it does not lose its
/// digits where features lie far from the origin.
///
/// Centres are dealt to ``groups`` in turn: centre p belongs to group p % groups. A row of products, read as `[members,
/// groups]`, then gives the least of each group without a look across lanes.
struct Centres: Sendable {
  let count: Int
  let columns: Int
  /// A multiple of 4.
  let groups: Int
  private(set) var values: [Float]
  /// Mean of the centres.
  private(set) var shift: [Float]
  /// Centres less ``shift``.
  private(set) var shifted: [Float]
  /// Squared lengths of ``shifted``, infinite where there is no centre: `[members * groups]`.
  private(set) var squaredLengths: [Float]
  /// Greatest length of a row of ``shifted``.
  private(set) var greatestLength: Float = 0

  /// Centres of the largest group.
  var members: Int { (count + groups - 1) / groups }

  init(_ values: [Float], columns: Int, groups: Int) {
    let count = values.count / columns
    self.count = count
    self.columns = columns
    self.groups = groups
    self.values = values
    shift = (0..<columns).map { column in
      Float((0..<count).reduce(0.0) { $0 + Double(values[$1 * columns + column]) } / Double(count))
    }
    shifted = values
    squaredLengths = [Float](repeating: .infinity, count: (count + groups - 1) / groups * groups)
    for centre in 0..<count {
      var squares = 0.0
      for column in 0..<columns {
        let value = values[centre * columns + column] - shift[column]
        shifted[centre * columns + column] = value
        squares += Double(value) * Double(value)
      }
      squaredLengths[centre] = Float(squares)
      greatestLength = max(greatestLength, Float(squares.squareRoot()).nextUp)
    }
  }

  /// How far ||b||^2 - 2yb, and differences of two of them, may be from the truth: for a y of the given length.
  ///
  /// The product of `columns` numbers in any order, contracted or not, is out by `columns` roundings of ||y|| ||b|| at
  /// most; the rounding of y and b, of the sums, and the room taken for float64's own error come on top.
  ///
  /// Source: Higham 2002, Accuracy and Stability of Numerical Algorithms, section 3.1.
  func productError(length: Float, squaredLength: Float) -> Float {
    let squares = greatestLength * greatestLength
    let products = Float(2 * columns + 64) * 0x1p-24 * length * greatestLength
    return products + 8 * 0x1p-24 * squares + Float(columns) * 0x1p-50 * (squaredLength + squares)
      + RowKernels.absoluteError(columns: columns)
  }

  /// Whether the values of one centre come before those of another; of equal ones the lower number.
  ///
  /// Decides between centres of exactly the same distance, so that the answer does not hang on how they are numbered.
  func precedes(_ left: Int, _ right: Int) -> Bool {
    for column in 0..<columns {
      let (one, other) = (values[left * columns + column], values[right * columns + column])
      if one != other { return one < other }
    }
    return left < right
  }

  /// An order of `values` in which those of one group are near each other: the farthest from the mean that is left, and
  /// its nearest, until the group is full; then the next group.
  ///
  /// Source: groups by Ding et al. 2015; there they are found by k-means, and not of one size.
  static func grouped(_ values: [Float], columns: Int, groups: Int) -> [Int] {
    let count = values.count / columns
    let ready = Centres(values, columns: columns, groups: groups)
    var left = Set(0..<count)
    var order = [Int](repeating: 0, count: count)
    for group in 0..<min(groups, count) {
      let places = Array(stride(from: group, to: count, by: groups))
      guard let first = left.max(by: { (ready.squaredLengths[$0], $1) < (ready.squaredLengths[$1], $0) }) else { break }
      let distances = left.map { (squaredDistance(values, columns, first, $0), $0) }.sorted { $0 < $1 }
      for (place, (_, centre)) in zip(places, distances) {
        order[place] = centre
        left.remove(centre)
      }
    }
    return order
  }

  private static func squaredDistance(_ values: [Float], _ columns: Int, _ left: Int, _ right: Int) -> Float {
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return 0 }
      return dfr_squared_distance(start + left * columns, 1, start + right * columns, columns)
    }
  }
}
