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
    #expect(abs(image.lumaMeasures().laplacianVariance - variance) < 1e-6 * variance)
    #expect(Image(width: 9, height: 9, red: 3).lumaMeasures().laplacianVariance == 0)
    #expect(try image.gaussianBlurred(sigma: 1.5).lumaMeasures().laplacianVariance < variance / 10)
  }

  @Test("Sums of large and of narrow pictures equal plain loops", arguments: [(2100, 3), (1, 40), (40, 1), (33, 18)])
  func sums(size: (Int, Int)) {
    let image = Pictures.noise(width: size.0, height: size.1)
    let luma = image.luma().map(Double.init)
    let measures = image.lumaMeasures()
    let mean = luma.reduce(0, +) / Double(luma.count)
    #expect(abs(measures.mean - mean) < 1e-9)
    let variance = luma.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(luma.count)
    #expect(abs(measures.deviation - variance.squareRoot()) < 1e-6)
  }

  @Test("Steps across the grid's lines and elsewhere equal a plain double loop", arguments: [(0, 0), (3, 5), (8, 15)])
  func gridSteps(place: (Int, Int)) {
    let image = Pictures.noise(width: 37, height: 29)
    let luma = image.luma().map(Double.init)
    var (onGrid, elsewhere) = ([Double](), [Double]())
    for y in 0..<29 {
      for x in 0..<37 {
        let value = luma[y * 37 + x]
        if x > 0 {
          let step = abs(value - luma[y * 37 + x - 1])
          if (place.0 + x) % 8 == 0 { onGrid.append(step) } else { elsewhere.append(step) }
        }
        if y > 0 {
          let step = abs(value - luma[(y - 1) * 37 + x])
          if (place.1 + y) % 8 == 0 { onGrid.append(step) } else { elsewhere.append(step) }
        }
      }
    }
    let steps = image.gridSteps(x: place.0, y: place.1)
    #expect(abs(steps.onGrid - onGrid.reduce(0, +) / Double(onGrid.count)) < 1e-9)
    #expect(abs(steps.elsewhere - elsewhere.reduce(0, +) / Double(elsewhere.count)) < 1e-9)
  }

  @Test("Planes fall apart and come together again", arguments: [(1, 1), (31, 5), (64, 3)])
  func planes(size: (Int, Int)) {
    let image = Pictures.noise(width: size.0, height: size.1)
    let (width, height) = (size.0 + 3, size.1 + 2)
    let planes = image.bluePlanesFirst(width: width, height: height)
    for (channel, plane) in [2, 1, 0].enumerated() {
      for y in 0..<height {
        for x in 0..<width {
          let expected = x < size.0 && y < size.1 ? image.colour(x, y)[plane] : 0
          #expect(planes[(channel * height + y) * width + x] == expected)
        }
      }
    }
    let joined = planes.withUnsafeBufferPointer { planes -> Image? in
      guard let blue = planes.baseAddress else { return nil }
      let green = blue + width * height
      return Image(
        width: size.0, height: size.1, red: green + width * height, green: green, blue: blue, stride: width)
    }
    #expect(joined == image)
  }

  @Test("Brightness and contrast of two levels")
  func brightness() {
    let measures = Pictures.checkerboard(width: 8, height: 8).lumaMeasures()
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
