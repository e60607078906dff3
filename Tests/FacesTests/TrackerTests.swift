import Faces
import Records
import Testing

@Suite("Tracks of faces")
struct TrackerTests {
  private func face(_ x: Double, _ y: Double = 0, side: Double = 10, score: Double = 0.9) -> Face {
    Face(box: Box(x: x, y: y, width: side, height: side), score: score)
  }

  @Test("a face that moves keeps its number, a new one gets the next")
  func movesAndNew() {
    var tracker = FaceTracker(minimumOverlap: 0.3)
    #expect(tracker.assign([face(0)]) == [0])
    #expect(tracker.assign([face(50), face(2)]) == [1, 0])
    #expect(tracker.assign([face(4), face(52), face(100)]) == [0, 1, 2])
  }

  @Test("two faces that cross keep their numbers")
  func crossing() {
    var tracker = FaceTracker(minimumOverlap: 0.2)
    // One goes right along y = 0, the other left along y = 6; they overlap while they pass.
    for step in 0...20 {
      let faces = [face(Double(step) * 2), face(40 - Double(step) * 2, 6)]
      #expect(tracker.assign(faces, seconds: Double(step)) == [0, 1], "step \(step)")
    }
  }

  @Test("a track survives a gap of the given length and no longer", arguments: [0, 1, 3])
  func gap(maximumGap: Int) {
    for missing in 0...4 {
      var tracker = FaceTracker(minimumOverlap: 0.3, maximumGap: maximumGap)
      #expect(tracker.assign([face(0)]) == [0])
      for _ in 0..<missing { #expect(tracker.assign([]) == []) }
      #expect(tracker.assign([face(1)]) == [missing <= maximumGap ? 0 : 1])
    }
  }

  @Test("the nearest is joined first, and no number is given twice")
  func greatestFirst() {
    var tracker = FaceTracker(minimumOverlap: 0.1)
    #expect(tracker.assign([face(0)]) == [0])
    #expect(tracker.assign([face(6, score: 0.99), face(1, score: 0.5)]) == [1, 0])
  }

  @Test("a lower overlap than the least starts a track")
  func least() {
    var tracker = FaceTracker(minimumOverlap: 0.5)
    _ = tracker.assign([face(0)])
    // Moved by 3 of 10: 7 / 13 = 0.54; by 4: 6 / 14 = 0.43.
    #expect(tracker.assign([face(3)]) == [0])
    #expect(tracker.assign([face(7)]) == [1])
  }

  @Test("the order of a frame's faces changes no face's number")
  func orderStability() {
    var random = KeyedRandom(seed: 3, key: "order", stage: "tracker")
    var tracker = FaceTracker(minimumOverlap: 0.2, maximumGap: 1)
    var shuffledTracker = tracker
    for _ in 0..<60 {
      // Places on a coarse grid, so that equal overlaps and equal scores happen.
      let faces = Set(
        (0..<random.integer(below: 7)).map { _ in
          face(Double(random.integer(below: 8)) * 4, Double(random.integer(below: 3)) * 4, score: 0.5)
        })
      let sorted = faces.sorted { ($0.box.y, $0.box.x) < ($1.box.y, $1.box.x) }
      var shuffled = sorted
      random.shuffle(&shuffled)
      let numbers = Dictionary(uniqueKeysWithValues: zip(sorted, tracker.assign(sorted)))
      let ids = shuffledTracker.assign(shuffled)
      #expect(ids == shuffled.compactMap { numbers[$0] })
      #expect(Set(ids).count == ids.count)
    }
  }

  @Test("a face that vanishes while it moves is found again where it was going, not where it was")
  func motion() {
    var tracker = FaceTracker(minimumOverlap: 0.3, maximumGap: 2)
    for step in 0..<3 { #expect(tracker.assign([face(Double(step) * 4)], seconds: Double(step) / 10) == [0]) }
    #expect(tracker.assign([], seconds: 0.3) == [])
    // Last seen at 8, now at 18: no overlap with the last box.
    #expect(tracker.assign([face(18)], seconds: 0.4) == [0])
    // Motion is per second, whatever the number of frames.
    #expect(tracker.assign([face(28)], seconds: 0.6) == [0])
  }

  @Test("a shift of up to so many sides continues a track, at a like size")
  func shift() {
    func numbers(_ next: Face) -> [Int] {
      var tracker = FaceTracker(minimumOverlap: 0.3, maximumShift: 1)
      _ = tracker.assign([face(0)], seconds: 0)
      return tracker.assign([next], seconds: 1)
    }
    #expect(numbers(face(9)) == [0])
    #expect(numbers(face(11)) == [1])
    #expect(numbers(face(6, side: 20)) == [1])
  }

  @Test("tracks that are ended are not continued, and numbers go on")
  func endTracks() {
    var tracker = FaceTracker(minimumOverlap: 0.3)
    #expect(tracker.assign([face(0), face(50)], seconds: 0) == [0, 1])
    tracker.endTracks()
    #expect(tracker.assign([face(0)], seconds: 1) == [2])
  }
}

extension FaceTracker {
  /// Numbers the faces of a frame that is shown with the one before.
  fileprivate mutating func assign(_ faces: [Face]) -> [Int] { assign(faces, seconds: 0) }
}
