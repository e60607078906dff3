private import Foundation
import Imaging
import Records

/// One way to change a training picture, with the ranges its numbers are drawn from.
///
/// The size of the picture stays.
package indirect enum AugmentationOperation: Codable, Hashable, Sendable {
  /// Left and right exchanged.
  case flip
  /// A JPEG of a quality within `quality`, 4:2:0, encoded and decoded.
  case jpeg(quality: ClosedRange<Int>)
  /// A Gaussian with a standard deviation within `sigmaPixels`.
  case gaussianBlur(sigmaPixels: ClosedRange<Double>)
  /// A median over a square of one of `sidesPixels`.
  case medianBlur(sidesPixels: [Int])
  /// Gaussian noise, independent per channel, with a standard deviation within `levels` (of 255).
  case noise(levels: ClosedRange<Double>)
  /// Brightness within ± `brightness` (of the full range), contrast and saturation within 1 ± theirs, hue within
  /// ± `hueDegrees`.
  case colour(brightness: Double, contrast: Double, saturation: Double, hueDegrees: Double)
  /// Luma in all three channels.
  case grey
  /// Unsharp masking by an amount within `amount`.
  case sharpen(amount: ClosedRange<Double>)
  /// Reduced to a share within `factor` of its size, and enlarged again.
  case downscale(factor: ClosedRange<Double>)
  /// Moved by up to `shift` (of the size), scaled within `scale` and turned within ± `degrees` about the centre; black
  /// where the picture ends.
  case place(shift: Double, scale: ClosedRange<Double>, degrees: Double)
  /// A rectangle anywhere in the picture, with a share within `area` of its pixels and sides in a proportion within
  /// `proportion`, enlarged to the whole.
  case crop(area: ClosedRange<Double>, proportion: ClosedRange<Double>)
  /// Exactly one of `steps`, whose probabilities are weights.
  case oneOf([AugmentationStep])

  /// Applies the operation and appends what was done, with the numbers drawn, to `applied`.
  func apply(to image: Image, random: inout KeyedRandom, applied: inout [String]) throws(ImagingError) -> Image {
    switch self {
    case .flip:
      applied.append("flip")
      return image.flippedHorizontally()
    case .jpeg(let range):
      let quality = range.lowerBound + random.integer(below: range.count)
      applied.append("jpeg quality=\(quality)")
      return try ImageCodec.decode(ImageCodec.encode(image, as: .jpeg(quality: quality, chroma: 420)))
    case .gaussianBlur(let range):
      let sigma = random.uniform(range)
      applied.append("gaussian-blur sigma=\(short(sigma))")
      return try image.gaussianBlurred(sigma: sigma)
    case .medianBlur(let sides):
      let side = sides[random.integer(below: sides.count)]
      applied.append("median-blur side=\(side)")
      return try image.medianBlurred(sidePixels: side)
    case .noise(let range):
      let deviation = random.uniform(range)
      applied.append("noise levels=\(short(deviation))")
      return image.withNoise(levels: deviation, random: &random)
    case .colour(let brightness, let contrast, let saturation, let hueDegrees):
      let change = ColourChange(
        brightness: random.uniform(-brightness...brightness), contrast: random.uniform(1 - contrast...1 + contrast),
        saturation: random.uniform(1 - saturation...1 + saturation), degrees: random.uniform(-hueDegrees...hueDegrees))
      applied.append(change.description)
      return image.recoloured(by: change.matrix)
    case .grey:
      applied.append("grey")
      return image.recoloured(by: .saturation(0))
    case .sharpen(let range):
      let amount = random.uniform(range)
      applied.append("sharpen amount=\(short(amount))")
      return try image.sharpened(amount: amount)
    case .downscale(let range):
      let factor = random.uniform(range)
      applied.append("downscale factor=\(short(factor))")
      return try image.coarsened(factor: factor)
    case .place(let shift, let scale, let degrees):
      let placement = Placement(
        x: random.uniform(-shift...shift), y: random.uniform(-shift...shift), scale: random.uniform(scale),
        degrees: random.uniform(-degrees...degrees))
      applied.append(placement.description)
      return try placement.apply(to: image)
    case .crop(let area, let proportion):
      let window = Window(
        in: image, area: random.uniform(area),
        logProportion: random.uniform(log(proportion.lowerBound)...log(proportion.upperBound)),
        left: random.uniform(), top: random.uniform())
      applied.append(window.description)
      return try image.cropped(x: window.x, y: window.y, width: window.width, height: window.height)
        .resized(width: image.width, height: image.height, interpolation: .linear)
    case .oneOf(let steps):
      guard let chosen = Self.choose(among: steps, random: &random) else { return image }
      return try chosen.apply(to: image, random: &random, applied: &applied)
    }
  }

  /// One operation, with probabilities as weights; `nil` when there is none.
  private static func choose(among steps: [AugmentationStep], random: inout KeyedRandom) -> AugmentationOperation? {
    var draw = random.uniform() * steps.reduce(0) { $0 + $1.probability }
    for step in steps {
      if draw < step.probability { return step.operation }
      draw -= step.probability
    }
    return steps.last?.operation
  }
}

/// The numbers drawn for ``AugmentationOperation/colour(brightness:contrast:saturation:hueDegrees:)``.
private struct ColourChange: CustomStringConvertible {
  var brightness: Double
  var contrast: Double
  var saturation: Double
  var degrees: Double

  var matrix: ColourMatrix {
    .hue(degrees: degrees).followed(by: .saturation(saturation))
      .followed(by: .contrast(contrast, brightness: 255 * brightness))
  }

  var description: String {
    "colour brightness=\(short(brightness)) contrast=\(short(contrast)) saturation=\(short(saturation)) "
      + "hue=\(short(degrees))"
  }
}

/// The rectangle drawn for ``AugmentationOperation/crop(area:proportion:)``, pixels; a side that would be longer than the
/// picture's is as long.
private struct Window: CustomStringConvertible {
  let x, y, width, height: Int

  init(in image: Image, area: Double, logProportion: Double, left: Double, top: Double) {
    let pixels = area * Double(image.width * image.height)
    func side(_ length: Double, of whole: Int) -> Int { max(1, min(whole, Int(length.rounded()))) }
    width = side((pixels * exp(logProportion)).squareRoot(), of: image.width)
    height = side((pixels / exp(logProportion)).squareRoot(), of: image.height)
    x = min(Int(left * Double(image.width - width + 1)), image.width - width)
    y = min(Int(top * Double(image.height - height + 1)), image.height - height)
  }

  var description: String { "crop x=\(x) y=\(y) width=\(width) height=\(height)" }
}

/// The numbers drawn for ``AugmentationOperation/place(shift:scale:degrees:)``; x and y are shares of the size.
private struct Placement: CustomStringConvertible {
  var x: Double
  var y: Double
  var scale: Double
  var degrees: Double

  func apply(to image: Image) throws(ImagingError) -> Image {
    let (width, height) = (Double(image.width), Double(image.height))
    return try image.warped(
      by: .similarity(
        about: Point(x: width / 2, y: height / 2), scale: scale, degrees: degrees,
        shift: Point(x: x * width, y: y * height)),
      width: image.width, height: image.height, interpolation: .area, border: .black)
  }

  var description: String {
    "place x=\(short(x)) y=\(short(y)) scale=\(short(scale)) degrees=\(short(degrees))"
  }
}

/// Three decimals: enough to read, the seed holds the rest.
private func short(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
