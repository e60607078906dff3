import Evaluation
import Foundation
import Imaging
import Records
import Sharding
import TestSupport
import Testing

/// Presets through the whole program: what shards and models carry, and that `infer` cuts and compresses the same.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct CropPresetRunTests {
  private static func stages(detect: String = "{}", crop: String) -> String {
    """
        - decode: {frames: \(Workspace.framesPerClip)}
        - detect: \(detect)
        - track: {}
        - crop: \(crop)
        - shard: {samples: 100}
    """
  }

  @Test func `infer repeats what evaluate said of aligned crops, encoding included`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 5, heldOut: 4)
      // A low quality, so that another encoding would show.
      try workspace.pipeline(
        "aligned", datasets: "[{name: clips}, {name: other, role: test}]",
        stages: """
              - decode: {frames: \(Workspace.framesPerClip)}
              - detect: {}
              - track: {}
              - crop: {preset: deepfakebench, size: 96, format: jpeg, quality: 40, chroma: 420}
              - embed: {size: 64}
              - cluster: {k: 2, starts: 2}
              - resplit: {}
              - shard: {samples: 100}
              - train: {size: 64, epochs: 1, batch: 8}
              - evaluate: {}
          """)
      let result = try workspace.dfprep("run", "Pipelines/aligned.yaml")
      try #require(result.status == 0, "\(result.errors)")

      let recipe = try CanonicalJSON.decode(CropRecipe.self, from: workspace.data("runs/aligned/shards/recipe.json"))
      #expect(recipe.preset == "deepfakebench" && recipe.cut.geometry == .similarity && recipe.cut.margin == 1.3)
      #expect(recipe.cut.sizePixels == 96 && recipe.cut.encoding == .jpeg(quality: 40, chroma: 420))
      #expect(recipe.cut.padding == .black && recipe.cut.resampling == .linear)
      #expect(recipe.detector == "yunet" && recipe.tracking.maximumGap == 2)

      let predictions = try PredictionTable.predictions(workspace.text("runs/aligned/models/predictions.csv"))
      let heldOut = predictions.filter { $0.dataset == "other" && $0.label == .fake }
      try #require(!heldOut.isEmpty)
      let expected = heldOut.compactMap { $0.scores[0] }.reduce(0, +) / Double(heldOut.count)
      let inferred = try workspace.dfprep(
        "infer", "runs/aligned/models/experts/0.safetensors", "data/other/dfdc_train_part_0/fake4.mp4",
        "--frames", "\(Workspace.framesPerClip)")
      let line = try #require(
        inferred.output.firstMatch(of: /being Deepfake: ([0-9.]+)\n/), "\(inferred.output)\(inferred.errors)")
      #expect(abs((Double(line.1) ?? -1) - expected) < 1e-6, "infer crops otherwise than the pipeline")
    }
  }

  @Test func `every sample carries the matrix and the measures of its crop`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 2, heldOut: 2)
      for (preset, size) in [("sbi", 380), ("deepfakebench", 256)] {
        try workspace.pipeline(preset, stages: Self.stages(crop: "{preset: \(preset)}"))
        let result = try workspace.dfprep("run", "Pipelines/\(preset).yaml")
        try #require(result.status == 0, "\(result.errors)")
        let reader = try ShardReader(
          path: folder.appending(path: "runs/\(preset)/shards/train-000000.tar"))
        #expect(reader.recipe?.preset == preset)
        #expect(!reader.entries.isEmpty)
        for index in reader.entries.indices {
          let sample = try reader.sample(at: index)
          let picture = try ImageCodec.decode(reader.image(at: index))
          #expect(picture.width == size && picture.height == size && sample.encoding == .png)
          #expect(sample.quality.yawDegrees != nil && abs(sample.quality.rollDegrees ?? 90) < 45)
          #expect(sample.quality.cutFraction >= 0 && sample.quality.cutFraction < 0.5)
          let nose = sample.transform.apply(sample.face.landmarks[2])
          #expect(abs(nose.x / Double(size) - 0.5) < 0.2 && abs(nose.y / Double(size) - 0.55) < 0.2, "\(nose)")
        }
      }
    }
  }

  @Test func `faces without landmarks, and measures beyond their limits, are dropped with a reason`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 1, heldOut: 1)
      for (name, detect, crop, filter, reason) in [
        ("haar", "{model: haar, score: 0}", "{preset: deepfakebench}", "{}", "no-landmarks"),
        ("yaw", "{}", "{size: 64}", "{max-yaw: 0}", "yaw"),
        ("dark", "{}", "{size: 64}", "{min-brightness: 255}", "dark"),
        ("score", "{}", "{size: 64}", "{min-score: 1}", "low-score"),
        ("upscale", "{}", "{size: 64}", "{max-upscale: 0}", "enlarged"),
        ("blocky", "{}", "{size: 64}", "{max-blockiness: 0}", "blocky"),
      ] {
        try workspace.pipeline(
          name,
          stages: """
                - decode: {frames: \(Workspace.framesPerClip)}
                - detect: \(detect)
                - track: {}
                - crop: \(crop)
                - filter: \(filter)
                - shard: {samples: 100}
            """)
        try workspace.dfprep("run", "Pipelines/\(name).yaml")
        let said = try workspace.dfprep("status", "Pipelines/\(name).yaml").output
        #expect(said.firstMatch(of: try Regex("[1-9][0-9]* \(reason)")) != nil, "\(name): \(said)")
      }
    }
  }

  @Test func `options that contradict the preset are refused before any work`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 1, heldOut: 1)
      for options in [
        "{preset: sbi, quality: 80}", "{preset: deepfakebench, size: native}", "{preset: frame, margin: 1.2}",
        "{preset: unheard-of}", "{chroma: 421}",
      ] {
        try workspace.pipeline("bad", stages: Self.stages(crop: options))
        let result = try workspace.dfprep("run", "Pipelines/bad.yaml")
        #expect(result.status == 78, "\(options): \(result.errors)")
      }
    }
  }
}
