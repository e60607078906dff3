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

  @Test func aJPEGIsThatOfTheScaler() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try make("a.jpg", in: folder, arguments: ["-q:v", "2"])
      let picture = try VideoFile(url)
      #expect(picture.properties.isStillImage && picture.properties.codec == "mjpeg")
      #expect(try picture.timestamps() == [0])
      let image = try #require(try picture.frames([0]).frames.first).picture.image()
      #expect(try FFmpegReference.pictures(of: url, width: 48, height: 32, matrix: "bt601") == [image])
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
