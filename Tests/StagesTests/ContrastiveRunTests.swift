import Foundation
import TestSupport
import Testing

/// The contrastive recipes in whole runs: what they leave, and that what they made is a detector as any other.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct ContrastiveRunTests {
  private static let steps = "encoder-steps: 3, classifier-steps: 3, pair-steps: 3, ratio: 1"
  private static let stages =
    Workspace.stagesToShards + """

        - train: {id: supcon, recipe: supcon, size: 64, batch: 8, contrastive: {\(steps), unlabelled: role}}
        - evaluate: {id: first}
        - train: {id: both, recipe: supcon-mpl, size: 64, batch: 8, contrastive: {\(steps), unlabelled: role, teacher: "stage:supcon"}}
        - evaluate: {id: second}
        - report: {}
      """

  @Test func `a student of a fitted teacher looks at the unlabelled source and is judged without it`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 6, heldOut: 4)
      try workspace.pipeline(
        "contrast", datasets: "[{name: clips}, {name: other, role: unlabelled}]", stages: Self.stages)
      let result = try workspace.dfprep("run", "Pipelines/contrast.yaml")
      try #require(result.status == 0, "\(result.errors)")

      let models = folder.appending(path: "runs/contrast/models")
      let experts = try FileManager.default.contentsOfDirectory(
        atPath: models.appending(path: "experts").path(percentEncoded: false)
      ).filter { $0.hasSuffix(".safetensors") }
      #expect(experts.count >= 2)
      for place in ["projections", "supcon/experts", "supcon/projections"] {
        let files = try FileManager.default.contentsOfDirectory(
          atPath: models.appending(path: place).path(percentEncoded: false))
        #expect(files.filter { $0.hasSuffix(".safetensors") }.sorted() == experts.sorted(), "\(place)")
      }
      let card = try workspace.text("runs/contrast/models/experts/0.card.md")
      #expect(card.contains("# Expert 0 of contrast") && card.contains("| videos | "), "\(card)")
      let metrics = try workspace.text("runs/contrast/models/metrics.csv").split(separator: "\n")
      #expect(metrics.count == 1 + 3 * experts.count)
      let rows = try workspace.text("runs/contrast/models/steps.csv").split(separator: "\n")
      #expect(rows.count == 1 + 9 * experts.count && rows[0].hasPrefix("expert,phase,step,encoder_loss"))
      #expect(!(try workspace.text("runs/contrast/models/predictions.csv")).contains("other/"))

      let photograph = TestFiles.demoMedia.appending(path: "obama.jpg").path(percentEncoded: false)
      #expect(try workspace.dfprep("infer", "runs/contrast/models/experts/0.safetensors", photograph).status == 0)
      let again = try workspace.dfprep("run", "Pipelines/contrast.yaml")
      #expect(again.status == 0 && again.output.contains("nothing to do"))
    }
  }

  @Test(arguments: [
    ("recipe: supcon-mpl, contrastive: {teacher: supcon}", "neither `own` nor `stage:`"),
    ("recipe: supcon-mpl, contrastive: {teacher: \"stage:none\"}", "models of a stage 'none'"),
    ("recipe: supcon, contrastive: {temprature: 1}", "is a mapping of any of"),
    ("recipe: supcon, contrastive: {divide-twice: true, input: backbone}", "`divide-twice` is for `input: unit`"),
  ]) func `options that cannot be meant are refused`(options: String, message: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 2, heldOut: 2)
      try workspace.pipeline(
        "wrong", datasets: "[{name: clips}]", stages: Workspace.stagesToShards + "\n  - train: {\(options)}")
      let result = try workspace.dfprep("validate", "Pipelines/wrong.yaml")
      #expect(result.status == 78 && (result.errors + result.output).contains(message), "\(result.errors)")
    }
  }
}
