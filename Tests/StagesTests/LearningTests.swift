import Evaluation
import Foundation
import Records
import TestSupport
import Testing

/// The learning stages, and that `infer` sees what training saw.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct LearningTests {
  private static let stages =
    Workspace.stagesToShards + """

        - train: {size: 64, epochs: 1, batch: 8}
        - evaluate: {}
        - report: {note: "{families} families"}
      """

  @Test func `experts are trained and judged out of fold, and infer repeats their scores`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 6, heldOut: 5)
      try workspace.pipeline("learn", datasets: "[{name: clips}, {name: other, role: test}]", stages: Self.stages)
      let result = try workspace.dfprep("run", "Pipelines/learn.yaml")
      try #require(result.status == 0, "\(result.errors)")

      let predictions = try PredictionTable.predictions(workspace.text("runs/learn/models/predictions.csv"))
      let heldOut = predictions.filter { $0.dataset == "other" && $0.label == .fake }
      #expect(heldOut.count == Workspace.framesPerClip)
      #expect(heldOut.allSatisfy { $0.mixture != nil && $0.fold == nil })
      for row in predictions where row.dataset == "clips" {
        #expect(row.mixture == nil && row.scores.count { $0 != nil } == 1, "\(row.key) was judged by who trained on it")
      }

      let expected = heldOut.compactMap { $0.scores[0] }.reduce(0, +) / Double(heldOut.count)
      let inferred = try workspace.dfprep(
        "infer", "runs/learn/models/experts/0.safetensors", "data/other/dfdc_train_part_0/fake5.mp4",
        "--frames", "\(Workspace.framesPerClip)")
      let line = try #require(
        inferred.output.wholeMatch(
          of: /Prediction of \[data\/other\/dfdc_train_part_0\/fake5\.mp4\] being Deepfake: ([0-9.]+)\n/),
        "\(inferred.output)\(inferred.errors)")
      let probability = try #require(Double(line.1))
      #expect(abs(probability - expected) < 1e-6, "infer crops otherwise than the pipeline")

      let photograph = TestFiles.demoMedia.appending(path: "obama.jpg").path(percentEncoded: false)
      #expect(try workspace.dfprep("infer", "runs/learn/models/experts/1.safetensors", photograph).status == 0)
      let page = try workspace.text("runs/learn/report/index.html")
      #expect(
        page.contains("6 families") && page.contains("expert 1 on its own fold") && page.contains("data:image/jpeg"))
      #expect(try workspace.dfprep("report", "Pipelines/learn.yaml", "--no-pictures").status == 0)
      #expect(!(try workspace.text("runs/learn/report/index.html")).contains("data:image/jpeg"))
      let inspected = try workspace.dfprep("inspect", "runs/learn/models/experts/0.safetensors").output
      #expect(inspected.contains("crop-recipe"))
    }
  }
}
