import Foundation
import Imaging
import Records
import TestSupport
import Testing

@testable import Decoding

/// Headers that are read directly, held against what FFmpeg says of the same file.
@Suite struct PictureHeaderTests {
  private static func quick(_ url: URL) -> VideoProperties? {
    PictureHeader.properties(path: url.path(percentEncoded: false), part: nil, limits: .init())
  }

  private static func slow(_ url: URL) throws(DecodingError) -> VideoProperties { try VideoFile(url).properties }

  private func make(_ name: String, in folder: URL, _ arguments: [String]) throws -> URL {
    let url = folder.appending(path: name)
    try SyntheticVideo.make(
      at: url, width: 50, height: 34, frames: 1, framesPerSecond: 25, codecArguments: arguments + ["-update", "1"]
    ) { SyntheticVideo.card(width: 50, height: 34, frameIndex: $0) }
    return url
  }

  @Test(arguments: [
    ("a.jpg", "yuvj420p"), ("a.png", "rgb24"), ("a.png", "rgba"),
    ("a.png", "gray"), ("a.png", "gray16be"), ("a.png", "ya8"), ("a.png", "ya16be"), ("a.png", "rgb48be"),
    ("a.png", "rgba64be"), ("a.png", "pal8"), ("a.png", "monob"),
  ])
  func whatIsPlainIsReadWithoutFFmpegAndTheSame(name: String, pixels: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try make(name, in: folder, ["-pix_fmt", pixels])
      let read = try #require(Self.quick(url), "\(name) \(pixels)")
      #expect(read == (try Self.slow(url)))
    }
  }

  @Test(arguments: [444, 422, 420]) func picturesOfTheLibrariesAreReadWithoutFFmpegAndTheSame(chroma: Int) throws {
    try TestFiles.withTemporaryDirectory { folder in
      // Some sizes stand for more blocks than a header has bytes.
      for (width, height) in [(1, 1), (16, 8), (224, 224), (512, 512), (3000, 2000)] {
        let image = SyntheticVideo.card(width: width, height: height, frameIndex: 3)
        for (encoding, name) in [(ImageEncoding.jpeg(quality: 83, chroma: chroma), "a.jpg"), (.png, "a.png")] {
          let url = folder.appending(path: name)
          try Data(ImageCodec.encode(image, as: encoding)).write(to: url)
          let read = try #require(Self.quick(url), "\(name) \(width) x \(height)")
          #expect(read == (try Self.slow(url)))
        }
      }
    }
  }

  @Test func aMemberOfATarIsRead() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "a.bin")
      let image = SyntheticVideo.card(width: 40, height: 30, frameIndex: 1)
      let picture = try ImageCodec.encode(image, as: .jpeg(quality: 90, chroma: 420))
      try Data([UInt8](repeating: 7, count: 512) + picture + [UInt8](repeating: 9, count: 300)).write(to: url)
      let (path, part) = (url.path(percentEncoded: false), 512..<512 + picture.count)
      let read = try #require(PictureHeader.properties(path: path, part: part, limits: .init()))
      #expect(read == (try VideoFile(path: path, part: part).properties))
      #expect((read.width, read.height) == (40, 30))
    }
  }

  @Test func whatIsTooLargeIsRefusedAsByFFmpeg() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try make("a.png", in: folder, ["-pix_fmt", "rgb24"])
      let limits = DecodingLimits(maximumPixelsPerFrame: 50 * 34 - 1)
      #expect { try VideoProperties(path: url.path(percentEncoded: false), limits: limits) } throws: {
        ($0 as? DecodingError)?.code == .tooLarge
      }
      #expect { try VideoProperties(path: folder.path(percentEncoded: false) + "/none.png") } throws: {
        ($0 as? DecodingError)?.code == .io
      }
    }
  }

  /// Bytes changed and files cut anywhere: either FFmpeg is asked, or the answer is FFmpeg's.
  @Test(arguments: ["a.jpg", "a.png"]) func damageIsLeftToFFmpegOrSeenAlike(name: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let image = SyntheticVideo.card(width: 64, height: 48, frameIndex: 2)
      let encoding: ImageEncoding = name == "a.jpg" ? .jpeg(quality: 80, chroma: 420) : .png
      let sound = try ImageCodec.encode(image, as: encoding)
      var random = KeyedRandom(seed: 3, key: name, stage: "damage")
      let url = folder.appending(path: name)
      var answered = 0
      for trial in 0..<1_000 {
        var bytes = sound
        if trial % 4 == 0 {
          bytes = Array(sound.prefix(random.integer(below: sound.count)))
        } else {
          for _ in 0...random.integer(below: 3) {
            bytes[random.integer(below: trial % 2 == 0 ? min(700, bytes.count) : bytes.count)] =
              UInt8(random.integer(below: 256))
          }
        }
        try Data(bytes).write(to: url)
        guard let read = Self.quick(url) else { continue }
        answered += 1
        let other = try? Self.slow(url)
        #expect(read == other, "trial \(trial)")
      }
      #expect(answered > 40)
    }
  }

  @Test(.enabled(if: TestFiles.sharedMedia != nil, "no shared/media beside the checkout"))
  func everyPictureOfTheMediaIsReadAsFFmpegReadsIt() throws {
    let root = try #require(TestFiles.sharedMedia)
    let walk = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    let pictures = walk.compactMap { $0 as? URL }.filter { ["jpg", "png"].contains($0.pathExtension) }
      .sorted { $0.path < $1.path }
    // All of them take a minute: `DFPREP_EVERY_FRAME=1`; else every awkward one and one of each twenty.
    let isThorough = ProcessInfo.processInfo.environment["DFPREP_EVERY_FRAME"] != nil
    let chosen = pictures.enumerated().filter { isThorough || $1.path.contains("/awkward/") || $0 % 20 == 0 }.map(\.1)
    let different = ParallelBlocks.map(of: 32, in: chosen.count) { block in
      chosen[block].map { url -> (isRead: Bool, difference: String?) in
        guard let read = Self.quick(url) else { return (false, nil) }
        let other = try? Self.slow(url)
        return (true, read == other ? nil : "\(url.path): \(read) but FFmpeg \(String(describing: other))")
      }
    }.flatMap(\.self)
    #expect(different.compactMap(\.difference) == [])
    #expect(different.count(where: \.isRead) > chosen.count * 9 / 10)
    print("\(different.count(where: \.isRead)) of \(chosen.count) pictures read without FFmpeg")
  }
}
