private import Foundation
package import Records

/// Links the faces of successive frames into tracks, one person each as long as the face is near where it is expected.
///
/// A face is expected where the track saw it last, or where it would be had it moved on as it did before; the nearer of
/// the two counts. Pairs of a track and a face are joined from the nearest upwards. Numbers do not depend on the order
/// that the faces of one frame are given in.
package struct FaceTracker: Sendable {
  private struct Track {
    let id: Int
    var box: Box
    var seconds: Double
    var lastFrame: Int
    /// Movement of the centre in pixels a second, and the seconds that it was seen over.
    var motion: (x: Double, y: Double, span: Double)?

    mutating func see(_ face: Face, seconds: Double, frame: Int) {
      let span = seconds - self.seconds
      motion =
        span > 0
        ? ((face.box.centre.x - box.centre.x) / span, (face.box.centre.y - box.centre.y) / span, span) : nil
      (box, self.seconds, lastFrame) = (face.box, seconds, frame)
    }

    /// Where the face may be: where it was, and where it was going. A movement holds for some times its own span only.
    func expected(at seconds: Double) -> [Box] {
      guard let motion else { return [box] }
      let ahead = min(max(0, seconds - self.seconds), FaceTracker.trustedSpans * motion.span)
      var moved = box
      moved.x += motion.x * ahead
      moved.y += motion.y * ahead
      return [box, moved]
    }
  }

  private static let trustedSpans = 4.0
  /// Boxes whose sides differ by more than this factor are joined only when they overlap.
  private static let greatestGrowth = 1.6

  private let minimumOverlap: Double
  private let maximumShift: Double
  private let maximumGap: Int
  private var tracks: [Track] = []
  private var frame = 0
  private var nextID = 0

  /// - Parameters:
  ///   - minimumOverlap: least intersection over union of a face with where it is expected, above 0.
  ///   - maximumShift: boxes that overlap less are joined when their centres are no further apart than this times the
  ///     side of the face, and their sizes alike; 0 joins none.
  ///   - maximumGap: a track ends when it has been without a face in more than this many successive frames.
  package init(minimumOverlap: Double, maximumShift: Double = 0, maximumGap: Int = 0) {
    precondition(minimumOverlap > 0 && maximumGap >= 0, "overlap \(minimumOverlap), gap \(maximumGap)")
    self.minimumOverlap = minimumOverlap
    self.maximumShift = maximumShift
    self.maximumGap = maximumGap
  }

  /// Numbers the faces of the next frame; a frame without faces is given too, for it counts towards gaps.
  ///
  /// - Parameter seconds: when the frame is shown, not before the one given last.
  /// - Returns: a track number per face, no two alike. New tracks count up from 0, the surer face of a frame first.
  package mutating func assign(_ faces: [Face], seconds: Double) -> [Int] {
    defer { frame += 1 }
    tracks.removeAll { frame - $0.lastFrame > maximumGap + 1 }
    let order = faces.indices.sorted { faces[$0].precedes(faces[$1]) }
    var ids = [Int?](repeating: nil, count: faces.count)
    var isTaken = Set<Int>()

    for link in links(faces, in: order, seconds: seconds) where ids[link.face] == nil && !isTaken.contains(link.track) {
      isTaken.insert(link.track)
      ids[link.face] = tracks[link.track].id
      tracks[link.track].see(faces[link.face], seconds: seconds, frame: frame)
    }
    for face in order where ids[face] == nil {
      ids[face] = nextID
      tracks.append(Track(id: nextID, box: faces[face].box, seconds: seconds, lastFrame: frame, motion: nil))
      nextID += 1
    }
    return ids.compactMap(\.self)
  }

  /// Ends all tracks, as a cut does; numbers go on counting.
  package mutating func endTracks() { tracks = [] }

  /// All pairs that may be one person, the nearest first; ties go to the older track, then to the surer face.
  private func links(_ faces: [Face], in order: [Int], seconds: Double) -> [(track: Int, face: Int)] {
    var found: [(distance: Double, track: Int, rank: Int)] = []
    for track in tracks.indices {
      let expected = tracks[track].expected(at: seconds)
      for (rank, face) in order.enumerated() {
        let distances = expected.compactMap { distance(from: $0, to: faces[face].box) }
        if let distance = distances.min() { found.append((distance, track, rank)) }
      }
    }
    return found.sorted { ($0.distance, $0.track, $0.rank) < ($1.distance, $1.track, $1.rank) }
      .map { ($0.track, order[$0.rank]) }
  }

  /// How far apart two boxes are, shift of the centres in sides plus logarithm of the growth; `nil` where too far.
  private func distance(from expected: Box, to box: Box) -> Double? {
    guard expected.area > 0, box.area > 0 else { return nil }
    let side = (expected.area * box.area).squareRoot().squareRoot()
    let shift = hypot(box.centre.x - expected.centre.x, box.centre.y - expected.centre.y) / side
    let growth = abs(log(box.area / expected.area)) / 2
    let isNear = shift <= maximumShift && growth <= log(Self.greatestGrowth)
    return isNear && maximumShift > 0 || expected.overlap(with: box) >= minimumOverlap ? shift + growth : nil
  }
}
