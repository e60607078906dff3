package import Records

/// Links the faces of successive frames into tracks, one person each as long as the face stays near where it was.
///
/// Pairs of a known track and a new face are joined from the greatest overlap (intersection over union with the track's
/// last box) downwards. Numbers do not depend on the order that the faces of one frame are given in.
package struct FaceTracker: Sendable {
  private struct Track {
    let id: Int
    var box: Box
    var lastFrame: Int
  }

  private let minimumOverlap: Double
  private let maximumGap: Int
  private var tracks: [Track] = []
  private var frame = 0
  private var nextID = 0

  /// - Parameters:
  ///   - minimumOverlap: least intersection over union of a face with its track's last box, above 0.
  ///   - maximumGap: a track ends when it has been without a face in more than this many successive frames.
  package init(minimumOverlap: Double, maximumGap: Int = 0) {
    precondition(minimumOverlap > 0 && maximumGap >= 0, "overlap \(minimumOverlap), gap \(maximumGap)")
    self.minimumOverlap = minimumOverlap
    self.maximumGap = maximumGap
  }

  /// Numbers the faces of the next frame; a frame without faces is given too, for it counts towards gaps.
  ///
  /// - Returns: a track number per face, no two alike. New tracks count up from 0, the surer face of a frame first.
  package mutating func assign(_ faces: [Face]) -> [Int] {
    defer { frame += 1 }
    tracks.removeAll { frame - $0.lastFrame > maximumGap + 1 }
    let order = faces.indices.sorted { faces[$0].precedes(faces[$1]) }
    var ids = [Int?](repeating: nil, count: faces.count)
    var isTaken = Set<Int>()

    for link in links(faces, in: order) where ids[link.face] == nil && !isTaken.contains(link.track) {
      isTaken.insert(link.track)
      ids[link.face] = tracks[link.track].id
      tracks[link.track].box = faces[link.face].box
      tracks[link.track].lastFrame = frame
    }
    for face in order where ids[face] == nil {
      ids[face] = nextID
      tracks.append(Track(id: nextID, box: faces[face].box, lastFrame: frame))
      nextID += 1
    }
    return ids.compactMap(\.self)
  }

  /// All pairs that overlap enough, the greatest overlap first; ties go to the older track, then to the surer face.
  private func links(_ faces: [Face], in order: [Int]) -> [(track: Int, face: Int)] {
    var found: [(overlap: Double, track: Int, rank: Int)] = []
    for track in tracks.indices {
      for (rank, face) in order.enumerated() {
        let overlap = tracks[track].box.overlap(with: faces[face].box)
        if overlap >= minimumOverlap { found.append((overlap, track, rank)) }
      }
    }
    return found.sorted { (-$0.overlap, $0.track, $0.rank) < (-$1.overlap, $1.track, $1.rank) }
      .map { ($0.track, order[$0.rank]) }
  }
}
