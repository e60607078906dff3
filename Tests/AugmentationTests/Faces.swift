import Imaging
import Records

/// A drawn face: an oval of skin with eyes and a mouth over a textured ground.
enum Faces {
  static func picture(side: Int) -> Image {
    var random = KeyedRandom(seed: 3, key: "face", stage: "test")
    var image = Image(width: side, height: side)
    for row in 0..<side {
      for column in 0..<side {
        let (x, y) = (Double(column) / Double(side), Double(row) / Double(side))
        func within(_ centreX: Double, _ centreY: Double, _ wide: Double, _ high: Double) -> Bool {
          let (u, v) = ((x - centreX) / wide, (y - centreY) / high)
          return u * u + v * v < 1
        }
        var colour = [60 + 80 * x, 90 + 60 * y, 120.0]
        if within(0.5, 0.5, 0.25, 0.33) { colour = [205, 160, 140] }
        if within(0.4, 0.42, 0.05, 0.03) || within(0.6, 0.42, 0.05, 0.03) { colour = [50, 40, 30] }
        if within(0.5, 0.64, 0.09, 0.03) { colour = [150, 50, 60] }
        for channel in 0..<3 {
          image.pixels[(row * side + column) * 3 + channel] = UInt8(colour[channel] + 8 * random.uniform())
        }
      }
    }
    return image
  }

  static func landmarks(side: Int) -> [Point] {
    [(0.4, 0.42), (0.6, 0.42), (0.5, 0.53), (0.43, 0.64), (0.57, 0.64)].map {
      Point(x: $0.0 * Double(side), y: $0.1 * Double(side))
    }
  }

  static func box(side: Int) -> Box {
    let side = Double(side)
    return Box(x: 0.25 * side, y: 0.2 * side, width: 0.5 * side, height: 0.62 * side)
  }
}
