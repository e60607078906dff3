import Foundation
import Records
import Sharding
import TestSupport
import Testing

@testable import Engine

@Suite("Lines of samples as the catalog reads them")
struct CatalogLineTests {
  private static let paths = [
    "a.png", "b \"quoted\".png", "back\\slash.png", "e\u{301} \u{1F600}/\u{2028}.png", "tab\t\u{1}.png",
  ]

  private func line(_ path: String, made: Bool) -> SampleLine {
    let source = Source(dataset: "text", path: path, label: .fake, method: made ? "self-blend" : nil)
    let sample = Sample(
      key: SampleKey.make(dataset: "text", path: path, pts: 7, track: 1, variant: "crop"), source: source,
      family: "text/\(path)", pts: -7, timeBase: TimeBase(numerator: 1001, denominator: 30000), frameWidth: 64,
      frameHeight: 48, track: 1, variant: "crop",
      face: Face(box: Box(x: 0, y: 0.5, width: 1e-7, height: 1), score: 0.1 + 0.2),
      transform: AffineTransform(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0), width: 1, height: 1, encoding: .png,
      quality: FaceQuality(facePixels: 1.0 / 3, upscale: 1, sharpness: 1e21, brightness: 1, contrast: 1),
      parents: made ? ["text/x/0/0/crop", "text/\"y\"/0/0/crop"] : [])
    var line = SampleLine(sample: sample, offset: 512, length: 1 << 40, digest: Digest(of: path))
    if made { line.archive = "tables/\(path)/shard.tar" }
    return line
  }

  /// The same by the decoder of all of a line.
  private func expected(_ line: SampleLine) -> [String] {
    let sample = line.sample
    return [
      sample.key, sample.sourceName, sample.family, "\(sample.label.rawValue)", sample.method ?? "none", sample.variant,
      "\(sample.pts)", "\(sample.timeBase.numerator)/\(sample.timeBase.denominator)", "\(sample.track)",
      "\(sample.quality.facePixels)", "\(sample.quality.sharpness)", "\(sample.face.score)", line.digest.hex,
      "\(line.offset)", "\(line.length)", line.archive ?? "none", sample.parents.joined(separator: "|"),
    ]
  }

  private func found(_ line: CatalogLine) -> [String] {
    [
      line.key, line.sourceName, line.family, "\(line.label)", line.method ?? "none", line.variant, "\(line.pts)",
      "\(line.timeBase.numerator)/\(line.timeBase.denominator)", "\(line.track)", "\(line.facePixels)",
      "\(line.sharpness)", "\(line.score)", line.digest, "\(line.offset)", "\(line.length)", line.archive ?? "none",
      line.parents.joined(separator: "|"),
    ]
  }

  @Test("They are what the decoder makes of them, whatever their names and however they are written")
  func differential() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let lines = Self.paths.flatMap { [line($0, made: false), line($0, made: true)] }
      let loose = JSONEncoder()
      loose.outputFormatting = []
      var data = Data()
      for line in lines { data += try CanonicalJSON.data(line) + Data("\n".utf8) }
      for line in lines { data += try Data(" ".utf8) + loose.encode(line) + Data("\r\n\n".utf8) }
      try data.write(to: folder.appending(path: "samples.jsonl"))
      var read: [[String]] = []
      try CatalogLine.forEach(in: folder) { read.append(found($0)) }
      #expect(read == (lines + lines).map(expected))
    }
  }

  @Test("A line put together from the text of its sample is what the encoder makes of all of it")
  func assembled() throws {
    for path in Self.paths {
      var made = line(path, made: true)
      made.companions = ["mask.png": MemberReference(offset: 1, length: 2, digest: Digest(of: path))]
      for line in [line(path, made: false), line(path, made: true), made] {
        #expect(try line.data(sample: CanonicalJSON.data(line.sample)) == CanonicalJSON.data(line))
      }
    }
  }

  @Test("A torn line is an error that names the file", arguments: [1, 20, 200])
  func torn(missing: Int) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let data = try CanonicalJSON.data(line("a.png", made: true))
      try data.dropLast(missing).write(to: folder.appending(path: "samples.jsonl"))
      let error = #expect(throws: ToolError.self) { try CatalogLine.forEach(in: folder) { _ in } }
      #expect(error?.message.contains("samples.jsonl is not what this version writes") == true)
    }
  }
}
