package import Records

extension Face {
  /// The face between two sightings of one person, linear in time: box, and landmarks where both have them.
  ///
  /// Its score is the lower of the two.
  /// - Parameter position: 0 at `first`, 1 at `second`.
  package static func interpolated(from first: Face, to second: Face, position: Double) -> Face {
    func between(_ start: Double, _ end: Double) -> Double { start + (end - start) * position }
    let landmarks =
      first.landmarks.count == second.landmarks.count
      ? zip(first.landmarks, second.landmarks).map { Point(x: between($0.x, $1.x), y: between($0.y, $1.y)) } : []
    return Face(
      box: Box(
        x: between(first.box.x, second.box.x), y: between(first.box.y, second.box.y),
        width: between(first.box.width, second.box.width), height: between(first.box.height, second.box.height)),
      landmarks: landmarks, score: min(first.score, second.score), origin: .interpolated)
  }
}
