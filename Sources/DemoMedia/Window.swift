import Foundation
import Imaging
import Records

/// The square of a picture that a take shows.
struct Window {
  /// Side over height of the face box.
  private static let sideInFaces = 2.5
  /// Least side over height of the face box, whatever else is seen then.
  private static let leastSideInFaces = 1.6
  /// Share of the picture's shorter side that the square may take, so that motion finds pixels beyond it.
  private static let largestShare = 0.96

  /// Picture pixels to frame pixels.
  let transform: Records.AffineTransform

  /// A square round `face`, inside the picture, and small enough to leave every other face out where that can be.
  init(around face: Box, in picture: Image, avoiding others: [Box]) {
    func gap(_ other: Box) -> Double {
      max(abs(other.centre.x - face.centre.x) - other.width / 2, abs(other.centre.y - face.centre.y) - other.height / 2)
    }
    let nearest = others.min { gap($0) < gap($1) }
    let wanted = min(Self.sideInFaces * face.height, 2 * (nearest.map(gap) ?? .infinity))
    let side = min(
      max(wanted, Self.leastSideInFaces * face.height), Self.largestShare * Double(min(picture.width, picture.height)))
    // A little room above the box, which ends at the brow, and shoulders below.
    let y = Self.clamped(face.centre.y + 0.1 * face.height, half: side / 2, to: Double(picture.height))
    // Sideways, the place that shows least of the neighbours, and of such the one nearest to the middle.
    let places = [0, 0.06, -0.06, 0.12, -0.12, 0.18, -0.18].map { shift in
      let x = Self.clamped(face.centre.x + shift * side, half: side / 2, to: Double(picture.width))
      let seen = Box(x: x - side / 2, y: y - side / 2, width: side, height: side)
      return (x: x, shown: others.reduce(0) { $0 + $1.overlap(with: seen) })
    }
    let x = places.min { $0.shown < $1.shown }?.x ?? face.centre.x
    let scale = Double(Take.sidePixels) / side
    transform = .init(a: scale, b: 0, tx: -scale * (x - side / 2), c: 0, d: scale, ty: -scale * (y - side / 2))
  }

  private static func clamped(_ centre: Double, half: Double, to length: Double) -> Double {
    2 * half > length ? length / 2 : min(max(centre, half), length - half)
  }
}

/// How the camera moves over a photograph, and how the light flickers.
struct Motion {
  private let moves: Bool
  private let phases: [Double]

  init(_ random: inout KeyedRandom, moves: Bool) {
    self.moves = moves
    phases = (0..<4).map { _ in random.uniform(0...2 * .pi) }
  }

  /// Rest frame to frame `index`: shift up to 3 %, zoom 1 ... 1.09, turn up to 3 degrees, each a slow wave of its own.
  func transform(at index: Int) -> Records.AffineTransform {
    guard moves else { return .identity }
    let seconds = Double(index) / Double(Take.framesPerSecond)
    func wave(_ number: Int, _ hertz: Double) -> Double { sin(2 * .pi * hertz * seconds + phases[number]) }
    let side = Double(Take.sidePixels)
    return .similarity(
      about: Point(x: side / 2, y: side / 2), scale: 1.045 + 0.045 * wave(0, 0.21), degrees: 3 * wave(1, 0.33),
      shift: Point(x: 0.03 * side * wave(2, 0.27), y: 0.02 * side * wave(3, 0.38)))
  }

  /// A change of brightness, of 255: independent from frame to frame, deviation 1.5.
  func brightness(_ random: inout KeyedRandom) -> Double { 1.5 * random.normal() }
}
