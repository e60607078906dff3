import Testing

@testable import Engine

@Suite("Orders of stages, and --set")
struct StageOrderTests {
  private static func stages(_ names: String...) -> String {
    "version: 1\ndatasets: [{name: text}]\nstages:\n" + names.map { "  - \($0):\n" }.joined()
  }

  @Test("A table stage needs what it reads before it")
  func missingProducts() {
    expectFindings(
      Self.stages("lines", "cut", "①tally", "lengths"), [("①", "stage 'tally' needs features; put 'lengths' before it")]
    )
    expectFindings(
      Self.stages("lines", "cut", "lengths", "①show", "tally"),
      [("①", "stage 'show' needs tally; put 'tally' before it")])
  }

  @Test("Samples put by a sample stage are no features")
  func samplesAreNoFeatures() {
    expectFindings(
      Self.stages("lines", "cut", "mirror", "①tally"), [("①", "stage 'tally' needs features; put 'lengths' before it")])
    expectFindings(
      Self.stages("lines", "cut", "mirror", "①lengths"),
      [("①", "stage 'lengths' must stand before 'mirror', whose samples it would not describe")])
  }

  @Test("A source stage cannot follow one on samples")
  func lateSourceStage() {
    expectFindings(
      Self.stages("lines", "cut", "lengths", "tally", "①hold"),
      [("①", "stage 'hold' works on videos and must stand before 'lengths', which works on samples")])
  }

  @Test("Neighbouring source stages must fit")
  func sourceStagesFit() {
    expectFindings(
      Self.stages("①cut", "lengths"), [("①", "stage 'cut' takes Line, but the start of a pipeline gives Source")])
    expectFindings(
      Self.stages("lines", "cut", "①hold"), [("①", "stage 'hold' takes Line, but stage 'cut' gives TextSample")])
    expectFindings(
      Self.stages("lines", "①hold"), [("①", "the stages on videos end with Line; a stage that makes crops must follow")]
    )
    expectFindings(
      Self.stages("①lengths", "tally"),
      [("①", "the stages on videos end with Source; a stage that makes crops must follow")])
  }

  @Test("A name that two stages share is refused by --set")
  func ambiguousOverride() {
    let twice = Workshop.pipeline.replacing("- lengths:", with: "- lengths: {id: a}\n  - lengths: {id: b}")
    expectFindings(
      twice, [("S", "'lengths.scale=2' is ambiguous: there are a, b")], overrides: ["lengths.scale=2"])
  }

  @Test(
    "What --set cannot apply is told, and said to come from the command line",
    arguments: [
      ("lenths.scale=2", "'lenths.scale=2': no stage 'lenths'; did you mean 'lengths'?"),
      ("lengths.scael=2", "stage 'lengths' has no option 'scael'; did you mean 'scale'?"),
      ("lengths.scale=11", "option 'scale' of stage 'lengths' is a number in 0.0...10.0"),
      ("lengths.scale=[1", "'lengths.scale=[1' is not of the form stage.option=value, or stage.option.member=value"),
      ("lengths.scale", "'lengths.scale' is not of the form stage.option=value, or stage.option.member=value"),
      ("lengths=2", "'lengths=2' is not of the form stage.option=value, or stage.option.member=value"),
      ("lengths.scale.x=1", "option 'scale' of stage 'lengths' is a number in 0.0...10.0"),
      ("cut.strict=maybe", "option 'strict' of stage 'cut' is true or false"),
    ])
  func badOverrides(argument: String, message: String) {
    expectFindings(Workshop.pipeline, [("S", message)], overrides: [argument])
  }
}
