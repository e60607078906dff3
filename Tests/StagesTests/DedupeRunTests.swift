import Foundation
import Imaging
import Records
import TestSupport
import Testing

/// Copies among ready crops, found by a whole run; pictures are made by a formula.
@Suite(.serialized)
struct DedupeRunTests {
  private static let side = 144

  /// A picture of waves, of which a part can be shown.
  private static func picture(_ seed: UInt64, from x: Int = 0, side shown: Int = side) -> Image {
    var random = KeyedRandom(seed: seed, key: "waves", stage: "test")
    let waves = (0..<24).map { _ in
      (random.uniform(-0.3...0.3), random.uniform(-0.3...0.3), random.uniform(0...6), random.uniform(3...16))
    }
    var image = Image(width: shown, height: shown)
    for index in 0..<shown * shown {
      let (column, row) = (Double(index % shown + x), Double(index / shown + x))
      let value = waves.reduce(128.0) { $0 + $1.3 * sin($1.0 * column + $1.1 * row + $1.2) }
      for channel in 0..<3 { image.pixels[index * 3 + channel] = UInt8(max(0, min(255, value + Double(channel * 9)))) }
    }
    return image
  }

  private static func run(
    _ workspace: Workspace, _ name: String, dedupe: String = "- dedupe: {}"
  ) throws -> (links: [String], dropped: [String]) {
    try workspace.pipeline(
      name, datasets: "[{name: cards}]",
      stages: """
          - decode: {frames: 6}
          - detect: {model: haar}
          - track: {}
          - crop: {margin: 1, size: 128, format: png}
          \(dedupe)
        """)
    let result = try workspace.dfprep("run", "Pipelines/\(name).yaml", "--store", "store-\(name)")
    try #require(result.status == 0, "\(result.errors)")
    let tables = workspace.root.appending(path: "store-\(name)/tables")
    let folder = try #require(
      try FileManager.default.contentsOfDirectory(atPath: tables.path(percentEncoded: false)).first {
        $0.hasPrefix("dedupe-")
      })
    struct Manifest: Decodable {
      struct Outcome: Decodable { var drops: [Drop] }
      struct Drop: Decodable { var item: String, reason: String, detail: String? }
      var outcome: Outcome
    }
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: tables.appending(path: "\(folder)/manifest.json")))
    let links = try String(contentsOf: tables.appending(path: "\(folder)/links.csv"), encoding: .utf8)
    return (
      links.split(separator: "\n").dropFirst().map(String.init),
      manifest.outcome.drops.map { "\($0.item) \($0.reason) \($0.detail ?? "")" }
    )
  }

  private static func write(_ image: Image, _ path: String, _ workspace: Workspace, quality: Int? = nil) throws {
    let url = workspace.root.appending(path: "data/\(path)")
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let encoding = quality.map { ImageEncoding.jpeg(quality: $0, chroma: 420) } ?? .png
    try Data(ImageCodec.encode(image, as: encoding)).write(to: url)
  }

  @Test func `copies of one label go, of two labels are linked, frames of a clip stay`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      try FileManager.default.removeItem(at: folder.appending(path: "data"))
      let original = Self.picture(1)
      try Self.write(original, "real/a.png", workspace)
      try Self.write(original, "real/again.jpg", workspace, quality: 70)
      try Self.write(original.flippedHorizontally(), "real/mirror.jpg", workspace, quality: 90)
      try Self.write(original, "fake/copy.jpg", workspace, quality: 90)
      try Self.write(Self.picture(1, from: 7, side: 132), "fake/cut.png", workspace)
      for seed in 2..<6 { try Self.write(Self.picture(UInt64(seed)), "real/other\(seed).png", workspace) }
      // Six frames that differ by a pixel's movement each.
      try SyntheticVideo.make(
        at: folder.appending(path: "data/real/clip.mp4"), width: Self.side, height: Self.side, frames: 6,
        framesPerSecond: 10, codecArguments: SyntheticVideo.h264
      ) { Self.picture(9, from: $0) }

      let (links, dropped) = try Self.run(workspace, "first")
      #expect(dropped.count == 3, "\(dropped)")
      #expect(dropped.contains { $0.contains("real/again") && $0.contains(" from cards/real/a=") }, "\(dropped)")
      #expect(dropped.contains { $0.contains("real/mirror") && $0.contains("mirrored, from cards/real/a=") })
      #expect(dropped.contains { $0.contains("fake/cut") && $0.contains("from cards/fake/copy") })
      #expect(links.count == 1, "\(links)")
      #expect(
        links[0].hasPrefix("cards/fake/copy") && links[0].contains(",cards/real/a=")
          && links[0].contains(",near-duplicate,"))
      #expect(!links.contains { $0.contains("other") || $0.contains("clip") }, "\(links)")
    }
  }

  @Test(.enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights; until then this waits"))
  func `features have to agree where they are asked`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      try FileManager.default.removeItem(at: folder.appending(path: "data"))
      let original = Self.picture(1)
      try Self.write(original, "real/a.png", workspace)
      try Self.write(original, "real/same.png", workspace)
      try Self.write(original, "real/worse.jpg", workspace, quality: 20)
      try Self.write(Self.picture(3), "fake/other.png", workspace)
      func dropped(_ name: String, cosine: Double) throws -> [String] {
        try Self.run(
          workspace, name,
          dedupe: "- embed: {id: look, size: 64}\n  - dedupe: {confirm: look, min-cosine: \(cosine)}"
        ).dropped
      }
      #expect(try dropped("lenient", cosine: -1).count == 2)
      let strict = try dropped("strict", cosine: 0.99999)
      #expect(strict.count == 1 && strict[0].contains("real/same"), "\(strict)")
    }
  }
}
