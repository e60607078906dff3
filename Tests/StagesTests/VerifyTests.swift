import Foundation
import TestSupport
import Testing

/// `dfprep verify`: what was written is read again.
@Suite struct VerifyTests {
  @Test func `a sound run verifies, and a changed byte, a lost file and a leak are named`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      try workspace.pipeline("cards", datasets: "[{name: cards}]", stages: Self.stages)
      let run = try workspace.dfprep("run", "Pipelines/cards.yaml")
      try #require(run.status == 0, "\(run.errors)")

      let sound = try workspace.dfprep("verify", "runs/cards")
      #expect(sound.status == 0, "\(sound.output)\(sound.errors)")
      #expect(sound.output.contains("as they were written"))
      let shard = "runs/cards/shards/train-000000.tar"
      #expect(try workspace.dfprep("verify", shard).status == 0)

      try Self.copyOver(folder.appending(path: shard)) { bytes in bytes[700] ^= 1 }
      let damaged = try workspace.dfprep("verify", "Pipelines/cards.yaml")
      #expect(damaged.status == 4)
      #expect(damaged.output.contains("digest-mismatch: "))
      #expect(damaged.output.contains("train-000000.tar"))
      #expect(try workspace.dfprep("verify", shard).status == 4)

      try FileManager.default.removeItem(at: folder.appending(path: shard))
      #expect(try workspace.dfprep("verify", "runs/cards").output.contains("missing: "))
      #expect(try workspace.dfprep("verify", "Tests").status == 64)
    }
  }

  @Test func `a group on both sides of a fold is a leak`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      try workspace.pipeline("cards", datasets: "[{name: cards}]", stages: Self.stages)
      try #require(try workspace.dfprep("run", "Pipelines/cards.yaml").status == 0)
      let list = #"{"fold":0,"training":["train-000000.tar"],"validation":["train-000000.tar"]}"#
      let lists = folder.appending(path: "runs/cards/folds")
      try FileManager.default.createDirectory(at: lists, withIntermediateDirectories: true)
      try Data(list.utf8).write(to: lists.appending(path: "0.json"))
      let leaking = try workspace.dfprep("verify", "runs/cards")
      #expect(leaking.status == 4)
      #expect(leaking.output.contains("leakage: "), "\(leaking.output)")
    }
  }

  private static let stages = """
      - decode: {frames: 1}
      - detect: {model: haar}
      - track: {}
      - crop: {margin: 1, size: 48, format: png}
      - shard: {}
    """

  /// Puts a changed copy in a file's place, so that what is linked to it elsewhere stays.
  private static func copyOver(_ file: URL, _ change: (inout Data) -> Void) throws {
    var bytes = try Data(contentsOf: file)
    change(&bytes)
    try FileManager.default.removeItem(at: file)
    try bytes.write(to: file)
  }
}
