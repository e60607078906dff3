import Faces
import Records
import Testing

@Suite("Which face")
struct FaceChoiceTests {
  private func face(_ x: Double, _ y: Double = 0, side: Double = 10, score: Double = 0.9) -> Face {
    Face(box: Box(x: x, y: y, width: side, height: side), score: score)
  }

  @Test("the largest face is chosen, of equals the surer; so many of them; or all")
  func choice() {
    let faces = [face(0, side: 10), face(50, side: 30, score: 0.6), face(90, side: 30, score: 0.8)]
    #expect(FaceChoice.largest.choose(faces) == [2])
    #expect(FaceChoice.atMost(2).choose(faces) == [1, 2])
    #expect(FaceChoice.atMost(5).choose(faces) == [0, 1, 2])
    #expect(FaceChoice.all.choose(faces) == [0, 1, 2])
    #expect(FaceChoice.largest.choose([]) == [])
  }

  @Test("names of pipelines and of records")
  func names() {
    for choice in [FaceChoice.largest, .all, .atMost(3), .mostPresent, .mask] {
      #expect(FaceChoice(rawValue: choice.rawValue) == choice)
    }
    for name in FaceChoice.names { #expect(FaceChoice(name: name, limit: 2) != nil) }
    #expect(FaceChoice(name: "at-most", limit: 2)?.rawValue == "at-most-2")
    for wrong in ["at-most", "at-most-0", "at-most-x", "biggest", ""] { #expect(FaceChoice(rawValue: wrong) == nil) }
  }

  @Test("most present: the most frames, then the larger faces, then the older track")
  func presence() {
    var presence = TrackPresence()
    #expect(presence.mostPresent == nil)
    presence.add([(face(0), 0), (face(50), 1)])
    #expect(presence.mostPresent == 0)
    presence.add([(face(0), 0), (face(50, side: 11), 1)])
    #expect(presence.mostPresent == 1)
    presence.add([(face(0), 0)])
    #expect(presence.mostPresent == 0)
  }

  @Test("the face that meets the mask: not the one around everything, none where it is black")
  func mask() {
    // White at x 20 ..< 40, y 8 ..< 28 of a frame of 160 x 80; the mask has half its size.
    func mask(level: UInt8) -> ManipulationMask {
      let values = (0..<80 * 40).map { index in
        (10..<20).contains(index % 80) && (4..<14).contains(index / 80) ? level : 9
      }
      return ManipulationMask(width: 80, height: 40, values: values)
    }
    func best(_ faces: [Face], level: UInt8 = 255) -> Int? {
      mask(level: level).bestMet(of: faces, frameWidth: 160, frameHeight: 80)
    }
    let met = face(22, 8, side: 20, score: 0.5)
    #expect(best([face(0, side: 80), face(100, 10, side: 40), met]) == 2)
    #expect(best([face(0, side: 80), met], level: 40) == 1)
    #expect(best([face(100, 10, side: 40)]) == nil)
    #expect(best([met], level: 0) == nil)
    #expect(best([face(-500), face(1000, 1000)]) == nil)
    #expect(best([]) == nil)
  }
}
