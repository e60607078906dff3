import Testing

@testable import Engine

@Suite("What a terminal shows")
struct ProgressTests {
  @Test("Each stage of a pass has a line: done, dropped, failed, rate, time left")
  func table() {
    let tallies = [
      StageTally(stage: "decode", done: 20, failed: 2), StageTally(stage: "crop", done: 150, dropped: 7),
      StageTally(stage: "filter"),
    ]
    #expect(
      Progress.table(tallies, seconds: 10, left: 75) == [
        "  decode  20  2 failed  2.0/s  1 min 15 s left", "  crop    150  7 dropped  15.0/s  1 min 15 s left",
        "  filter  0",
      ])
    #expect(Progress.table([StageTally(stage: "a", done: 5)], seconds: 0.5, left: nil) == ["  a  5"])
  }
}
