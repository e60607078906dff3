/// Moves a map until the original's level lies on the fake's: Gauss-Newton on scale and offset of both axes, with gain and
/// offset of the grey values, and less weight for pixels that fit badly (the manipulation, what moves).
///
/// Source: Lucas and Kanade 1981; Baker and Matthews 2004, Lucas-Kanade 20 years on; Geman and McClure's weights.
struct RegistrationFit {
  /// Gradients of the fake's level, for every pixel.
  private let gradients: [(x: Float, y: Float)]
  private let fake: RegistrationLevel
  private let original: RegistrationLevel

  init(fake: RegistrationLevel, original: RegistrationLevel) {
    (self.fake, self.original) = (fake, original)
    let (width, height) = (fake.width, fake.height)
    gradients = fake.values.withUnsafeBufferPointer { values in
      [(x: Float, y: Float)](unsafeUninitializedCapacity: width * height) { output, count in
        for row in 0..<height {
          for column in 0..<width {
            let place = row * width + column
            let isInside = row > 0 && row < height - 1 && column > 0 && column < width - 1
            output.initializeElement(
              at: place,
              to: isInside
                ? (
                  (Float(values[place + 1]) - Float(values[place - 1])) / 2,
                  (Float(values[place + width]) - Float(values[place - width])) / 2
                ) : (0, 0))
          }
        }
        count = width * height
      }
    }
  }

  /// The map after at most `iterations` steps, or `nil` where the pictures do not hold it.
  ///
  /// - Parameter holes: boxes of the fake's frame that do not count, given the map.
  func refined(
    _ start: RegistrationMap, iterations: Int, holes: (RegistrationSampling) -> [RegistrationRectangle]
  ) -> RegistrationMap? {
    var map = start
    var photometry: Photometry?
    for _ in 0..<iterations {
      let sampling = RegistrationSampling(fake: fake, original: original, map: map)
      guard sampling.overlap >= 64 else { return nil }
      guard let step = step(sampling, holes: holes(sampling), photometry: photometry), step.photometry.gain > 0.2,
        let moved = moved(map, sampling, by: step.motion)
      else { return nil }
      let distance = moved.distance(
        to: map, width: Int(Double(fake.width) / fake.scaleX), height: Int(Double(fake.height) / fake.scaleY))
      map = moved
      photometry = step.photometry
      if distance * original.scaleX < 0.002 { break }
    }
    return map
  }

  /// Gain and offset from the original's values to the fake's, and the residual's standard deviation.
  private struct Photometry {
    var gain: Float
    var offset: Float
    var deviation: Float
  }

  /// Shifts of the fake's pixels, in its level's: `motion.x.0 + motion.x.1 * u`, `u` = -1...1 from left to right.
  private func step(
    _ sampling: RegistrationSampling, holes: [RegistrationRectangle], photometry: Photometry?
  ) -> (motion: (x: (Double, Double), y: (Double, Double)), photometry: Photometry)? {
    var system = LeastSquares6()
    let (halfWidth, halfHeight) = (Float(fake.width) / 2, Float(fake.height) / 2)
    gradients.withUnsafeBufferPointer { gradients in
      sampling.forEach(in: sampling.inner, without: holes) { column, row, target, value in
        let gradient = gradients[row * fake.width + column]
        let u = (Float(column) - halfWidth) / halfWidth
        let v = (Float(row) - halfHeight) / halfHeight
        var weight: Float = 1
        if let photometry {
          let residual = (photometry.gain * value + photometry.offset - target) / (2 * photometry.deviation)
          weight = 1 / (1 + residual * residual)
          weight *= weight
        }
        system.add(
          (value, 1, -gradient.x, -gradient.x * u, -gradient.y, -gradient.y * v), target: target, weight: weight)
      }
    }
    guard let solution = system.solution else { return nil }
    let deviation = max(0.5, system.deviation(of: solution))
    return (
      (x: (solution[2], solution[3]), y: (solution[4], solution[5])),
      Photometry(gain: Float(solution[0]), offset: Float(solution[1]), deviation: Float(deviation))
    )
  }

  /// The map whose fake pixels lie where `motion` says, `nil` where that is no sensible map.
  private func moved(
    _ map: RegistrationMap, _ sampling: RegistrationSampling, by motion: (x: (Double, Double), y: (Double, Double))
  ) -> RegistrationMap? {
    /// New scale and offset of one axis: the original's position at column x is now the old one at x - shift(x).
    func axis(
      _ old: RegistrationAxis, _ shift: (Double, Double), _ count: Int, _ fakeScale: Double, _ originalScale: Double
    ) -> (scale: Double, offset: Double) {
      let half = Double(count) / 2
      let step = old.step * (1 - shift.1 / half)
      let start = old.start - old.step * (shift.0 - shift.1)
      let scale = originalScale / (fakeScale * step)
      return (scale, 0.5 / fakeScale - (start + 0.5) * scale / originalScale)
    }
    // Steps beyond a few pixels are beyond what gradients know of.
    guard max(abs(motion.x.0), abs(motion.x.1), abs(motion.y.0), abs(motion.y.1)) < 8 else { return nil }
    let x = axis(sampling.columns, motion.x, fake.width, fake.scaleX, original.scaleX)
    let y = axis(sampling.rows, motion.y, fake.height, fake.scaleY, original.scaleY)
    guard x.scale > 0.05, x.scale < 20, y.scale > 0.05, y.scale < 20 else { return nil }
    return RegistrationMap(scaleX: x.scale, scaleY: y.scale, offsetX: x.offset, offsetY: y.offset)
  }
}
