import Records

/// Keeps the best of the faces that lie on one another.
///
/// Going down the order of ``Face/precedes(_:)``, a face stays unless its intersection over union with one that stayed is
/// above `maximumOverlap`. The result is in that order.
func suppressOverlaps(_ faces: [Face], maximumOverlap: Double) -> [Face] {
  let ranked = faces.sorted { $0.precedes($1) }
  return uncovered(ranked.map(\.box), maximumOverlap: maximumOverlap, measure: { $0.overlap(with: $1) })
    .map { ranked[$0] }
}

/// The indices of the boxes that overlap no better one that stays by more than `maximumOverlap`.
///
/// - Parameter ranked: the best first.
func uncovered(_ ranked: [Box], maximumOverlap: Double, measure: (Box, Box) -> Double) -> [Int] {
  var kept: [Int] = []
  for (index, box) in ranked.enumerated() where !kept.contains(where: { measure(ranked[$0], box) > maximumOverlap }) {
    kept.append(index)
  }
  return kept
}

extension Box {
  /// Intersection over the area of the smaller box, 0 for disjoint boxes.
  func share(of other: Box) -> Double {
    let wide = min(x + width, other.x + other.width) - max(x, other.x)
    let high = min(y + height, other.y + other.height) - max(y, other.y)
    return wide > 0 && high > 0 ? wide * high / min(area, other.area) : 0
  }
}
