/// What one thread does of a round of ``LloydRun``.
final class LloydWorker {
  private let rows: FeatureRows
  private let bounds: DistanceBounds
  private let search: NearestSearch
  private let changes: ClusterSums
  private let relativeError: Float
  private let absoluteError: Float
  /// Rows of the stripe that bounds alone do not settle.
  private let open: UnsafeMutablePointer<Int32>
  /// Centres that one point is compared with, and their squared distances: the groups in doubt, one after the other.
  private let compared: UnsafeMutablePointer<Int32>
  private let distances: UnsafeMutablePointer<Float>
  private var changed = 0

  init(_ rows: FeatureRows, _ bounds: DistanceBounds, search: NearestSearch, changes: ClusterSums) {
    self.rows = rows
    self.bounds = bounds
    self.search = search
    self.changes = changes
    relativeError = RowKernels.relativeError(columns: rows.columns)
    absoluteError = RowKernels.absoluteError(columns: rows.columns)
    open = .allocate(capacity: FeatureRows.stripeRows)
    compared = .allocate(capacity: changes.clusters + 1)
    distances = .allocate(capacity: changes.clusters + 1)
  }

  deinit {
    open.deallocate()
    compared.deallocate()
    distances.deallocate()
  }

  /// Finds the nearest centre of every point of a stripe.
  ///
  /// A point goes through as much of this as it must: bounds loosened by how far centres moved; its distance to its own
  /// centre anew; its distances to the centres of the groups in doubt, or, where these are many, to all, by products of
  /// matrices.
  func assign(
    _ stripe: Range<Int>, _ centres: Centres, movement: UnsafePointer<Float>, groupMovement: UnsafePointer<Float>
  ) {
    centres.values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      let (rows, bounds) = (rows, bounds)
      var count = 0
      for row in stripe where !bounds.settles(row, movement: movement, groupMovement: groupMovement) {
        open[count] = Int32(truncatingIfNeeded: row)
        count &+= 1
      }
      for place in 0..<count {
        if place &+ 2 < count { rows.prefetch(Int(open[place &+ 2])) }
        compare(Int(open[place]), centres, values)
      }
      search.finish(centres) { take($0) }
    }
  }

  /// Adds what changed to `sums`, and tells how many points got another centre.
  func hand(to sums: ClusterSums) -> Int {
    sums.absorb(changes)
    defer { changed = 0 }
    return changed
  }

  @inline(__always)
  private func compare(_ row: Int, _ centres: Centres, _ values: UnsafePointer<Float>) {
    let own = Int(bounds.centres[row])
    guard own >= 0 else { return search.add(row, centres) { take($0) } }
    let distance = rows.squaredDistance(row, to: values + own &* rows.columns)
    bounds.setUpper(row, squaredDistance: distance, error: error(of: distance))
    let doubtful = bounds.doubtfulGroups(row) &* centres.members
    if doubtful == 0 { return }
    // A distance by itself costs about as much as three by a product of matrices.
    if doubtful &* 3 < centres.count {
      compare(row, own: own, ownDistance: distance, centres, values)
    } else {
      search.add(row, centres) { take($0) }
    }
  }

  @inline(__always)
  private func error(of squaredDistance: Float) -> Float { squaredDistance * relativeError + absoluteError }

  @inline(__always)
  private func take(_ found: NearestSearch.Found) {
    bounds.set(found)
    move(found.row, to: found.centre)
  }

  @inline(__always)
  private func move(_ row: Int, to centre: Int) {
    let old = Int(bounds.centres[row])
    guard old != centre else { return }
    changed &+= 1
    bounds.centres[row] = Int32(truncatingIfNeeded: centre)
    if old < 0 {
      changes.add(rows.start(of: row), scale: rows.scale(of: row), to: centre)
    } else {
      changes.move(rows.start(of: row), scale: rows.scale(of: row), from: old, to: centre)
    }
  }

  /// Compares a point's own centre with those of the groups in doubt.
  private func compare(_ row: Int, own: Int, ownDistance: Float, _ centres: Centres, _ values: UnsafePointer<Float>) {
    let (groups, compared, distances) = (centres.groups, compared, distances)
    (compared[0], distances[0]) = (Int32(truncatingIfNeeded: own), ownDistance)
    var (count, least) = (1, ownDistance)
    for group in 0..<groups where bounds.isDoubtful(row, group: group) {
      bounds.clearLower(row, group: group)
      let members = (centres.count &- group &+ groups &- 1) / groups
      rows.squaredDistances(
        row, to: values + group &* rows.columns, stride: groups &* rows.columns, count: members,
        into: distances + count)
      var centre = group
      for place in count..<count &+ members {
        // The point's own centre stands at the front; its place is taken again.
        if centre != own {
          (compared[count], distances[count]) = (Int32(truncatingIfNeeded: centre), distances[place])
          least = min(least, distances[place])
          count &+= 1
        }
        centre &+= groups
      }
    }
    let nearest = decide(row, count: count, upTo: least + 3 * error(of: least), centres, values)
    for place in 0..<count {
      let (centre, distance) = (Int(compared[place]), distances[place])
      if centre == nearest {
        bounds.setUpper(row, squaredDistance: distance, error: error(of: distance))
      } else {
        bounds.include(row, group: centre % groups, squaredDistance: distance, error: error(of: distance))
      }
    }
    move(row, to: nearest)
  }

  /// The nearest of the centres compared: the only one not above `limit`, or that of several which float64 says.
  @inline(__always)
  private func decide(
    _ row: Int, count: Int, upTo limit: Float, _ centres: Centres, _ values: UnsafePointer<Float>
  ) -> Int {
    var (likely, found) = (0, 0)
    for place in 0..<count where distances[place] <= limit {
      likely = Int(compared[place])
      found &+= 1
    }
    if found == 1 { return likely }
    var least = Double.infinity
    for place in 0..<count where distances[place] <= limit {
      let centre = Int(compared[place])
      let distance = rows.exactSquaredDistance(row, to: values + centre &* rows.columns)
      if distance < least || distance == least && centres.precedes(centre, likely) {
        (likely, least) = (centre, distance)
      }
    }
    return likely
  }
}
