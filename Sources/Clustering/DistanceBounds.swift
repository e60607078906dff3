/// What is known of every point's distances without a look at it: at most so far from its own centre, at least so far from
/// every other one of a group.
///
/// Distances, not squared, rounded outwards wherever they are touched. Takes 4 (2 + groups) bytes a point.
///
/// Source: Hamerly 2010, one group; Ding et al. 2015, Yinyang k-means, several; Elkan 2003, one for each centre.
final class DistanceBounds {
  /// Bytes that bounds may take, roughly.
  private static let mostBytes = 256 << 20
  /// Brings a rounded result back outside of what it stands for.
  private static var outwards: Float { 1 + 0x1p-21 }
  private static var inwards: Float { 1 - 0x1p-21 }

  let groups: Int
  /// Centre of each point; -1 before it has one.
  let centres: UnsafeMutablePointer<Int32>
  private let upper: UnsafeMutablePointer<Float>
  private let lower: UnsafeMutablePointer<Float>

  init(rows: Int, groups: Int) {
    self.groups = groups
    centres = .allocate(capacity: rows)
    centres.initialize(repeating: -1, count: rows)
    upper = .allocate(capacity: rows)
    lower = .allocate(capacity: rows * groups)
    upper.initialize(repeating: .infinity, count: rows)
    lower.initialize(repeating: 0, count: rows * groups)
  }

  deinit {
    centres.deallocate()
    upper.deallocate()
    lower.deallocate()
  }

  /// How many groups serve that many centres and rows: one a centre where these are few, a fourth where they are many.
  static func groups(centres: Int, rows: Int) -> Int {
    let wanted = max(min(centres, 32), centres / 4)
    let most = max(4, mostBytes / 4 / rows)
    return (min(wanted, most) + 3) & ~3
  }

  /// Loosens the bounds of a point by how far centres have moved, and tells whether its centre is surely still the nearest;
  /// never for a point without a centre.
  ///
  /// - Parameters:
  ///   - movement: how far each centre moved at most.
  ///   - groupMovement: how far the centre of each group did that moved most.
  @inline(__always)
  func settles(_ row: Int, movement: UnsafePointer<Float>, groupMovement: UnsafePointer<Float>) -> Bool {
    let centre = Int(centres[row])
    guard centre >= 0 else { return false }
    let bound = (upper[row] + movement[centre]) * Self.outwards
    upper[row] = bound
    let lower = lower + row &* groups
    var least = SIMD4<Float>(repeating: .infinity)
    for group in stride(from: 0, to: groups, by: 4) {
      let value = (RowKernels.load4(lower + group) - RowKernels.load4(groupMovement + group)) * Self.inwards
      RowKernels.store(value, lower + group)
      least.replace(with: value, where: value .< least)
    }
    return bound < RowKernels.least(least)
  }

  /// Sets the upper bound from a squared distance that is out by `error` at most.
  @inline(__always)
  func setUpper(_ row: Int, squaredDistance: Float, error: Float) {
    upper[row] = max(0, squaredDistance + error).squareRoot() * Self.outwards
  }

  /// How many groups may hold a nearer centre than the point's own.
  @inline(__always)
  func doubtfulGroups(_ row: Int) -> Int {
    let (bound, lower) = (SIMD4<Float>(repeating: upper[row]), lower + row &* groups)
    var doubtful = SIMD4<Int32>()
    for group in stride(from: 0, to: groups, by: 4) {
      doubtful.replace(with: doubtful &+ 1, where: RowKernels.load4(lower + group) .<= bound)
    }
    return Int(doubtful.wrappedSum())
  }

  @inline(__always)
  func isDoubtful(_ row: Int, group: Int) -> Bool { lower[row &* groups &+ group] <= upper[row] }

  /// Sets a group's lower bound to infinity, before all its centres are looked at.
  @inline(__always)
  func clearLower(_ row: Int, group: Int) { lower[row &* groups &+ group] = .infinity }

  /// Lowers a group's bound to a squared distance that is out by `error` at most.
  @inline(__always)
  func include(_ row: Int, group: Int, squaredDistance: Float, error: Float) {
    let place = row &* groups &+ group
    lower[place] = min(lower[place], max(0, squaredDistance - error).squareRoot() * Self.inwards)
  }

  /// Sets all bounds from a search.
  @inline(__always)
  func set(_ found: NearestSearch.Found) {
    setUpper(found.row, squaredDistance: found.productLeast + found.squaredLength, error: found.error)
    let (lower, zero) = (lower + found.row * groups, SIMD4<Float>())
    let offset = found.squaredLength - found.error
    for group in stride(from: 0, to: groups, by: 4) {
      var value = RowKernels.load4(found.leastOfGroups + group) + offset
      value.replace(with: zero, where: value .< zero)
      RowKernels.store(value.squareRoot() * Self.inwards, lower + group)
    }
  }

  /// Gives a point a centre about whose distance nothing is known.
  func forget(_ row: Int, centre: Int) {
    centres[row] = Int32(centre)
    upper[row] = .infinity
    (lower + row * groups).update(repeating: 0, count: groups)
  }
}
