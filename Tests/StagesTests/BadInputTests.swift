import Foundation
import TestSupport
import Testing

/// What goes wrong ends as a record or a clear error with the exit code of the contract.
@Suite(.serialized)
struct BadInputTests {
  private static let short = """
      - decode: {frames: 4}
      - detect: {model: haar, score: 0.5}
      - track: {}
      - crop: {size: 64}
      - shard: {}
    """

  @Test(.enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then this waits"))
  func `bad videos are recorded and the rest goes on`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder)
      let part = folder.appending(path: "data/clips/dfdc_train_part_0")
      let whole = try Data(contentsOf: part.appending(path: "real0.mp4"))
      try whole.prefix(whole.count / 3).write(to: part.appending(path: "real0.mp4"))
      try Data("this is no video\n".utf8).write(to: part.appending(path: "fake1.mp4"))
      try SyntheticVideo.make(
        at: part.appending(path: "real2.mp4"), width: 160, height: 160, frames: 4, framesPerSecond: 10
      ) {
        SyntheticVideo.card(width: 160, height: 160, frameIndex: $0)
      }
      try workspace.pipeline("bad", tolerance: "50%")
      let result = try workspace.dfprep("run", "Pipelines/bad.yaml", "--until", "filter")
      #expect(result.status == 0, "\(result.errors)")

      struct Status: Decodable {
        struct Bad: Decodable { var name: String, status: String, code: String }
        var sources: [String: Int], sourceCount: Int, dropped: [String: [String: Int]], badSources: [Bad]
      }
      let status = try JSONDecoder().decode(
        Status.self, from: Data(workspace.dfprep("status", "Pipelines/bad.yaml", "--json").output.utf8))
      #expect(status.sourceCount == 12)
      #expect(status.sources.values.reduce(0, +) == 12)
      let bad = Dictionary(uniqueKeysWithValues: status.badSources.map { ($0.name, $0.code) })
      #expect(bad.keys.contains { $0.hasSuffix("fake1.mp4") } && bad.keys.contains { $0.hasSuffix("real0.mp4") })
      #expect(bad.values.allSatisfy { !$0.isEmpty })
      #expect(status.dropped["track"]?["no-face"] == 4, "the frames without a face are not on record")

      let strict = try workspace.dfprep(
        "run", "Pipelines/bad.yaml", "--output", "runs/strict", "--set", "shard.samples=5")
      #expect(strict.status == 0, "\(strict.errors)")
      try workspace.pipeline("intolerant", tolerance: "1%")
      let intolerant = try workspace.dfprep("run", "Pipelines/intolerant.yaml")
      #expect(intolerant.status == 3)
      #expect(intolerant.errors.contains("fake1.mp4"))

      for name in try FileManager.default.contentsOfDirectory(atPath: part.path(percentEncoded: false))
      where name.hasSuffix(".mp4") {
        try Data("this is no video\n".utf8).write(to: part.appending(path: name))
      }
      #expect(try workspace.dfprep("run", "Pipelines/intolerant.yaml").status == 3, "not even when all have failed")
    }
  }

  @Test func `configuration and usage errors have their codes and say what to do`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let toml = "[clips]\nlayout = \"dfdc\"\nroot = \"data/clips\"\n[other]\nlayout = \"dfdc\"\nroot = \"none\"\n"
      try Data(toml.utf8).write(to: folder.appending(path: "datasets.toml"))
      try FileManager.default.createDirectory(
        at: folder.appending(path: "data/clips"), withIntermediateDirectories: true)
      let workspace = Workspace(existing: folder)

      let absent = try workspace.dfprep("run", "Pipelines/none.yaml")
      #expect(absent.status == 64)

      try workspace.pipeline("stage", stages: "  - decod: {}\n" + Self.short)
      let stage = try workspace.dfprep("validate", "Pipelines/stage.yaml")
      #expect(stage.status == 78)
      #expect(stage.errors.contains("Pipelines/stage.yaml:8:5: error: unknown stage 'decod'; did you mean 'decode'?"))

      try workspace.pipeline("option", stages: Self.short.replacing("size: 64", with: "sise: 64"))
      let option = try workspace.dfprep("run", "Pipelines/option.yaml")
      #expect(option.status == 78)
      #expect(option.errors.contains("did you mean 'size'?"))

      try workspace.pipeline("empty", stages: Self.short)
      let empty = try workspace.dfprep("run", "Pipelines/empty.yaml")
      #expect(empty.status == 69)
      #expect(empty.errors.contains("clips"))

      try workspace.pipeline("rootless", datasets: "[{name: other}]", stages: Self.short)
      #expect(try workspace.dfprep("plan", "Pipelines/rootless.yaml").status == 69)

      #expect(try workspace.dfprep("status", ".").status == 64)
      #expect(try workspace.dfprep("inspect", "nothing.mp4").status == 64)
      #expect(try workspace.dfprep("run").status == 64)
    }
  }

  @Test func `a missing model is told before any work`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = Workspace(existing: folder)
      try Data("[clips]\nlayout = \"folder\"\nroot = \"data\"\n".utf8).write(
        to: folder.appending(path: "datasets.toml"))
      for label in ["real", "fake"] {
        let place = folder.appending(path: "data/\(label)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try SyntheticVideo.make(
          at: place.appending(path: "a.mp4"), width: 64, height: 64, frames: 3, framesPerSecond: 5
        ) {
          SyntheticVideo.card(width: 64, height: 64, frameIndex: $0)
        }
      }
      try workspace.pipeline("clips", stages: Self.short.replacing("{model: haar, score: 0.5}", with: "{model: yunet}"))
      let result = try workspace.dfprep("run", "Pipelines/clips.yaml", environment: ["DFPREP_MODELS": "no-models"])
      #expect(result.status == 69)
      #expect(result.errors.contains("face_detection_yunet_2023mar.onnx") && result.errors.contains("make deps"))
      #expect(
        !FileManager.default.fileExists(atPath: folder.appending(path: "runs/store/units").path(percentEncoded: false)))
    }
  }
}

extension Workspace {
  /// A workspace over a folder that a test fills itself.
  init(existing root: URL) { self.root = root }
}
