import Foundation
import Imaging
import Records

/// A way to forge a frame; every forged frame is made of the frames that the real video is made of.
enum Forgery: String, CaseIterable, Sendable {
  /// Another person's face, laid on by its landmarks and matched in colour.
  case swap
  /// The person's own face through a small picture of it, in which the jaw is moved, as face-reenactment networks do.
  case reenact

  /// Frame `index` of `take`, forged.
  ///
  /// - Parameter donor: whose face is put in; only `swap` looks at it.
  func frame(_ index: Int, of take: Take, donor: Take, random: KeyedRandom) throws -> Image {
    let frame = try take.frame(index)
    let landmarks = take.landmarks[index]
    let mask = FaceMask(landmarks: landmarks, sidePixels: Take.sidePixels)
    switch self {
    case .swap:
      let fit = Records.AffineTransform.similarity(from: donor.landmarks[index], to: landmarks)
      let face = try donor.frame(index).warped(
        by: fit, width: frame.width, height: frame.height, interpolation: .area, border: .replicate)
      return mask.blend(face, over: frame, strength: 0.9)
    case .reenact:
      let fit = Records.AffineTransform.similarity(from: landmarks, to: SmallFace.landmarks)
      guard let back = fit.inverse else { return frame }
      var random = random
      let small = try frame.warped(
        by: fit, width: SmallFace.sidePixels, height: SmallFace.sidePixels, interpolation: .area, border: .replicate)
      let moved = try SmallFace.movingJaw(of: small, by: SmallFace.jaw(at: index, &random)).gaussianBlurred(sigma: 0.7)
      let face = try moved.warped(
        by: back, width: frame.width, height: frame.height, interpolation: .cubic, border: .replicate)
      return mask.blend(face, over: frame, strength: 0)
    }
  }
}

/// The small upright picture of a face that reenactment works on.
private enum SmallFace {
  static let sidePixels = 144
  /// Where eyes, nose and mouth corners stand in it.
  static let landmarks = [(52.0, 60.0), (92, 60), (72, 82), (56, 102), (88, 102)].map { Point(x: $0.0, y: $0.1) }

  /// How far the jaw is down in frame `index`, pixels: speech-like, about two syllables a second.
  static func jaw(at index: Int, _ random: inout KeyedRandom) -> Double {
    let seconds = Double(index) / Double(Take.framesPerSecond)
    let (first, second) = (random.uniform(0...2 * .pi), random.uniform(0...2 * .pi))
    return 4.2 * (sin(2 * .pi * 2.1 * seconds + first) + 0.6 * sin(2 * .pi * 3.3 * seconds + second))
  }

  /// `image` with what lies about and below the mouth shifted by `pixels`, fading out on all sides.
  static func movingJaw(of image: Image, by pixels: Double) -> Image {
    var result = image
    for row in 80..<sidePixels {
      for column in 28..<116 {
        let (x, y) = ((Double(column) - 72) / 22, (Double(row) - 110) / 14)
        let from = min(max(0, Double(row) - pixels * exp(-(x * x + y * y) / 2)), Double(sidePixels - 1))
        let upper = Int(from)
        let lower = min(upper + 1, sidePixels - 1)
        let share = from - Double(upper)
        for channel in 0..<3 {
          let above = Double(image.pixels[(upper * sidePixels + column) * 3 + channel])
          let below = Double(image.pixels[(lower * sidePixels + column) * 3 + channel])
          result.pixels[(row * sidePixels + column) * 3 + channel] = UInt8((above + share * (below - above)).rounded())
        }
      }
    }
    return result
  }
}
