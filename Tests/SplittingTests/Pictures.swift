import Foundation
import Records
import Splitting

/// Smooth pictures of random waves, known everywhere, so that parts, turns and mirrors of them are exact.
struct WavePicture {
  private let waves: [(across: Double, down: Double, phase: Double, height: Double)]

  /// - Parameter steepest: radians a side, at most, of a wave.
  init(_ seed: UInt64, steepest: Double = 40) {
    var random = KeyedRandom(seed: seed, key: "picture", stage: "test")
    waves = (0..<24).map { _ in
      (
        random.uniform(-steepest...steepest), random.uniform(-steepest...steepest), random.uniform(0...6),
        random.uniform(3...16)
      )
    }
  }

  /// Luma at a place, in shares of the sides.
  func value(_ x: Double, _ y: Double) -> Double {
    waves.reduce(128.0) { $0 + $1.height * sin($1.across * x + $1.down * y + $1.phase) }
  }

  /// What a part of the picture shows, in shares of the sides.
  func thumbnail(
    x: Double = 0, y: Double = 0, width: Double = 1, height: Double = 1, gain: Double = 1, noise: Double = 0,
    degrees: Double = 0, isBlackOutside: Bool = false
  ) throws -> Thumbnail {
    var random = KeyedRandom(seed: 9, key: "noise", stage: "test")
    let side = Thumbnail.sidePixels
    let (cosine, sine) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
    return try Thumbnail(
      luma: (0..<side * side).map { index in
        let (u, v) = ((Double(index % side) + 0.5) / Double(side), (Double(index / side) + 0.5) / Double(side))
        let (across, down) = (x + width * u - 0.5, y + height * v - 0.5)
        let place = (x: 0.5 + cosine * across - sine * down, y: 0.5 + sine * across + cosine * down)
        let isInside = (0...1).contains(place.x) && (0...1).contains(place.y)
        let value = isBlackOutside && !isInside ? 0 : value(place.x, place.y)
        return UInt8(max(0, min(255, gain * value + noise * random.normal())))
      })
  }
}

extension PerceptualHash {
  /// The same hash with `count` bits turned.
  func changed(_ count: Int, _ random: inout KeyedRandom) -> PerceptualHash {
    var places = Array(0..<64)
    random.shuffle(&places)
    return PerceptualHash(bits: places.prefix(count).reduce(bits) { $0 ^ 1 << UInt64($1) })
  }
}
