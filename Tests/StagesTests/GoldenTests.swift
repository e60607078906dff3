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
          "a44a7c31b72ef57fbf2c16713aeb225cb67a45ec39d40b681eb688acb294769d  train-000000.tar",
          "4165af96cc8d2b979c383ce12f9f483768622459f1312579f8f50074eb40bf11  train-extended-000000.tar",
        ])
    }
  }
}
