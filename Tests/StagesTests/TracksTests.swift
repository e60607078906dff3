import Faces
import Foundation
import Imaging
import Records
import TestSupport
import Testing

@testable import Engine
@testable import Stages

@Suite("Tracks and chosen faces of videos")
struct TracksTests {
  private static let source = Source(dataset: "d", path: "clip.mp4", label: .fake)

  private func face(_ x: Double, side: Double = 20) -> Face {
    Face(box: Box(x: x, y: 10, width: side, height: side), score: 0.7)
  }

  private func frame(_ index: Int, picture: Image, source: Source = source) -> DecodedFrame {
    DecodedFrame(
      source: source, picture: picture, pts: Int64(index), timeBase: TimeBase(numerator: 1, denominator: 10),
      index: index, originalPTS: nil, colour: nil)
  }

  private func context(root: String = "") -> StageContext {
    StageContext(
      stageID: "track", seed: 0, modelsFolder: TestFiles.models, roots: ["d": root], resources: WorkerResources(),
      progress: { _, _, _ in })
  }

  /// A picture with one bright quarter.
  private func picture(brightQuarter: Int) -> Image {
    var image = Image(width: 64, height: 36)
    for y in 0..<36 {
      for x in 0..<64 where (y / 18 * 2 + x / 32) == brightQuarter {
        for channel in 0..<3 { image.pixels[(y * 64 + x) * 3 + channel] = 200 }
      }
    }
    return image
  }

  @Test("every face and every frame ends as a record, and a cut ends tracks")
  func stage() throws {
    let ledger = FamilyLedger(family: Family.families(of: [Self.source])[0])
    let pass = TrackStage(options: .init()).makePass(context(), ledger: ledger)
    var tracked: [TrackedFrame] = []
    for index in 0..<10 {
      let faces = index == 2 ? [face(0), face(40)] : index == 4 ? [] : index > 7 ? [] : [face(0)]
      try pass.process(
        DetectedFrame(
          frame: frame(index, picture: picture(brightQuarter: index < 6 ? 0 : 3)), isLookedAt: index != 1, faces: faces)
      ) { tracked.append($0) }
    }
    try pass.endSource { tracked.append($0) }
    #expect(tracked.map(\.frame.index) == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(tracked.map { $0.faces.map(\.track) } == [[0], [0], [0], [0], [0], [0], [2], [2]])
    #expect(tracked.map { $0.faces[0].face.origin == .interpolated } == [0, 1, 0, 0, 1, 0, 0, 0].map { $0 == 1 })
    #expect(ledger.drops.map(\.item) == ["d/clip.mp4@2#1", "d/clip.mp4@8", "d/clip.mp4@9"])
    #expect(ledger.drops.map(\.reason) == ["fluke", "no-face", "no-face"])
  }

  @Test("ready crops are one person, whatever is on them")
  func readyCrops() throws {
    var source = Self.source
    source.input = .face
    let ledger = FamilyLedger(family: Family.families(of: [source])[0])
    let pass = TrackStage(options: .init()).makePass(context(), ledger: ledger)
    var tracks: [Int] = []
    for index in 0..<6 {
      let decoded = frame(index, picture: picture(brightQuarter: index % 4), source: source)
      try pass.process(DetectedFrame(frame: decoded, isLookedAt: true, faces: [.whole(decoded.picture)])) {
        tracks += $0.faces.map(\.track)
      }
    }
    try pass.endSource { _ in Issue.record("nothing was held") }
    #expect(tracks == [0, 0, 0, 0, 0, 0] && ledger.drops.isEmpty)
  }

  @Test("the face that meets the mask video at its time, for a fake and its original")
  func mask() throws {
    try TestFiles.withTemporaryDirectory { folder in
      // White at the left for a second, then at the right, then nowhere.
      try SyntheticVideo.make(
        at: folder.appending(path: "mask.mp4"), width: 320, height: 160, frames: 30, framesPerSecond: 10
      ) { index in
        var image = Image(width: 320, height: 160)
        let columns = index < 10 ? 20..<100 : index < 20 ? 200..<280 : 0..<0
        for y in 20..<100 {
          for x in columns { for channel in 0..<3 { image.pixels[(y * 320 + x) * 3 + channel] = 255 } }
        }
        return image
      }
      let original = Source(dataset: "d", path: "a.mp4", label: .real)
      let absent = Source(dataset: "d", path: "b.mp4", label: .fake, original: "a.mp4", mask: "none.mp4")
      let fake = Source(dataset: "d", path: "c.mp4", label: .fake, original: "a.mp4", mask: "mask.mp4")
      let family = Family.families(of: [original, absent, fake])[0]
      let ledger = FamilyLedger(family: family)
      var chosen = ChosenFaces(
        .mask, family: family, roots: ["d": folder.path(percentEncoded: false)],
        note: { ledger.note(source: $0, code: $1, detail: $2) })
      let faces = [(face: face(10, side: 40), track: 0), (face: face(100, side: 50), track: 1)]
      func choices(_ source: Source) -> [[Int]] {
        defer { _ = chosen.endSource() }
        return [0, 4, 12, 19, 25].map { index in
          chosen.choose(
            TrackedFrame(frame: frame(index, picture: Image(width: 160, height: 80), source: source), faces: faces))
        }
      }
      #expect(choices(original) == [[0], [0], [1], [1], []])
      #expect(choices(absent) == [[1], [1], [1], [1], [1]])
      #expect(choices(fake) == [[0], [0], [1], [1], []])
      #expect(ledger.notes.mapValues { $0.map(\.code) } == ["b.mp4": ["no-mask"]])
    }
  }

  @Test("most present is known at the end of each source")
  func mostPresent() {
    var chosen = ChosenFaces(
      .mostPresent, family: Family.families(of: [Self.source])[0], roots: [:], note: { _, _, _ in })
    #expect(chosen.needsWholeSource && chosen.endSource() == nil)
    let decoded = frame(0, picture: Image(width: 8, height: 8))
    for tracks in [[0], [0, 3], [3], [3]] {
      let faces = tracks.map { (face: face(0), track: $0) }
      #expect(chosen.choose(TrackedFrame(frame: decoded, faces: faces)) == Array(tracks.indices))
    }
    #expect(chosen.endSource() == 3 && chosen.endSource() == nil)
  }
}
