import Foundation
import Imaging
import Records
import Sharding
import TestSupport
import Testing

/// `dfprep train` on tars that dfprep did not write, without weights from anywhere.
@Suite(.serialized) struct TrainVerbTests {
  /// Pictures whose label is in their colour.
  private static func writeShard(_ url: URL, count: Int, from first: Int) throws {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let tar = try TarWriter(path: url)
    for index in first..<first + count {
      let picture = Image(
        width: 32, height: 32, red: index % 2 == 1 ? 200 : 60, green: UInt8(40 + index % 50), blue: 90)
      _ = try tar.add(name: "p\(index).png", bytes: ImageCodec.encode(picture, as: .png))
      _ = try tar.add(name: "p\(index).cls", bytes: Array("\(index % 2)".utf8))
    }
    _ = try tar.finish()
  }

  private static let options = [
    "--quiet", "--set", "init=random", "--set", "size=32", "--set", "epochs=2", "--set", "batch=4", "--set",
    "losses={ce: 1, nce: 0.5, kl: 1}", "--set", "augment=none",
  ]

  @Test func `a detector is fitted to anybody's shards, twice the same`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try Self.writeShard(folder.appending(path: "theirs/a.tar"), count: 12, from: 0)
      try Self.writeShard(folder.appending(path: "held/b.tar"), count: 6, from: 100)
      func train(_ arguments: [String]) throws -> ProcessResult {
        try runProcess(
          TestFiles.dfprep.path(percentEncoded: false), ["train"] + arguments, environment: [:], directory: folder)
      }
      func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }
      let usual = ["theirs/a.tar", "--validation", "held/b.tar"] + Self.options
      for output in ["one", "two"] {
        let result = try train(usual + ["--output", output])
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("frame AUC"))
      }
      for name in ["model.safetensors", "metrics.csv", "steps.csv"] {
        #expect(try data("one/\(name)") == data("two/\(name)"), "\(name)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "one/.unfinished").path()))
      let card = String(decoding: try data("one/model.card.md"), as: UTF8.self)
      #expect(card.contains("| theirs | fake |  | 6 | 0 |") && card.contains("theirs: **unknown**"), "\(card)")
      // Two reals and fakes are too few groups for an interval.
      #expect(card.contains("| images | ") && card.contains("too few groups to say"), "\(card)")
      #expect(String(decoding: try data("one/steps.csv"), as: UTF8.self).split(separator: "\n").count == 7)

      for (words, arguments) in [
        ("are in training and in validation", ["theirs/a.tar", "--validation", "theirs/a.tar"] + Self.options),
        ("did you mean 'learning-rate'", usual + ["--set", "learning-rat=1"]),
        ("belong to pipelines", usual + ["--set", "joint=true"]),
        ("belong to pipelines", usual + ["--set", "seeds=[1, 2]"]),
        ("is one of auto, cpu, cuda", usual + ["--set", "device=gpu"]),
        ("is an integer in", usual + ["--set", "epochs=many"]),
      ] {
        let result = try train(arguments + ["--output", "none"])
        #expect(result.status == 64 && result.errors.contains(words), "\(arguments): \(result.errors)")
      }

      let elsewhere = try train(usual + ["--set", "device=cuda", "--output", "none"])
      // Where there is a GPU it is used.
      if elsewhere.status != 0 {
        #expect(elsewhere.status == 69 && elsewhere.errors.contains("DFPREP_LIBRARIES"), "\(elsewhere.errors)")
      }
    }
  }
}
