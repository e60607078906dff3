import Foundation
import Imaging
import Records
import TestSupport
import Testing

@testable import Decoding

/// Pictures that are paid for only where they are looked at.
@Suite struct PictureTests {
  /// One frame of noise, none of it near black or white, stored in `format`.
  private func picture(
    _ format: String, width: Int = 322, height: Int = 246, noise: Int = 40, in folder: URL
  ) throws -> DecodedPicture {
    let url = folder.appending(path: "\(format)-\(width)x\(height).nut")
    try SyntheticVideo.make(
      at: url, width: width, height: height, frames: 1, framesPerSecond: 1,
      codecArguments: ["-c:v", "rawvideo", "-pix_fmt", format]
    ) { index in
      var card = SyntheticVideo.card(width: width, height: height, frameIndex: index)
      var random = KeyedRandom(seed: 1, key: format, stage: "noise")
      for offset in card.pixels.indices {
        card.pixels[offset] = UInt8(70 + Int(card.pixels[offset]) / 3 + random.integer(below: noise + 1))
      }
      return card
    }
    let video = try VideoFile(path: url.path(percentEncoded: false))
    return try #require(try video.frames(video.timestamps()).frames.first).picture
  }

  @Test(arguments: [
    "yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv411p", "yuv410p", "nv12", "yuyv422", "uyvy422", "yuv420p10le",
    "yuv422p12le", "yuva420p", "gray", "gray10le", "ya8", "rgb24", "bgra", "gbrp", "gbrp10le", "rgb48le", "pal8",
    "rgb565le", "monob",
  ])
  func aRegionIsThatPartOfTheWhole(format: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let picture = try picture(format, in: folder)
      let whole = try picture.image()
      #expect(whole.width == 322 && whole.height == 246)
      var random = KeyedRandom(seed: 1, key: format, stage: "region")
      for _ in 0..<40 {
        let (x, y) = (random.integer(below: 322), random.integer(below: 246))
        let rectangle = PixelRectangle(
          x: x, y: y, width: 1 + random.integer(below: 322 - x), height: 1 + random.integer(below: 246 - y))
        #expect(try picture.region(rectangle) == whole.region(rectangle), "\(rectangle)")
      }
    }
  }

  @Test(arguments: [(321, 245), (33, 31), (1, 1), (2, 3)])
  func aRegionOfAnOddSizeIsThatPartOfTheWhole(width: Int, height: Int) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let picture = try picture("yuv420p", width: width, height: height, in: folder)
      let whole = try picture.image()
      let rectangle = PixelRectangle(
        x: width / 3, y: height / 2, width: max(1, width / 3), height: max(1, height / 3))
      #expect(try picture.region(rectangle) == whole.region(rectangle))
    }
  }

  @Test(arguments: ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "nv12", "yuv420p10le", "gray", "rgb24", "pal8"])
  func aReducedPictureIsTheMeanOfWhatItCovers(format: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let picture = try picture(format, width: 960, height: 540, noise: 20, in: folder)
      for (width, height) in [(320, 180), (640, 360), (333, 187), (96, 54)] {
        let expected = try picture.image().reduced(width: width, height: height)
        let found = try picture.reduced(width: width, height: height)
        // The quick loops cut where others round: 1.35 levels.
        #expect(difference(found.luma(), expected.luma()) < 1.6, "\(width) x \(height)")
        #expect(difference(found.pixels, expected.pixels) < 4, "\(width) x \(height)")
        let luma = try picture.luma(width: width, height: height)
        #expect(luma.count == width * height)
        if format.hasPrefix("yuv") || format == "gray" {
          #expect(difference(luma, expected.luma()) < 2.5, "\(width) x \(height)")
        }
      }
      #expect(try picture.reduced(width: 960, height: 540) == picture.image())
    }
  }

  private func difference(_ one: [UInt8], _ other: [UInt8]) -> Double {
    zip(one, other).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(one.count)
  }

  @Test func orientationsMapRegionsAndPlanesAsTheyMapPictures() throws {
    let stored = SyntheticVideo.card(width: 40, height: 24, frameIndex: 5)
    let plane = stored.luma()
    for bits in 0..<8 {
      let orientation = Orientation(
        swapsAxes: bits & 1 != 0, reversesX: bits & 2 != 0, reversesY: bits & 4 != 0)
      let upright = orientation.apply(stored)
      #expect(orientation.apply(plane, width: 40, height: 24) == upright.luma(), "\(orientation)")
      let rectangle = PixelRectangle(x: 3, y: 5, width: 17, height: 9)
      let part = orientation.stored(rectangle, width: upright.width, height: upright.height)
      #expect(orientation.apply(stored.region(part)) == upright.region(rectangle), "\(orientation)")
    }
  }

  @Test func coloursAreSaid() throws {
    try TestFiles.withTemporaryDirectory { folder in
      #expect(
        try picture("yuv420p", in: folder).colour == ColourConversion(matrix: "bt470bg", range: "tv", isStated: false))
      #expect(try picture("yuv420p", width: 1280, height: 720, in: folder).colour.matrix == "bt709")
      #expect(try picture("rgb24", in: folder).colour.matrix == "gbr")
      let url = folder.appending(path: "stated.mp4")
      try SyntheticVideo.make(
        at: url, width: 64, height: 48, frames: 1, framesPerSecond: 1,
        codecArguments: SyntheticVideo.h264 + ["-colorspace", "bt709", "-color_range", "pc"]
      ) { SyntheticVideo.card(width: 64, height: 48, frameIndex: $0) }
      let video = try VideoFile(path: url.path(percentEncoded: false))
      let frame = try #require(try video.frames(video.timestamps()).frames.first)
      #expect(frame.picture.colour == ColourConversion(matrix: "bt709", range: "pc", isStated: true))
    }
  }
}
