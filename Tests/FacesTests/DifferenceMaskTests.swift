import Imaging
import Testing

@testable import Faces

/// Expected numbers are those of scikit-image 0.26 (`structural_similarity(fake, original, channel_axis=2,
/// data_range=255, full=True)`, 1 - the map, times 255, cut to bytes) and of OpenCV's grey of them.
@Suite("Difference masks")
struct DifferenceMaskTests {
  private func card(_ width: Int, _ height: Int) -> Image {
    var image = Image(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let place = (y * width + x) * 3
        image.pixels[place] = UInt8((x * 7 + y * 3 + 11) % 256)
        image.pixels[place + 1] = UInt8((x * x / 5 + y * 13 + 29) % 256)
        image.pixels[place + 2] = UInt8(((x ^ y) * 5 + 17) % 256)
      }
    }
    return image
  }

  /// A recoloured rectangle, an inverted one, and two columns a little brighter.
  private func changed(_ image: Image) -> Image {
    var result = image
    let (width, height) = (image.width, image.height)
    for y in 0..<height {
      for x in 0..<width {
        let place = (y * width + x) * 3
        if (height / 4..<height / 2).contains(y), (width / 3..<2 * width / 3).contains(x) {
          result.pixels[place] = UInt8(min(255, Int(image.pixels[place]) + 40))
          result.pixels[place + 1] = image.pixels[place + 1] / 2
        }
        for channel in 0..<3 {
          if (height / 2..<3 * height / 4).contains(y), (width / 8..<width / 3).contains(x) {
            result.pixels[place + channel] = 255 - image.pixels[place + channel]
          }
          if x >= width - 2 {
            result.pixels[place + channel] = UInt8(min(255, Int(result.pixels[place + channel]) + 3))
          }
        }
      }
    }
    return result
  }

  @Test(
    "equals scikit-image",
    arguments: [
      (48, 40, 48948, 522, 20, [0, 0, 0, 36, 62, 90, 111, 141, 178, 204, 200, 195, 187, 159, 145, 134]),
      (33, 57, 64909, 516, 28, [0, 44, 84, 128, 181, 222, 235, 236, 221, 191, 160, 137, 121, 107, 90, 91]),
      (7, 9, 7069, 57, 4, [162, 161, 153, 142, 120, 33, 22]),
    ])
  func parity(width: Int, height: Int, sum: Int, above: Int, row: Int, values: [Int]) throws {
    let original = card(width, height)
    let mask = try DifferenceMask.make(fake: changed(original), original: original)
    #expect(mask.values.reduce(0) { $0 + Int($1) } == sum)
    #expect(mask.changedPixels(above: 20) == above)
    #expect(mask.values[row * width..<row * width + values.count].map(Int.init) == values)
  }

  @Test("alike crops give an empty mask, whatever is in them")
  func alike() throws {
    let mask = try DifferenceMask.make(fake: card(64, 50), original: card(64, 50))
    #expect(mask.values == [UInt8](repeating: 0, count: 64 * 50))
    #expect(mask.isLabelNoise)
  }

  @Test("32 pixels above 20 are noise, 33 are none")
  func labelNoise() {
    func mask(_ count: Int, level: UInt8) -> DifferenceMask {
      DifferenceMask(
        width: 10, height: 10,
        values: [UInt8](repeating: level, count: count) + [UInt8](repeating: 0, count: 100 - count))
    }
    #expect(mask(32, level: 21).isLabelNoise && !mask(33, level: 21).isLabelNoise)
    #expect(mask(100, level: 20).isLabelNoise)
  }

  @Test("crops of two sizes, and too small ones, are refused")
  func refusals() {
    #expect(throws: DifferenceMaskError.differentSizes(fake: [8, 9], original: [9, 8])) {
      try DifferenceMask.make(fake: card(8, 9), original: card(9, 8))
    }
    #expect(throws: DifferenceMaskError.tooSmall(width: 6, height: 9)) {
      try DifferenceMask.make(fake: card(6, 9), original: card(6, 9))
    }
  }
}
