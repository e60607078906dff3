import Foundation
import Imaging
import Records
import TestSupport
import Testing

@testable import Engine
@testable import Stages

@Suite("Frames of a family")
struct DecodeStageTests {
  /// What `decode` gives of an original of 30 frames at 25 a second, and of a fake of as many at 12.5.
  private struct Decoded {
    var times: [String: [Int64]] = [:]
    var partners: [String: [Int64?]] = [:]
    var pairs: [FamilyLedger.Pair] = []

    init(in folder: URL, seed: UInt64 = 1, _ change: (inout DecodeStage.Options) -> Void) throws {
      let sources = [
        Source(dataset: "d", path: "real.mp4", label: .real),
        Source(dataset: "d", path: "fake.mp4", label: .fake, original: "real.mp4"),
      ]
      for (source, rate) in zip(sources, [25, 12]) {
        let url = folder.appending(path: source.path)
        guard !FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else { continue }
        try SyntheticVideo.make(at: url, width: 64, height: 48, frames: 30, framesPerSecond: rate) {
          SyntheticVideo.card(width: 64, height: 48, frameIndex: $0)
        }
      }
      var options = DecodeStage.Options()
      change(&options)
      let ledger = FamilyLedger(family: Family.families(of: sources)[0])
      let context = StageContext(
        stageID: "decode", seed: seed, modelsFolder: TestFiles.models, roots: ["d": folder.path(percentEncoded: false)],
        resources: WorkerResources(), progress: { _, _, _ in })
      let pass = try DecodeStage(options: options).makePass(context, ledger: ledger)
      for source in ledger.family.sources {
        try pass.process(source) { frame in
          // In frames of the source's own rate.
          times[source.path, default: []].append(Int64(frame.index))
          partners[source.path, default: []].append(frame.originalPTS)
        }
      }
      pairs = ledger.pairs
    }
  }

  @Test("are as many as each class is to have, by every way of choosing")
  func ways() throws {
    try TestFiles.withTemporaryDirectory { folder in
      func decoded(_ change: (inout DecodeStage.Options) -> Void) throws -> [String: [Int64]] {
        try Decoded(in: folder) { options in
          options.paired = false
          change(&options)
        }.times
      }
      let counts = PerLabel(real: 4, fake: 2)
      for (at, real, fake) in [
        ("uniform", [0, 10, 19, 29], [0, 29]), ("segments", [3, 11, 18, 26], [7, 22]),
      ] as [(String, [Int64], [Int64])] {
        let times = try decoded { ($0.at, $0.frames) = (at, counts) }
        #expect(times == ["real.mp4": real, "fake.mp4": fake], "\(at)")
      }
      let random = try decoded { ($0.at, $0.frames) = ("random", counts) }
      #expect(random["real.mp4"]?.count == 4 && random["fake.mp4"]?.count == 2)
      let strided = try decoded { ($0.at, $0.stride) = ("stride", PerLabel(real: 12, fake: 20)) }
      #expect(strided == ["real.mp4": [0, 12, 24], "fake.mp4": [0, 20]])
      let sampled = try decoded { ($0.at, $0.framesPerSecond) = ("fps", PerLabel(real: 2, fake: 1)) }
      #expect(sampled == ["real.mp4": [0, 12, 25], "fake.mp4": [0, 12, 24]])
      #expect(try decoded { $0.at = "keyframes" } == ["real.mp4": [0, 12, 24], "fake.mp4": [0, 12, 24]])
      #expect(try decoded { $0.at = "all" }.values.map(\.count) == [30, 30])
    }
  }

  @Test("of a fake are those shown at the times of its original's, and the books say so")
  func pairs() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let decoded = try Decoded(in: folder) { $0.frames = PerLabel(real: 4, fake: 4) }
      // Frames 0, 10, 19, 29 of 25 a second are at 0, 0.4, 0.76, 1.16 seconds: frames 0, 4.8, 9.1, 13.9 of 12 a second.
      #expect(decoded.times == ["real.mp4": [0, 10, 19, 29], "fake.mp4": [0, 5, 9, 14]])
      #expect(decoded.partners["fake.mp4"]?.compactMap { $0 }.count == 4)
      #expect(decoded.partners["real.mp4"] == [nil, nil, nil, nil])
      #expect(decoded.pairs.count == 4 && decoded.pairs[0] == .init(fake: "d/fake.mp4@0", original: "d/real.mp4@0"))
    }
  }

  @Test("drawn at random depend on the seed")
  func seeds() throws {
    try TestFiles.withTemporaryDirectory { folder in
      func draw(_ seed: UInt64) throws -> [String: [Int64]] {
        try Decoded(in: folder, seed: seed) { ($0.at, $0.frames) = ("random", PerLabel(real: 6, fake: 6)) }.times
      }
      let first = try draw(1)
      let second = try draw(2)
      #expect(try draw(1) == first)
      #expect(first != second)
    }
  }

  @Test("a number that the way of choosing does not use is refused")
  func contradictions() {
    func refusal(_ change: (inout DecodeStage.Options) -> Void) -> String? {
      var options = DecodeStage.Options()
      change(&options)
      do { _ = try DecodeStage(options: options) } catch { return "\(error)" }
      return nil
    }
    #expect(
      refusal { $0.stride = PerLabel(real: 2, fake: 2) }?.contains("`stride` means nothing under `at: uniform`") == true
    )
    #expect(refusal { ($0.at, $0.frames) = ("all", PerLabel(real: 2, fake: 2)) }?.contains("`frames`") == true)
    #expect(refusal { $0.framesPerSecond = PerLabel(real: 2, fake: 2) }?.contains("`fps`") == true)
    #expect(refusal { ($0.at, $0.stride) = ("stride", PerLabel(real: 2, fake: 2)) } == nil)
  }
}
