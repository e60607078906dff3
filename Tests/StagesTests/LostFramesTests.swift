import Foundation
import Imaging
import Records
import TestSupport
import Testing

/// The run stops where whose faces are missing would tell the classes apart.
@Suite(.serialized)
struct LostFramesTests {
  /// Ready crops of 64 pixels for reals, of 32 for fakes; `min-face: 40` leaves only the reals.
  private func makeDataset(_ folder: URL) throws {
    for (label, side) in [("real", 64), ("fake", 32)] {
      let pictures = folder.appending(path: "data/\(label)")
      try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
      for index in 0..<100 {
        let picture = SyntheticVideo.card(width: side, height: side, frameIndex: index)
        try Data(ImageCodec.encode(picture, as: .png)).write(to: pictures.appending(path: "\(index).png"))
      }
    }
    try Data("[crops]\nlayout = \"folder\"\nroot = \"data\"\ninput = \"face\"\n".utf8)
      .write(to: folder.appending(path: "datasets.toml"))
    for (name, gates) in [("gated", ""), ("open", "gates: {lost-frames: 100%}")] {
      let text = """
        version: 1
        name: \(name)
        datasets: [{name: crops}]
        output: runs/\(name)
        \(gates)
        stages:
          - decode: {frames: 1}
          - detect: {model: haar}
          - track: {}
          - crop: {size: 32}
          - filter: {min-face: 40}
          - shard: {}
        """
      try Data(text.utf8).write(to: folder.appending(path: "\(name).yaml"))
    }
  }

  @Test func `a gate stops a run that loses the faces of one class`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try makeDataset(folder)
      func run(_ name: String) throws -> ProcessResult {
        try runProcess(
          TestFiles.dfprep.path(percentEncoded: false), ["run", "\(name).yaml", "--quiet"], directory: folder)
      }
      let stopped = try run("gated")
      #expect(stopped.status == 4, "\(stopped.errors)")
      #expect(stopped.errors.contains("100.0 % of 100") && stopped.errors.contains("lost-frames"))
      let status = try runProcess(
        TestFiles.dfprep.path(percentEncoded: false), ["status", "runs/gated"], directory: folder
      ).output
      #expect(status.contains("100 small-face (100 fake)"))
      #expect(status.contains("frames with a face: 100 of 100 real, 0 of 100 fake"))
      let passed = try run("open")
      #expect(passed.status == 0, "\(passed.errors)")
    }
  }
}
