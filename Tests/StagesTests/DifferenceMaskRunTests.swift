import Faces
import Foundation
import Imaging
import Records
import Sharding
import TestSupport
import Testing

/// Difference masks through the whole program.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct DifferenceMaskRunTests {
  private static func stages(boxesFrom: String, filter: String = "{}") -> String {
    """
        - decode: {frames: \(Workspace.framesPerClip)}
        - detect: {boxes-from: \(boxesFrom)}
        - track: {}
        - crop: {size: 96, difference-masks: true}
        - filter: \(filter)
        - shard: {samples: 100}
    """
  }

  private func run(_ workspace: Workspace, _ name: String, _ stages: String) throws -> ShardReader {
    try workspace.pipeline(name, stages: stages)
    let result = try workspace.dfprep("run", "Pipelines/\(name).yaml")
    try #require(result.status == 0, "\(result.errors)")
    return try ShardReader(path: workspace.root.appending(path: "runs/\(name)/shards/train-000000.tar"))
  }

  @Test func `fakes go with a mask that shows the forged part, and reals without`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 2, heldOut: 2)
      let reader = try run(workspace, "masks", Self.stages(boxesFrom: "original"))
      var crops: [String: Image] = [:]
      for index in reader.entries.indices {
        let sample = try reader.sample(at: index)
        if sample.label == .real {
          crops["\(sample.family) \(sample.pts)"] = try ImageCodec.decode(reader.image(at: index))
        }
      }
      var fakes = 0
      for index in reader.entries.indices {
        let sample = try reader.sample(at: index)
        let mask = try reader.companion("mask.png", at: index)
        #expect((mask != nil) == (sample.label == .fake))
        guard let mask, let original = crops["\(sample.family) \(sample.originalPTS ?? -1)"] else { continue }
        fakes += 1
        #expect(mask[25] == 0, "a PNG of one channel")
        let picture = try ImageCodec.decode(mask)
        #expect(picture.width == 96 && picture.height == 96)
        let values = stride(from: 0, to: picture.pixels.count, by: 3).map { picture.pixels[$0] }
        #expect(sample.quality.changedPixels == values.count { $0 > 20 })
        #expect(sample.quality.changedPixels ?? 0 > 200, "the forged part")
        // The crops in the shard have been through JPEG; the mask was made before.
        let again = try DifferenceMask.make(fake: ImageCodec.decode(reader.image(at: index)), original: original)
        let apart = zip(again.values, values).map { abs(Double($0) - Double($1)) }.reduce(0, +) / Double(values.count)
        #expect(apart < 6, "\(apart)")
      }
      #expect(fakes == 2 * Workspace.framesPerClip)

      let strict = try run(workspace, "strict", Self.stages(boxesFrom: "original", filter: "{min-changed: 9000}"))
      #expect(try strict.entries.indices.allSatisfy { try strict.sample(at: $0).label == .real })
      let status = try workspace.dfprep("status", "Pipelines/strict.yaml")
      #expect(status.output.contains("unchanged"), "\(status.output)")
    }
  }

  @Test func `faces of a fake's own have no mask, and the notes say so`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 1, heldOut: 1)
      let reader = try run(workspace, "own", Self.stages(boxesFrom: "own", filter: "{min-changed: 33}"))
      #expect(try reader.entries.indices.contains { try reader.sample(at: $0).label == .fake })
      for index in reader.entries.indices {
        #expect(try reader.companion("mask.png", at: index) == nil)
        #expect(try reader.sample(at: index).quality.changedPixels == nil)
      }
      let catalog = try runProcess(
        "strings", [folder.appending(path: "runs/own/catalog.sqlite").path(percentEncoded: false)])
      #expect(catalog.output.contains("no-difference-mask"))
    }
  }
}
