import Testing

@testable import Engine

@Suite("Pipeline files with mistakes")
struct SpecFindingsTests {
  private static func stages(_ stages: String) -> String {
    "version: 1\ndatasets: [{name: text}]\nstages:\n" + stages
  }

  @Test("Unknown keys, stages and options are told with what was meant")
  func unknownNames() {
    expectFindings(
      "version: 1\n①sead: 3\ndatasets: [{name: text, ②rool: test}]\nstages: [lines: , cut: ]",
      [
        ("①", "unknown key 'sead' in the pipeline; did you mean 'seed'?"),
        ("②", "unknown key 'rool' in a dataset; did you mean 'role'?"),
      ])
    expectFindings(Self.stages("  - ①linse: {}\n  - cut:"), [("①", "unknown stage 'linse'; did you mean 'lines'?")])
    expectFindings(
      Self.stages("  - lines:\n  - cut: {①sise: 3}"), [("①", "unknown key 'sise' in stage 'cut'; did you mean 'size'?")]
    )
    expectFindings(
      Self.stages("  - ①something:\n  - cut:"), [("①", "unknown stage 'something'; there are: lines, hold, cut,")])
  }

  @Test(
    "Values of a wrong type or out of range are refused with what is expected",
    arguments: [
      ("size: ①big", "option 'size' of stage 'cut' is an integer in 1...64, or auto"),
      ("size: ①65", "option 'size' of stage 'cut' is an integer in 1...64, or auto"),
      ("size: ①1.5", "option 'size' of stage 'cut' is an integer in 1...64, or auto"),
      ("size: ①[3]", "option 'size' of stage 'cut' is an integer in 1...64, or auto"),
      ("share: ①1.01", "option 'share' of stage 'cut' is a number in 0.0...1.0"),
      ("share: ①.nan", "option 'share' of stage 'cut' is a number in 0.0...1.0"),
      ("format: ①gif", "option 'format' of stage 'cut' is one of png, jpeg"),
      ("strict: ①maybe", "option 'strict' of stage 'cut' is true or false"),
      ("marks: ①3", "option 'marks' of stage 'cut' is a list, each an integer in 0...9"),
      ("marks: ①[3, 10]", "option 'marks' of stage 'cut' is a list, each an integer in 0...9"),
      ("marks: ①{a: 3}", "option 'marks' of stage 'cut' is a list, each an integer in 0...9"),
    ])
  func badValues(option: String, message: String) {
    expectFindings(Self.stages("  - lines:\n  - cut: {\(option)}"), [("①", message)])
  }

  @Test(
    "A value per label needs both labels and no other",
    arguments: ["①{real: 1}", "①{real: 1, fake: 2, other: 3}", "①{real: 1, fake: 0}", "①0", "①[1, 2]"])
  func badPerLabel(value: String) {
    expectFindings(
      Self.stages("  - lines: {count: \(value)}\n  - cut:"),
      [("①", "option 'count' of stage 'lines' is an integer in 1...100, or {real: ..., fake: ...}")])
  }

  @Test("A mistake that a stage finds in its own options is told where the options stand")
  func stageRefusal() {
    expectFindings(Self.stages("  - lines:\n  - cut: ①{marks: []}"), [("①", "stage 'cut': `marks` holds no mark")])
  }

  @Test("Keys given twice, in the pipeline or in a stage")
  func duplicateKeys() {
    expectFindings(
      "version: 1\n①seed: 1\ndatasets: [{name: text}]\nseed: 2\nstages: [lines: , cut: ]",
      [("①", "key given twice: seed")])
    expectFindings(Self.stages("  - lines:\n  - cut: {①size: 3, size: 3}"), [("①", "key given twice: size")])
  }

  @Test("Stages that share an id")
  func duplicateStages() {
    expectFindings(
      Self.stages("  - lines:\n  - cut:\n  - lengths:\n  - ①lengths:"),
      [("①", "stage 'lengths' appears twice: give each an `id`")])
    expectFindings(
      Self.stages("  - lines:\n  - cut:\n  - lengths: {id: a}\n  - ①tally: {id: a}"),
      [("①", "two stages have the id 'a'")])
    expectFindings(
      Self.stages("  - lines:\n  - cut: {id: ①Big one}"), [("①", "an `id` is lower-case letters, digits and hyphens")])
  }

  @Test("What must be there and is not")
  func missingParts() {
    expectFindings("①datasets: [{name: text}]\nstages: [lines: , cut: ]", [("①", "`version` is missing")])
    expectFindings("①version: 1\nstages: [lines: , cut: ]", [("①", "`datasets` is missing")])
    expectFindings("①version: 1\ndatasets: [{name: text}]", [("①", "`stages` is missing")])
    expectFindings("version: 1\ndatasets: [①{role: test}]\nstages: [lines: , cut: ]", [("①", "`name` is missing")])
    expectFindings(
      "version: ①2\ndatasets: ①[]\nstages: ②[]".replacing("①2", with: "1"),
      [("①", "`datasets` is a list"), ("②", "`stages` is a list")])
    expectFindings("# nothing\n", [("F", "the file is empty")])
    expectFindings(
      "①- version",
      [
        ("①", "`datasets` is missing"), ("①", "`stages` is missing"), ("①", "`version` is missing"),
        ("①", "the pipeline is a mapping"),
      ])
  }

  @Test("Values at the top of the file")
  func topValues() {
    let rest = "\ndatasets: [{name: text}]\nstages: [lines: , cut: ]"
    expectFindings("version: ①2" + rest, [("①", "`version` is an integer in 1...1")])
    expectFindings("version: 1\nseed: ①-1" + rest, [("①", "`seed` is an integer in 0...")])
    expectFindings("version: 1\nname: ①[a]" + rest, [("①", "`name` is text")])
    expectFindings(
      "version: 1\nhold-out: {official-test: ①perhaps}" + rest, [("①", "`official-test` is true or false")])
    for tolerance in ["5", "101%", "-1%", "some%", "0.05"] {
      expectFindings(
        "version: 1\ntolerance: {failed-sources: ①\(tolerance)}" + rest,
        [("①", "`failed-sources` is a share such as 5%")])
    }
  }

  @Test("Datasets that are unknown, listed twice, or have no such role")
  func datasets() {
    expectFindings(
      """
      version: 1
      datasets:
        - {name: ①texd}
        - {name: more}
        - {name: ②more}
        - {name: text, role: ③tset}
      stages: [lines: , cut: ]
      """,
      [
        ("①", "no dataset 'texd' in datasets.toml; did you mean 'text'?"), ("②", "dataset 'more' is listed twice"),
        ("③", "role 'tset' is none of train, test, unlabelled; did you mean 'test'?"),
      ])
  }

  @Test("Text that is no YAML is told with its place and its line")
  func syntax() throws {
    expectFindings("version: 1\ndatasets: [{name: text}\n①stages: []", [("①", "not valid YAML")])
    let error = #expect(throws: ToolError.self) { try parse("version: 1\nname: a: b\n") }
    #expect(error?.message.hasPrefix("pipe.yaml:2:8: error: not valid YAML") == true, "\(error?.message ?? "")")
    #expect(error?.message.hasSuffix("\n  name: a: b\n         ^") == true, "\(error?.message ?? "")")
  }

  @Test("The line shown is the right one whatever ends lines")
  func lineEnds() {
    let error = #expect(throws: ToolError.self) {
      try parse("version: 1\r\nversion: 2\r\nsead: 1\r\n".replacing("version: 2\r\n", with: ""))
    }
    #expect(error?.message.contains("pipe.yaml:2:1: error: unknown key 'sead'") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("\n  sead: 1\n  ^") == true, "\(error?.message ?? "")")
  }

  @Test("All mistakes are told at once, in the order of the file")
  func allAtOnce() {
    expectFindings(
      """
      version: ①3
      ②nam: x
      datasets:
        - {name: text, role: ③none}
      tolerance: {failed-sources: ④lots}
      stages:
        - lines: {count: ⑤0}
        - cut: ⑥{marks: []}
        - ⑦lenghts:
        - tally: {least: ⑧-1}
      """,
      [
        ("①", "`version` is"), ("②", "unknown key 'nam'"), ("③", "role 'none'"), ("④", "`failed-sources`"),
        ("⑤", "option 'count'"), ("⑥", "stage 'cut': `marks`"), ("⑦", "unknown stage 'lenghts'"),
        ("⑧", "option 'least'"),
      ])
  }
}
