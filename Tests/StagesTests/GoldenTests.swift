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
          "ad50a4fb9ff05ae1e6e5a74a7b1560fe2e0021c1db5912166c177da973d614e7  train-000000.tar",
          "d0d8fb0de0e0df47d760921e0c22dfa22df18b330f198e37678c5c94b9dbd5fe  train-extended-000000.tar",
        ])
    }
  }
}
