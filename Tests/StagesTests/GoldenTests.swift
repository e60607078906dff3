import Foundation
import TestSupport
import Testing

/// The bytes that stages put out, pinned: a change of meaning has to raise a stage's version and this digest.
///
/// Stills made from a formula, taken as ready crops, so that no weights and no encoder of others have a part in it.
@Suite(.serialized)
struct GoldenTests {
  @Test func `crops, made samples and shards of a formula are the bytes they were`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      try workspace.pipeline(
        "golden", datasets: "[{name: cards}]",
        stages: """
            - decode: {frames: 1}
            - detect: {model: haar}
            - track: {}
            - crop: {margin: 1, size: 48, format: png}
            - extend: {self-blend: 1}
            - filter: {}
            - dedupe: {max-distance: 0}
            - shard: {}
          """)
      let result = try workspace.dfprep("run", "Pipelines/golden.yaml")
      try #require(result.status == 0, "\(result.errors)")
      let sums = try workspace.text("runs/golden/shards/SHA256SUMS").split(separator: "\n").filter {
        $0.hasSuffix(".tar")
      }
      #expect(
        sums == [
          "b3c73867079528ca7eb78b9d819b29ebde61d5723a24ec5a232342bbc311008e  train-000000.tar",
          "ec60732b0966b6c80670b3f21d49e427187aefde04a1d534bed63de9ef411c4b  train-extended-000000.tar",
        ])
    }
  }
}
