import Records

/// Keeps the best of the faces that lie on one another.
///
/// Going down the order of ``Face/precedes(_:)``, a face stays unless its intersection over union with one that stayed is
/// above `maximumOverlap`. The result is in that order.
func suppressOverlaps(_ faces: [Face], maximumOverlap: Double) -> [Face] {
  var kept: [Face] = []
  for face in faces.sorted(by: { $0.precedes($1) })
  where !kept.contains(where: { $0.box.overlap(with: face.box) > maximumOverlap }) {
    kept.append(face)
  }
  return kept
}
