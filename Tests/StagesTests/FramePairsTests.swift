import Engine
import Testing

@testable import Stages

@Suite("Frames chosen beside one another")
struct FramePairsTests {
  private let pairs = FramePairs([
    .init(fake: "swap@0", original: "real@0"), .init(fake: "swap@9", original: "real@9"),
    .init(fake: "reenact@0", original: "real@0"), .init(fake: "reenact@9", original: "real@9"),
  ])

  @Test("A fake's frame goes with its original's")
  func originalGone() {
    #expect(pairs.framesWithoutPartner(kept: ["swap@0", "swap@9", "reenact@0", "real@9"]) == ["swap@0", "reenact@0"])
  }

  @Test("An original's frame stays as long as one of the fakes beside it does")
  func fakesGone() {
    #expect(pairs.framesWithoutPartner(kept: ["real@0", "real@9", "swap@9"]) == ["real@0"])
  }

  @Test("Frames that were not chosen beside others stay")
  func unpaired() {
    #expect(pairs.framesWithoutPartner(kept: ["real@5", "other@3"]) == [])
  }
}
