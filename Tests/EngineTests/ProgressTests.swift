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
    #expect(
      Progress.table([StageTally(stage: "fit", done: 2)], seconds: 90, left: nil) == ["  fit  2  45 s each"])
  }

  @Test("The time left is that of what was done, and falls until the next is done")
  func left() {
    #expect(Progress.left(done: 2, of: 5, after: 60, since: 0) == 90)
    #expect(Progress.left(done: 2, of: 5, after: 60, since: 40) == 50)
    #expect(Progress.left(done: 2, of: 5, after: 60, since: 400) == 0)
    #expect(Progress.left(done: 0, of: 5, after: 0, since: 40) == nil)
    #expect(Progress.left(done: 5, of: 5, after: 60, since: 0) == nil)
  }
}
