import Imaging
import Testing

@Suite("Luma, measures, blur, colour")
struct MeasureTests {
  @Test("Luma is BT.601 in whole numbers")
  func luma() {
    let image = Image(width: 5, height: 1, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 10, 20, 30])
    #expect(image.luma() == [77, 149, 29, 255, 18])
  }

  @Test("Sharpness equals a plain double loop")
  func sharpness() throws {
    let image = Pictures.noise(width: 19, height: 11)
    let luma = image.luma().map(Double.init)
    func mirrored(_ index: Int, _ count: Int) -> Int {
      index < 0 ? -index : index >= count ? 2 * count - 2 - index : index
    }
    func value(_ x: Int, _ y: Int) -> Double { luma[mirrored(y, 11) * 19 + mirrored(x, 19)] }
    var responses: [Double] = []
    for y in 0..<11 {
      for x in 0..<19 {
        responses.append(value(x - 1, y) + value(x + 1, y) + value(x, y - 1) + value(x, y + 1) - 4 * value(x, y))
      }
    }
    let mean = responses.reduce(0, +) / Double(responses.count)
    let variance = responses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(responses.count)
    #expect(abs(try image.lumaMeasures().laplacianVariance - variance) < 1e-6 * variance)
    #expect(try Image(width: 9, height: 9, red: 3).lumaMeasures().laplacianVariance == 0)
    #expect(try image.gaussianBlurred(sigma: 1.5).lumaMeasures().laplacianVariance < variance / 10)
  }

  @Test("Brightness and contrast of two levels")
  func brightness() throws {
    let measures = try Pictures.checkerboard(width: 8, height: 8).lumaMeasures()
    #expect(measures.mean == 127.5)
    #expect(measures.deviation == 127.5)
  }

  @Test("A Gaussian spreads a point evenly and keeps its sum")
  func gaussian() throws {
    var image = Image(width: 31, height: 31)
    image.pixels[(15 * 31 + 15) * 3] = 255
    let blurred = try image.gaussianBlurred(sigma: 1)
    #expect(blurred.colour(14, 15) == blurred.colour(16, 15) && blurred.colour(15, 14) == blurred.colour(15, 16))
    #expect(abs(Int(blurred.colour(15, 15)[0]) - 41) <= 1)  // 255 / (2 pi)
    #expect(blurred.pixels.indices.allSatisfy { $0 % 3 == 0 || blurred.pixels[$0] == 0 })
    #expect(throws: ImagingError.self) { try image.gaussianBlurred(sigma: 0) }
  }

  @Test("A median removes a lone point and keeps an edge")
  func median() throws {
    var image = Pictures.make(width: 20, height: 20) { x, _ in [UInt8](repeating: x < 10 ? 0 : 200, count: 3) }
    let clean = image
    image.pixels[(5 * 20 + 4) * 3] = 255
    #expect(try image.medianBlurred(sidePixels: 3) == clean)
    #expect(throws: ImagingError.self) { try image.medianBlurred(sidePixels: 4) }
  }

  @Test("Changes of colour do what their names say")
  func colours() {
    let image = Pictures.noise(width: 16, height: 16)
    #expect(image.recoloured(by: .identity) == image)
    #expect(image.recoloured(by: .hue(degrees: 0).followed(by: .saturation(1)).followed(by: .contrast(1))) == image)
    let grey = image.recoloured(by: .saturation(0))
    #expect(stride(from: 0, to: grey.pixels.count, by: 3).allSatisfy { Set(grey.pixels[$0..<$0 + 3]).count == 1 })
    #expect(zip(grey.luma(), image.luma()).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    // Muted colours, so that nothing is clipped.
    let muted = image.recoloured(by: .contrast(0.3))
    let turned = muted.recoloured(by: .hue(degrees: 90))
    #expect(turned.largestDifference(from: muted) > 20)
    #expect(zip(turned.luma(), muted.luma()).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    let red = Image(width: 1, height: 1, red: 128, green: 64, blue: 64)
    let shifted = red.recoloured(by: .shift(red: -10, green: 5, blue: 300))
    #expect(shifted.pixels == [118, 69, 255])
    #expect(Set(image.recoloured(by: .contrast(0)).pixels) == [128])
  }

  @Test("Two changes in one step equal the two after another, but for rounding")
  func composition() {
    let muted = Pictures.noise(width: 12, height: 12).recoloured(by: .contrast(0.4))
    let (first, second) = (ColourMatrix.hue(degrees: 40), ColourMatrix.contrast(1.2, brightness: -9))
    let together = muted.recoloured(by: first.followed(by: second))
    #expect(together.largestDifference(from: muted.recoloured(by: first).recoloured(by: second)) <= 1)
  }
}
