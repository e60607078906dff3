import Faces
import Records
import Testing

@Suite("Tracks that look ahead")
struct TrackLookAheadTests {
  private func face(_ x: Double, score: Double = 0.75) -> Face {
    Face(
      box: Box(x: x, y: 0, width: 10, height: 10), landmarks: [Point(x: x + 1, y: 2)], score: score)
  }

  /// Sends frames 0.1 s apart through; `nil` is a frame that was not looked at.
  ///
  /// - Returns: every frame, and how many frames each waited.
  private func run(
    _ frames: [[Face]?], cuts: Set<Int> = [], cost: Int = 0, secondsPerFrame: Double = 0.1,
    rules: (inout TrackRules) -> Void = { _ in }
  ) -> (decided: [DecidedFrame<Int>], mostHeld: Int) {
    var chosen = TrackRules()
    rules(&chosen)
    var lookAhead = TrackLookAhead<Int>(chosen)
    var decided: [DecidedFrame<Int>] = []
    var mostHeld = 0
    for (index, faces) in frames.enumerated() {
      decided += lookAhead.add(
        index, faces: faces, seconds: Double(index) * secondsPerFrame, isCut: cuts.contains(index), cost: cost)
      mostHeld = max(mostHeld, index + 1 - decided.count)
    }
    decided += lookAhead.finish()
    #expect(decided.map(\.payload) == Array(frames.indices))
    return (decided, mostHeld)
  }

  private func tracks(_ frame: DecidedFrame<Int>) -> [Int] { frame.faces.map(\.track) }

  @Test("a face seen once is a fluke; its frame waits no longer than a track may miss frames")
  func flukes() {
    let steady = face(0)
    let (decided, held) = run([[steady], [steady, face(50)], [steady], [steady], [steady], [steady]])
    #expect(decided.map { $0.flukes.count } == [0, 1, 0, 0, 0, 0])
    #expect(decided.allSatisfy { tracks($0) == [0] })
    #expect(decided[1].flukes[0].face == face(50))
    #expect(held == 3)
  }

  @Test("a face seen twice across a gap is none, nor is one in a short shot")
  func noFlukes() {
    #expect(run([[face(50)], [], [], [face(50)], [], []]).decided.allSatisfy { $0.flukes.isEmpty })
    #expect(run([[face(50)]]).decided[0].faces.count == 1)
    #expect(run([[face(50)], [], []]).decided[0].faces.count == 1)
    #expect(run([[face(50)], [], [], []]).decided[0].flukes.count == 1)
    #expect(run([[], [], [], [face(50)]], cuts: [3]).decided[3].faces.count == 1)
    #expect(run([[face(50)], [], [], []]) { $0.minimumFrames = 1 }.decided[0].faces.count == 1)
    #expect(run([[face(50, score: 0.8)], [], [], []]).decided[0].faces.count == 1)
  }

  @Test("short gaps are filled in, linear in time, with the lower score; long ones are not")
  func interpolation() {
    let gap = [[face(0, score: 0.7)], [], [], [face(9)]]
    let filled = run(gap).decided
    #expect(filled.map(tracks) == [[0], [0], [0], [0]])
    let between = filled[1].faces[0].face
    #expect(abs(between.box.x - 3) < 1e-9 && abs(between.landmarks[0].x - 4) < 1e-9 && between.box.width == 10)
    #expect(between.score == 0.7 && between.origin == .interpolated && filled[3].faces[0].face.origin == .detected)

    for unfilled in [run(gap) { $0.interpolates = false }, run(gap) { $0.maximumGapSeconds = 0.2 }] {
      #expect(unfilled.decided.map(tracks) == [[0], [], [], [0]])
    }
    #expect(run(gap) { $0.maximumGap = 1 }.decided.allSatisfy { $0.faces.allSatisfy { $0.face.origin == .detected } })
  }

  @Test("frames not looked at take their faces from both sides, and count in no gap")
  func between() {
    let rules: (inout TrackRules) -> Void = { $0.maximumGap = 0 }
    let frames = [[face(0)], nil, nil, [face(6)], nil, nil, [face(9), face(80)], nil, [face(9), face(80)]]
    // Whether seconds allow it is asked of gaps only.
    let (decided, held) = run(frames, secondsPerFrame: 5, rules: rules)
    #expect(decided.map(tracks) == [[0], [0], [0], [0], [0], [0], [0, 1], [0, 1], [0, 1]])
    #expect(abs(decided[1].faces[0].face.box.x - 2) < 1e-9)
    #expect(held == 3)
    // A person in one of both sides only may be anywhere.
    let left = run([[face(0)], [face(0)], nil, [], [], []], rules: rules).decided
    #expect(left.map(tracks) == [[0], [0], [], [], [], []])
  }

  @Test("nothing crosses a cut: neither numbers nor faces filled in")
  func cut() {
    let frames = [[face(0)], [face(0)], [], nil, [face(0)], [face(0)]]
    #expect(run(frames).decided.map(tracks) == [[0], [0], [0], [0], [0], [0]])
    #expect(run(frames, cuts: [3]).decided.map(tracks) == [[0], [0], [], [], [1], [1]])
  }

  @Test("no more is held than the budget allows, and what is undecided stays as it was found")
  func budget() {
    let frames: [[Face]?] = [[face(50)], [], [], [], [face(0)], nil, nil, nil, nil, [face(0)]]
    let (decided, held) = run(frames, cost: 10) { $0.budget = 20 }
    #expect(held == 2)
    #expect(decided[0].faces.count == 1 && decided[0].flukes.isEmpty)
    #expect(decided.map { $0.faces.count } == [1, 0, 0, 0, 1, 0, 0, 1, 1, 1])
  }

  @Test("what is decided depends on nothing but the faces: a source after another starts anew")
  func again() {
    var lookAhead = TrackLookAhead<Int>(TrackRules())
    for _ in 0..<2 {
      var frames = (0..<5).flatMap { lookAhead.add($0, faces: [face(0)], seconds: Double($0)) }
      frames += lookAhead.finish()
      #expect(frames.map(tracks) == Array(repeating: [0], count: 5))
    }
  }
}
