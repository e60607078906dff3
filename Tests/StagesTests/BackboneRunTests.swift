import Engine
import Foundation
import Stages
import TestSupport
import Testing

/// Networks of the zoo in the stages that take one.
@Suite(.serialized)
struct BackboneRunTests {
  private static let stages =
    Workspace.stagesToShards
    + "\n  - train: {backbones: [resnet18, efficientnet_lite0], init: random, size: 64, epochs: 1, batch: 8}"

  @Test(.enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then this waits"))
  func `experts take their networks in turn, and a file of one is the start of another`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder)
      try workspace.pipeline("zoo", stages: Self.stages)
      let result = try workspace.dfprep("run", "Pipelines/zoo.yaml")
      try #require(result.status == 0, "\(result.errors)")
      for (expert, backbone) in ["resnet18", "efficientnet-lite0"].enumerated() {
        let file = "runs/zoo/models/experts/\(expert).safetensors"
        let start = String(decoding: try workspace.data(file).prefix(4096), as: UTF8.self)
        #expect(start.contains("\"backbone\":\"\(backbone)\""), "\(start)")
        let inferred = try workspace.dfprep("infer", file, "data/clips/dfdc_train_part_0/fake1.mp4")
        #expect(inferred.status == 0, "\(inferred.errors)")
      }

      func embedding(_ backbone: String) -> String {
        Workspace.stagesToShards.replacing(
          "embed: {size: 64}",
          with: "embed: {backbone: \(backbone), init: ../runs/zoo/models/experts/0.safetensors, size: 64}")
      }
      try workspace.pipeline("features", stages: embedding("resnet18"))
      let features = try workspace.dfprep("run", "Pipelines/features.yaml")
      #expect(features.status == 0, "\(features.errors)")
      try workspace.pipeline("other", stages: embedding("resnet50"))
      let other = try workspace.dfprep("run", "Pipelines/other.yaml")
      #expect(other.status != 0)
      #expect(other.errors.contains("the weights are not those of resnet50"), "\(other.errors)")

      let absent = try workspace.dfprep("run", "Pipelines/zoo.yaml", "--set", "train.init=imagenet")
      #expect(absent.status == 69)
      #expect(absent.errors.contains("resnet18_a1_0-d63eafa0.pth is missing; `curl -fL"), "\(absent.errors)")
      let nothing = try workspace.dfprep(
        "run", "Pipelines/zoo.yaml", "--set", "train.backbones=[xception]", "--set", "train.init=nothing.pth")
      #expect(nothing.status == 69)
      #expect(nothing.errors.contains("nothing.pth"), "\(nothing.errors)")
    }
  }

  @Test(.enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then this waits"))
  func `several seeds give several models of each fold, judged together`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder)
      let train = "train: {backbones: [resnet18], init: random, size: 32, epochs: 1, batch: 8, seeds: [5, 6]}"
      try workspace.pipeline("seeds", stages: Workspace.stagesToShards + "\n  - \(train)\n  - evaluate: {}")
      let result = try workspace.dfprep("run", "Pipelines/seeds.yaml")
      try #require(result.status == 0, "\(result.errors)")
      let models = "runs/seeds/models"
      let files = ["0-s5", "0-s6", "1-s5", "1-s6"]
      let weights = try files.map { try workspace.data("\(models)/experts/\($0).safetensors") }
      #expect(Set(weights).count == 4)
      #expect(try workspace.text("\(models)/experts/1-s6.card.md").contains("Seed 7."))
      let steps = try workspace.text("\(models)/steps.csv").split(separator: "\n").dropFirst()
      #expect(
        Set(steps.map { $0.split(separator: ",").prefix(2).joined(separator: " ") }) == ["0 5", "0 6", "1 6", "1 7"])
      let predictions = try workspace.text("\(models)/predictions.csv").split(separator: "\n")
      #expect(predictions[0].hasSuffix("mixture,expert-0,expert-1,expert-2,expert-3"))
      // Of an out-of-fold sample both models of its fold have an opinion, and no other.
      let ofFold = try #require(
        predictions.first { $0.split(separator: ",", omittingEmptySubsequences: false)[7] == "0" })
      let scores = ofFold.split(separator: ",", omittingEmptySubsequences: false).suffix(4)
      #expect(scores.map(\.isEmpty) == [false, false, true, true])

      for (change, words) in [("seeds=[5, 5]", "names one seed twice"), ("recipe=pretrain", "one model per fold")] {
        let refused = try workspace.dfprep("run", "Pipelines/seeds.yaml", "--set", "train.\(change)")
        #expect(refused.status == 78 && (refused.errors + refused.output).contains(words), "\(refused.errors)")
      }
    }
  }

  @Test func `a stage names the files of its networks, and refuses one file for several`() throws {
    var options = TrainStage.Options()
    options.backbones = ["resnet50", "xception", "resnet50"]
    let stage = try TrainStage(options: options)
    #expect(stage.modelFiles == ["resnet50_a1_0-14fe96d1.pth", "xception-43020ad28.pth"])
    #expect(stage.remedy(forModelFile: "xception-43020ad28.pth", path: "/m/x").contains("-o '/m/x' https://"))
    options.initialisation = "/weights.pth"
    #expect(throws: ToolError.self) { try TrainStage(options: options) }
    options.backbones = ["efficientnet-lite0", "tf_efficientnet_lite0"]
    #expect(try TrainStage(options: options).modelFiles == ["/weights.pth"])
    options.initialisation = "random"
    #expect(try TrainStage(options: options).modelFiles == [])

    var embedding = EmbedStage.Options()
    embedding.backbone = "sface"
    embedding.initialisation = "/weights.pth"
    #expect(throws: ToolError.self) { try EmbedStage(options: embedding) }
    embedding.backbone = "convnextv2_tiny"
    #expect(try EmbedStage(options: embedding).modelFiles == ["/weights.pth"])
  }
}
