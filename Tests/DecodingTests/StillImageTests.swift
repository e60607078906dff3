import Foundation
import Imaging
import TestSupport
import Testing

@testable import Decoding

@Suite struct StillImageTests {
  private func make(_ name: String, in folder: URL, arguments: [String] = []) throws -> URL {
    let url = folder.appending(path: name)
    try SyntheticVideo.make(
      at: url, width: 48, height: 32, frames: 1, framesPerSecond: 25, codecArguments: arguments + ["-update", "1"]
    ) { SyntheticVideo.card(width: 48, height: 32, frameIndex: $0) }
    return url
  }

  @Test func aPNGComesBackToTheByte() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let picture = try VideoFile(try make("a 1%d.png", in: folder, arguments: ["-pix_fmt", "rgb24"]))
      #expect(picture.properties.isStillImage && picture.properties.codec == "png")
      #expect((picture.properties.width, picture.properties.height) == (48, 32))
      #expect(picture.properties.durationSeconds == nil && picture.properties.frameRate == nil)
      #expect(try picture.timestamps() == [0])
      let (frames, summary) = try picture.frames([0])
      #expect(try frames.images() == [SyntheticVideo.card(width: 48, height: 32, frameIndex: 0)])
      #expect(frames[0].pts == 0 && summary.missing == [])
    }
  }

  @Test func greyIsFullRange() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "grey.png")
      try SyntheticVideo.make(
        at: url, width: 32, height: 16, frames: 1, framesPerSecond: 25, codecArguments: ["-pix_fmt", "gray"]
      ) { _ in Image(width: 32, height: 16, red: 255, green: 255, blue: 255) }
      let image = try #require(try VideoFile(url).frames([0]).frames.first).picture.image()
      #expect(image == Image(width: 32, height: 16, red: 255, green: 255, blue: 255))
    }
  }

  @Test(arguments: ["yuvj420p", "yuvj422p", "yuvj440p", "yuvj444p", "gray"])
  func aSoundJPEGIsThatOfItsLibrary(pixels: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try make("a.jpg", in: folder, arguments: ["-q:v", "2", "-pix_fmt", pixels])
      let picture = try VideoFile(url)
      #expect(picture.properties.isStillImage && picture.properties.codec == "mjpeg")
      let header = try #require(picture.properties.jpeg)
      // FFmpeg writes what it cannot write as 4:4:4, with factors of 1 x 2 throughout.
      #expect(header.chroma == (["yuvj420p": "420", "yuvj422p": "422"][pixels] ?? "444"))
      #expect(!header.hasStandardTables, "FFmpeg has tables of its own")
      #expect(try picture.timestamps() == [0])
      let (frames, summary) = try picture.frames([0])
      #expect(try frames.images() == [try ImageCodec.decode([UInt8](Data(contentsOf: url)))])
      #expect(summary.damaged == [] && summary.decoderErrors == 0)
    }
  }

  @Test(arguments: ["a.png", "a.bmp", "a.tif", "a.webp"], [1, 5, 9])
  func aPictureThatIsCutIsNeverTakenForWhole(name: String, tenths: Int) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try make(name, in: folder)
      try expectDamage(after: try Data(contentsOf: url), url) { $0.prefix($0.count * tenths / 10) }
    }
  }

  @Test(arguments: [5, 9]) func aJPEGThatIsCutIsKeptAndSaidToBeDamaged(tenths: Int) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try make("a.jpg", in: folder, arguments: ["-q:v", "2"])
      let bytes = try Data(contentsOf: url)
      // Behind the tables, which take up half of so small a file.
      let scan = try #require(bytes.range(of: Data([0xFF, 0xDA]))).upperBound
      try bytes.prefix(scan + (bytes.count - scan) * tenths / 10).write(to: url)
      let (frames, summary) = try VideoFile(url).frames([0])
      #expect(frames.count == 1 && summary.damaged == [0] && summary.decoderErrors == 1)
      #expect(summary.firstDecoderError?.contains("Premature end") == true)
    }
  }

  @Test func aFlippedBitOfAPNGIsSeenByItsChecksum() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try make("a.png", in: folder, arguments: ["-pix_fmt", "rgb24"])
      try expectDamage(after: try Data(contentsOf: url), url) { bytes in
        var bytes = bytes
        bytes[bytes.count / 2] ^= 1
        return bytes
      }
    }
  }

  private func expectDamage(after bytes: Data, _ url: URL, change: (Data) -> Data) throws {
    #expect(try VideoFile(url).frames([0]).summary.damaged == [], "the whole file")
    try change(bytes).write(to: url)
    guard let file = try? VideoFile(url) else { return }
    let (frames, summary) = try file.frames([0])
    #expect(summary.missing == [0] || (frames.count == 1 && summary.damaged == [0]), "\(summary)")
    #expect(summary.decoderErrors > 0 && summary.firstDecoderError != nil)
  }

  /// Rounded, not cut: 16 bits have 257 values to one of 8.
  @Test(arguments: [("png", "rgb48be"), ("png", "gray16be"), ("tif", "rgb48le"), ("png", "rgba64be")])
  func sixteenBitsAreRounded(name: String, pixels: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "deep.\(name)")
      let isGrey = pixels.hasPrefix("gray")
      let channels = isGrey ? 1 : pixels.hasPrefix("rgba") ? 4 : 3
      let values = (0..<32 * 16 * channels).map { UInt16(truncatingIfNeeded: $0 &* 4_099 &+ 130) }
      let raw = Data(values.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
      let big = pixels.replacing("le", with: "be")
      let result = try runProcess(
        "ffmpeg",
        [
          "-v", "error", "-f", "rawvideo", "-pix_fmt", big, "-s", "32x16", "-i", "pipe:0", "-pix_fmt", pixels,
          "-update", "1", url.path(percentEncoded: false),
        ], input: raw)
      #expect(result.status == 0, "\(result.errors)")
      let image = try #require(try VideoFile(url).frames([0]).frames.first).picture.image()
      let expected = (0..<32 * 16).flatMap { pixel in
        (0..<3).map { UInt8((Int(values[pixel * channels + (isGrey ? 0 : $0)]) * 255 + 32_767) / 65_535) }
      }
      #expect(image.pixels == expected)
    }
  }

  @Test func whatFFmpegWouldGetWrongIsRefused() throws {
    try TestFiles.withTemporaryDirectory { folder in
      func code(_ name: String, _ bytes: Data) throws -> DecodingError.Code {
        let url = folder.appending(path: name)
        try bytes.write(to: url)
        return try #require(throws: DecodingError.self) { _ = try VideoFile(url) }.code
      }
      let webp =
        Data("RIFF".utf8) + Data([24, 0, 0, 0]) + Data("WEBPVP8X".utf8)
        + Data([10, 0, 0, 0, 2, 0, 0, 0, 47, 0, 0, 31, 0, 0, 0, 0])
      #expect(try code("animated.webp", webp) == .unsupportedImage)
      var tiff = try Data(contentsOf: make("a.tif", in: folder, arguments: ["-compression_algo", "raw"]))
      // Tag 259, of FFmpeg's little-endian entry: compression.
      let entry = try #require(tiff.range(of: Data([3, 1, 3, 0, 1, 0, 0, 0])))
      tiff[entry.upperBound] = 7
      #expect(try code("jpeg.tif", tiff) == .unsupportedImage)
    }
  }

  /// Where the tag stands in the other formats: TIFF's own, WebP's and PNG's EXIF chunks.
  @Test func theOrientationOfOtherPicturesIsApplied() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let block = Data([0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0])
      let png = try make("a.png", in: folder, arguments: ["-pix_fmt", "rgb24"])
      let stored = try #require(try VideoFile(png).frames([0]).frames.first).picture.image()
      let bytes = try Data(contentsOf: png)
      // After the header's chunk, which ends at byte 33; a sum of 0 is wrong, but holds no pixels.
      try
        (bytes.prefix(33) + Data([0, 0, 0, UInt8(block.count)]) + Data("eXIf".utf8) + block + Data(count: 4)
        + bytes.dropFirst(33)).write(to: png)
      let webp = try make("a.webp", in: folder, arguments: ["-lossless", "1", "-pix_fmt", "bgra"])
      let lossless = try Data(contentsOf: webp)
      var riff = Data("WEBPVP8X".utf8) + Data([10, 0, 0, 0, 8, 0, 0, 0, 47, 0, 0, 31, 0, 0]) + lossless.dropFirst(12)
      riff += Data("EXIF".utf8) + Data([UInt8(block.count), 0, 0, 0]) + block
      try (Data("RIFF".utf8) + Data([UInt8(riff.count & 255), UInt8(riff.count >> 8), 0, 0]) + riff).write(to: webp)
      for url in [png, webp] {
        let (frames, summary) = try VideoFile(url).frames([0])
        #expect(try frames.images() == [stored.rotated(quarterTurnsClockwise: 1)], "\(url.lastPathComponent)")
        #expect(summary.damaged == [])
      }
    }
  }

  /// The eight EXIF orientations of one scene, stored so that each shows the same upright picture.
  @Test(arguments: 1...8) func theOrientationOfAJPEGIsApplied(orientation: Int) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let plain = try make("a.jpg", in: folder, arguments: ["-q:v", "2"])
      let bytes = try Data(contentsOf: plain)
      // APP1 with a TIFF header and one entry, 0x0112, right after the start marker.
      let tiff: [UInt8] =
        [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0]
      let body = Array("Exif\0\0".utf8) + tiff
      let turned = folder.appending(path: "turned.jpg")
      try (bytes.prefix(2) + Data([0xFF, 0xE1, 0, UInt8(body.count + 2)] + body) + bytes.dropFirst(2)).write(to: turned)

      let stored = try #require(try VideoFile(plain).frames([0]).frames.first).picture.image()
      let picture = try VideoFile(turned)
      let upright = try #require(try picture.frames([0]).frames.first).picture.image()
      #expect((upright.width, upright.height) == (orientation < 5 ? (48, 32) : (32, 48)))
      #expect((picture.properties.width, picture.properties.height) == (upright.width, upright.height))
      #expect(picture.properties.isMirrored == [2, 4, 5, 7].contains(orientation))
      // Where the stored first row and first column go. Source: TIFF 6.0, Orientation.
      func source(_ x: Int, _ y: Int) -> (Int, Int) {
        switch orientation {
        case 2: (47 - x, y)
        case 3: (47 - x, 31 - y)
        case 4: (x, 31 - y)
        case 5: (y, x)
        case 6: (y, 31 - x)
        case 7: (47 - y, 31 - x)
        case 8: (47 - y, x)
        default: (x, y)
        }
      }
      for y in 0..<upright.height {
        for x in 0..<upright.width {
          let (storedX, storedY) = source(x, y)
          let (left, right) = ((y * upright.width + x) * 3, (storedY * 48 + storedX) * 3)
          guard upright.pixels[left..<left + 3] == stored.pixels[right..<right + 3] else {
            Issue.record("pixel \(x), \(y) is not the stored \(storedX), \(storedY)")
            return
          }
        }
      }
    }
  }
}
