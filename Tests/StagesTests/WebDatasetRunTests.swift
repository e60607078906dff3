import Foundation
import Records
import Sharding
import TestSupport
import Testing

/// Shards as a dataset: pictures are decoded out of the tar, where they stand.
@Suite(.serialized)
struct WebDatasetRunTests {
  private static let stages = """
        - decode: {frames: 1}
        - detect: {model: haar}
        - track: {}
        - crop: {margin: 1, size: 48, format: png}
        - shard: {}
    """

  private func pictures(_ workspace: Workspace, _ run: String) throws -> [[UInt8]] {
    let reader = try ShardReader(path: workspace.root.appending(path: "runs/\(run)/shards/train-000000.tar"))
    return try reader.entries.indices.map { try reader.image(at: $0) }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  @Test func `shards made of shards hold the same pictures, and know when one was changed`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      try workspace.pipeline("first", datasets: "[{name: cards}]", stages: Self.stages)
      try #require(try workspace.dfprep("run", "Pipelines/first.yaml").status == 0)
      let copy = folder.appending(path: "tars")
      try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
      let tar = copy.appending(path: "train-000000.tar")
      try FileManager.default.copyItem(at: folder.appending(path: "runs/first/shards/train-000000.tar"), to: tar)
      let catalogue = try workspace.text("datasets.toml")
      try Data(
        (catalogue + "\n[tars]\nlayout = \"webdataset\"\nroot = \"tars\"\nlabel = \"cls\"\none = \"fake\"\n").utf8
      )
      .write(to: folder.appending(path: "datasets.toml"))

      try workspace.pipeline("second", datasets: "[{name: tars}]", stages: Self.stages)
      let run = try workspace.dfprep("run", "Pipelines/second.yaml")
      try #require(run.status == 0, "\(run.errors)")
      let made = try pictures(workspace, "second")
      #expect(try made == pictures(workspace, "first") && made.count == 4)
      try #require(try workspace.dfprep("run", "Pipelines/second.yaml").status == 0)
      #expect(try workspace.states("second")["decode"] == "cached")

      // A byte within the first picture's pixels.
      var bytes = try Data(contentsOf: tar)
      let start = try #require(bytes.firstRange(of: Data("IDAT".utf8))?.upperBound)
      bytes[start + 20] ^= 0xff
      try bytes.write(to: tar)
      let again = try workspace.dfprep("run", "Pipelines/second.yaml")
      #expect(again.status == 3, "\(again.errors)")
      #expect(try workspace.dfprep("status", "Pipelines/second.yaml").output.contains("no-frames"))
    }
  }
}
