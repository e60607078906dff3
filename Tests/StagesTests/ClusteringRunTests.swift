import Foundation
import Records
import TestSupport
import Testing

/// Features, clusters and the comparison of splits, run as pipelines.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct ClusteringRunTests {
  private static let stages = """
      - decode: {frames: \(Workspace.framesPerClip)}
      - detect: {}
      - track: {}
      - crop: {size: 96}
      - filter: {min-face: 20}
      - embed: {id: imagenet, size: 64}
      - train: {id: probe, recipe: pretrain, size: 64, epochs: 1, batch: 8}
      - embed: {id: latent, model: "stage:probe"}
      - cluster: {k: 2, starts: 2, features: latent, center: class, components: 8, whiten: true, normalise: true}
      - resplit: {}
      - compare-splits: {features: imagenet}
    """

  private struct Choice: Decodable {
    struct Trial: Decodable { var clusters: Int, silhouetteLow: Double, silhouetteHigh: Double, stability: Double }
    var trials: [Trial]
    var clusters: Int
    var reason: String
  }

  private struct Hardness: Decodable {
    struct Row: Decodable {
      var name: String
      var fold: Int?
      var trainSamples: Int, validationSamples: Int
      var frechetDistance: Double, nearestNeighbourDistance: Double
    }
    var features: String
    var splits: [Row]
    var notes: [String]
  }

  private struct Map: Decodable {
    struct Facts: Decodable { var points: Int, leftOut: Int }
    var x: [Double]
    var tsne: [[Double]?]
    var tsneFacts: Facts
  }

  private func read<Value: Decodable>(_ type: Value.Type, _ workspace: Workspace, _ path: String) throws -> Value {
    try JSONDecoder().decode(type, from: workspace.data(path))
  }

  @Test func `a probe's features are clustered, mapped and judged by others, whatever is held out`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 6, heldOut: 4)
      for (name, datasets) in [("all", "[{name: clips}, {name: other, role: test}]"), ("train", "[{name: clips}]")] {
        try workspace.pipeline(name, datasets: datasets, stages: Self.stages)
        let result = try workspace.dfprep("run", "Pipelines/\(name).yaml", "--store", "store-\(name)")
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("k = 2") && result.errors.contains("information shared with the clusters"))
      }
      // What is held out has no part in the probe, the components and the centroids.
      for file in ["clusters/centroids.npy", "clusters/choice.json", "clusters/features.json"] {
        #expect(try workspace.data("runs/all/\(file)") == workspace.data("runs/train/\(file)"), "\(file)")
      }
      // Another probe has other features.
      let before = try workspace.data("runs/train/clusters/centroids.npy")
      let again = try workspace.dfprep(
        "run", "Pipelines/train.yaml", "--store", "store-train", "--set", "probe.learning-rate=0.01", "--until",
        "cluster")
      #expect(again.status == 0 && again.errors.contains("fitted to"), "\(again.errors)")
      #expect(try workspace.data("runs/train/clusters/centroids.npy") != before)
      let choice = try read(Choice.self, workspace, "runs/all/clusters/choice.json")
      #expect(choice.clusters == 2 && choice.trials.count == 1 && choice.reason.contains("the only number asked for"))
      #expect(choice.trials.allSatisfy { $0.silhouetteLow <= $0.silhouetteHigh && $0.stability <= 1 })
      let map = try read(Map.self, workspace, "runs/all/clusters/map.json")
      let held = map.tsne.count { $0 == nil }
      #expect(map.tsne.count == map.x.count && held > 0 && map.tsneFacts.points == map.tsne.count - held)
      #expect(map.tsneFacts.leftOut == 0 && map.tsne.compactMap(\.self).allSatisfy { $0.count == 2 })
      let hardness = try read(Hardness.self, workspace, "runs/all/hardness/hardness.json")
      #expect(hardness.features == "imagenet" && hardness.notes.contains { $0.hasPrefix("official: ") })
      let means = hardness.splits.filter { $0.fold == nil }
      #expect(means.map(\.name) == ["random", "group-random", "cluster"])
      // A random split has a neighbour of the same clip on the other side.
      #expect(means[0].nearestNeighbourDistance < means[1].nearestNeighbourDistance)
      #expect(hardness.splits.filter { $0.name == "cluster" && $0.fold != nil }.count == 2)
    }
  }

  @Test func `what cannot work is told before any work`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 2, heldOut: 2)
      for (change, complaint) in [
        (("stage:probe", "stage:prob"), "needs probes of a stage 'prob', and no stage of that id before it leaves any"),
        (("stage:probe", "probe"), "`model: probe` names no stage; write `stage:` and its id"),
        (("features: latent", "features: latnt"), "needs features of a stage 'latnt'"),
        (("features: imagenet", "features: image"), "needs features of a stage 'image'"),
        (("components: 8, ", ""), "`whiten` is of principal components"),
      ] {
        try workspace.pipeline("wrong", stages: Self.stages.replacing(change.0, with: change.1))
        let result = try workspace.dfprep("validate", "Pipelines/wrong.yaml")
        #expect(result.status == 78 && result.errors.contains(complaint), "\(result.errors)")
      }
      // Whether features are those of the clusters is known when there are clusters.
      try workspace.pipeline(
        "same",
        stages: Self.stages.replacing(
          "compare-splits: {features: imagenet}", with: "compare-splits: {features: latent}"))
      #expect(try workspace.dfprep("validate", "Pipelines/same.yaml").status == 0)
    }
  }

  @Test func `features that made the clusters do not judge them unless asked, and statistics always can`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 4, heldOut: 4)
      let stages = Workspace.stagesToShards.replacing(
        "- shard: {samples: 10}", with: "- compare-splits: {features: embed}")
      try workspace.pipeline("judge", stages: stages)
      let refused = try workspace.dfprep("run", "Pipelines/judge.yaml")
      #expect(refused.status == 78 && refused.errors.contains("same-features: allow"), "\(refused.errors)")
      for override in ["compare-splits.same-features=allow", "compare-splits.features=statistics"] {
        let result = try workspace.dfprep("run", "Pipelines/judge.yaml", "--set", override)
        #expect(result.status == 0 && result.errors.contains("cluster: sides told apart"), "\(result.errors)")
      }
    }
  }
}
