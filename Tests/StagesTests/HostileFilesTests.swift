import Foundation
import TestSupport
import Testing

/// No input takes a run down: several hundred damaged files through the command and its workers.
@Suite(.serialized) struct HostileFilesTests {
  /// Every code that a bad file may end with; they are in the documentation of the formats.
  static let codes: Set<String> = [
    "cannot-open", "conversion", "no-frames", "no-video-stream", "too-large", "too-long", "too-many-packets",
    "unsupported-codec",
    "unsupported-image",
  ]

  struct Status: Decodable {
    struct Bad: Decodable { var name: String, status: String, code: String }
    struct Stage: Decodable { var id: String, counts: Counts }
    struct Counts: Decodable { var input: Int, output: Int, dropped: [String: Int], failed: [String: Int] }
    var sources: [String: Int], sourceCount: Int, samples: Int, badSources: [Bad], stages: [Stage]
  }

  @Test func `no damaged file takes a run down, and each ends as frames, drops or a failure with a code`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try workspace(folder, input: "face", detector: "haar")
      let made = try fill(folder)
      #expect(made > 300)
      let (status, crops) = try run(workspace, sources: made)
      #expect(status.sources["done", default: 0] > made / 4, "\(status.sources)")
      #expect(crops.output > made)
      #expect(crops.dropped == ["image-too-large": 1], "thin.bmp")
      let codes = Dictionary(status.badSources.map { ($0.name, $0.code) }) { $1 }
      for (name, code) in Self.expected {
        #expect(codes.first { $0.key.hasSuffix("/\(name)") }?.value == code, "\(name)")
      }
    }
  }

  /// Special files and what becomes of each: `nil` where some frames come out.
  private static let expected: [(name: String, code: String?)] = [
    ("zero.mp4", "cannot-open"), ("text.mp4", "cannot-open"), ("no-moov.mp4", "cannot-open"),
    ("sound.mp4", "no-video-stream"), ("playlist.mp4", "cannot-open"), ("network-units.mp4", "cannot-open"),
    ("huge.png", "too-large"), ("wide.png", "no-frames"), ("huge.bmp", "too-large"),
    ("huge.tif", "too-large"), ("huge.webp", "too-large"),
    ("mp4-named-as.jpg", nil), ("png-named-as.mp4", nil), ("long.mp4", nil), ("many.mp4", nil), ("thin.bmp", nil),
    ("endless.mpg", nil),
  ]

  @Test(.enabled(if: TestFiles.sharedMedia != nil, "no shared/media beside the checkout"))
  func `awkward files of other people end as expected`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try workspace(folder, input: "face", detector: "haar")
      let awkward = try #require(TestFiles.sharedMedia).appending(path: "awkward")
      var count = 0
      for (from, to) in [("video", "real"), ("images", "fake")] {
        let target = folder.appending(path: "data/\(to)")
        for name in try FileManager.default.contentsOfDirectory(
          atPath: awkward.appending(path: from).path(percentEncoded: false))
        {
          try FileManager.default.copyItem(
            at: awkward.appending(path: "\(from)/\(name)"), to: target.appending(path: name))
          count += 1
        }
      }
      let (status, crops) = try run(workspace, sources: count)
      let bad = Dictionary(uniqueKeysWithValues: status.badSources.map { ($0.name, $0.code) })
      #expect(
        bad == [
          "hostile/fake/broken_data_stream.png": "no-frames",
          "hostile/real/audio_only_aac.mp4": "no-video-stream",
          "hostile/real/header_ok_data_missing.mp4": "no-frames",
          "hostile/real/no_streams_262_bytes.mp4": "no-video-stream",
          "hostile/real/nomoov_183_253.mp4": "cannot-open",
          "hostile/real/nomoov_48_bytes.mp4": "cannot-open",
        ])
      // All others give all that is asked for: 3 frames of a video, the one of a picture.
      #expect(count == 43 && crops.output == 19 * 3 + 18)
    }
  }

  /// Writes every base file and every damage to each into the data set; returns how many there are.
  private func fill(_ folder: URL) throws -> Int {
    let base = folder.appending(path: "base")
    try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
    var files: [(name: String, bytes: Data)] = []
    for (name, arguments) in HostileFiles.videos + HostileFiles.pictures {
      files.append((name, try Data(contentsOf: HostileFiles.make(name, arguments, in: base))))
    }
    var count = 0
    func write(_ name: String, _ bytes: Data) throws {
      try bytes.write(to: folder.appending(path: "data/\(count.isMultiple(of: 2) ? "real" : "fake")/\(name)"))
      count += 1
    }
    for (index, file) in files.enumerated() {
      try write("whole-\(file.name)", file.bytes)
      let other = files[(index + 5) % files.count].bytes
      for damage in FileDamage.allCases {
        try write(
          "\(damage.rawValue)-\(file.name)", damage.apply(to: file.bytes, other: other, seed: 7, name: file.name))
      }
    }
    for (name, bytes) in try special(files: Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.bytes) })) {
      try write(name, bytes)
    }
    return count
  }

  private func special(files: [String: Data]) throws -> [(String, Data)] {
    let clip = try #require(files["h264.mp4"])
    let last = try #require(files["index-last.mp4"])
    let stream = try #require(files["stream.mpeg"])
    let png = try #require(files["colour.png"])
    let moov = try #require(last.range(of: Data("moov".utf8)))
    return [
      ("zero.mp4", Data()), ("text.mp4", Data("This is no video.\n".utf8)),
      ("no-moov.mp4", last.prefix(moov.lowerBound - 4)),
      ("sound.mp4", try soundOnly()),
      ("playlist.mp4", Data("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n".utf8)),
      ("network-units.mp4", Data((0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) })),
      ("huge.png", HostileHeaders.png(width: 65_535, height: 65_535)),
      ("wide.png", HostileHeaders.png(width: 65_535, height: 16)),
      ("huge.bmp", HostileHeaders.bmp(width: 65_535, height: 65_535)), ("huge.tif", HostileHeaders.tiff),
      ("huge.webp", HostileHeaders.webp),
      ("mp4-named-as.jpg", clip), ("png-named-as.mp4", png),
      // Durations of the file, the track and the media, then the number of samples of the first entry of `stts`.
      (
        "long.mp4", ["mvhd", "mdhd"].reduce(clip) { HostileHeaders.patching($0, atom: $1, offset: 16, with: .max - 1) }
      ),
      ("many.mp4", HostileHeaders.patching(clip, atom: "stts", offset: 8, with: 1_000_000_000)),
      // One size for all samples, which nobody has the memory for.
      ("hungry.mp4", HostileHeaders.patching(clip, atom: "stsz", offset: 4, with: 0x7FFF_FFF0)),
      ("thin.bmp", HostileHeaders.bmp(width: 1, height: 40_000) + Data(count: 160_000)),
      ("endless.mpg", Data((0..<60).flatMap { _ in stream })),
    ]
  }

  private func soundOnly() throws -> Data {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "sound.m4a")
      try runProcess(
        "ffmpeg",
        ["-v", "error", "-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", url.path(percentEncoded: false)])
      return try Data(contentsOf: url)
    }
  }

  private func workspace(_ folder: URL, input: String, detector: String) throws -> Workspace {
    for label in ["real", "fake"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: "data/\(label)"), withIntermediateDirectories: true)
    }
    let toml = "[hostile]\nlayout = \"folder\"\nroot = \"data\"\ninput = \"\(input)\"\n"
    try Data(toml.utf8).write(to: folder.appending(path: "datasets.toml"))
    let workspace = Workspace(existing: folder)
    try workspace.pipeline(
      "hostile", datasets: "[{name: hostile}]", tolerance: "100%",
      stages: """
          - decode: {frames: 3, max-packets: 20000, max-decoded-megapixels: 1000}
          - detect: {model: \(detector), score: 0.5}
          - track: {}
          - crop: {size: 32}
          - shard: {}
        """)
    return workspace
  }

  /// Runs it and checks the books.
  private func run(_ workspace: Workspace, sources: Int) throws -> (Status, crops: Status.Counts) {
    let result = try workspace.dfprep("run", "Pipelines/hostile.yaml", "--until", "crop")
    #expect(result.status == 0, "\(result.errors)")
    let text = try workspace.dfprep("status", "Pipelines/hostile.yaml", "--json").output
    let status = try JSONDecoder().decode(Status.self, from: Data(text.utf8))
    #expect(status.sourceCount == sources)
    #expect(status.sources.values.reduce(0, +) == sources)
    #expect(Set(status.sources.keys).isSubset(of: ["done", "failed"]), "\(status.sources)")
    #expect(Set(status.badSources.map(\.code)).isSubset(of: Self.codes))
    #expect(status.badSources.count == status.sources["failed", default: 0])
    let counts = Dictionary(uniqueKeysWithValues: status.stages.map { ($0.id, $0.counts) })
    let decode = try #require(counts["decode"])
    let crop = try #require(counts["crop"])
    #expect(decode.failed.values.reduce(0, +) == status.badSources.count)
    #expect(decode.output == counts["detect"]?.input)
    #expect(crop.input == crop.output + crop.dropped.values.reduce(0, +))
    #expect(status.samples == crop.output)
    return (status, crop)
  }
}
