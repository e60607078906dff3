import Foundation
import Imaging
import Records
import TestSupport
import Testing

@Suite struct LumaPlaneTests {
  /// The mean over the area that a pixel covers, every old pixel weighed by its share.
  private func averaged(_ plane: LumaPlane, _ width: Int, _ height: Int) -> [UInt8] {
    (0..<width * height).map { index in
      let (left, right) = (
        Double(index % width * plane.width) / Double(width), Double((index % width + 1) * plane.width) / Double(width)
      )
      let (top, bottom) = (
        Double(index / width * plane.height) / Double(height),
        Double((index / width + 1) * plane.height) / Double(height)
      )
      var sum = 0.0
      for row in Int(top)..<min(plane.height, Int(bottom) + 1) {
        for column in Int(left)..<min(plane.width, Int(right) + 1) {
          let across = max(0, min(right, Double(column + 1)) - max(left, Double(column)))
          let down = max(0, min(bottom, Double(row + 1)) - max(top, Double(row)))
          sum += across * down * Double(plane.values[row * plane.width + column])
        }
      }
      return UInt8((sum / ((right - left) * (bottom - top)) + 1e-9).rounded())
    }
  }

  @Test(arguments: [
    (64, 64, 64, 64), (97, 61, 64, 64), (130, 90, 64, 64), (30, 20, 64, 64), (5, 9, 3, 2), (1, 1, 4, 4),
  ])
  func `averages are those of the areas`(width: Int, height: Int, newWidth: Int, newHeight: Int) throws {
    var random = KeyedRandom(seed: 1, key: "plane", stage: "test")
    let plane = LumaPlane(
      width: width, height: height, values: (0..<width * height).map { _ in UInt8(random.integer(below: 256)) })
    let result = plane.averaged(width: newWidth, height: newHeight)
    #expect(result.values == averaged(plane, newWidth, newHeight))
  }

  /// A quarter of the width a gradient, noise over all.
  private func picture(_ width: Int, _ height: Int) -> Image {
    var random = KeyedRandom(seed: 2, key: "luma", stage: "test")
    return Image(
      width: width, height: height,
      pixels: (0..<width * height * 3).map { index in
        let (x, y) = (index / 3 % width, index / 3 / width)
        let wave = 110 + 60 * sin(Double(x) / 17) * cos(Double(y) / 23 + Double(index % 3))
        return UInt8(wave + Double(random.integer(below: 20)))
      })
  }

  @Test(arguments: [(224, 224), (256, 300), (640, 480), (500, 800), (70, 66), (40, 50)])
  func `reduced decoding is the average of the whole within few levels`(width: Int, height: Int) throws {
    let image = picture(width, height)
    for encoding in [ImageEncoding.jpeg(quality: 90, chroma: 420), .jpeg(quality: 95, chroma: 444), .png] {
      let bytes = try ImageCodec.encode(image, as: encoding)
      let whole = try ImageCodec.decode(bytes)
      let slow = LumaPlane(width: width, height: height, values: whole.luma()).averaged(width: 64, height: 64)
      let plane = try ImageCodec.luma(bytes, leastSide: 64)
      #expect(min(plane.width, plane.height) >= min(64, width, height))
      let quick = plane.averaged(width: 64, height: 64)
      let differences = zip(slow.values, quick.values).map { abs(Int($0) - Int($1)) }
      #expect((differences.max() ?? 99) <= 6, "\(encoding)")
      #expect(Double(differences.reduce(0, +)) / 4096 < 1, "\(encoding)")
    }
  }

  @Test func `a JPEG that ends early is damaged`() throws {
    let bytes = try ImageCodec.encode(picture(300, 300), as: .jpeg(quality: 90, chroma: 420))
    #expect { try ImageCodec.luma(Array(bytes.prefix(bytes.count / 2)), leastSide: 64) } throws: {
      ($0 as? ImagingError)?.kind == .damaged
    }
    #expect { try ImageCodec.luma([1, 2, 3], leastSide: 64) } throws: { ($0 as? ImagingError)?.kind == .unsupported }
  }
}
